//! What Jinja templates expect of Python and minijinja does otherwise: blanks, methods of texts, a few tests.

use minijinja::value::{Kwargs, Tuple, ValueKind, from_args};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use minijinja_contrib::pycompat;

/// Registers what is different.
pub(super) fn register(env: &mut Environment<'_>) {
    env.set_unknown_method_callback(method);
    // They can repeat a value many times over, and no chat template needs them.
    for name in ["batch", "slice", "zip", "chain", "urlencode", "pprint"] {
        env.remove_filter(name);
    }
    env.remove_global("debug");
    env.add_filter("trim", |text: &Value, chars: Option<String>| {
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        strip(&text, chars.as_deref(), true, true).to_owned()
    });
    env.add_test("sequence", |value: &Value| {
        matches!(
            value.kind(),
            ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Bytes | ValueKind::Undefined
        )
    });
    env.add_test("iterable", |value: &Value| {
        !value.is_none() && value.try_iter().is_ok()
    });
    env.add_filter(
        "int",
        |state: &State<'_, '_>, value: &Value, default: Option<Value>, base: Option<u32>, kwargs: Kwargs| {
            let default = or(default, &kwargs, Value::from(0));
            minijinja::filters::int(state, value, default, base, kwargs)
        },
    );
    env.add_filter(
        "float",
        |state: &State<'_, '_>, value: &Value, default: Option<Value>, kwargs: Kwargs| {
            let default = or(default, &kwargs, Value::from(0.0));
            minijinja::filters::float(state, value, default, kwargs)
        },
    );
    env.add_test("lower", |state: &State<'_, '_>, value: &Value| {
        cased(state, value, char::is_uppercase)
    });
    env.add_test("upper", |state: &State<'_, '_>, value: &Value| {
        cased(state, value, char::is_lowercase)
    });
    env.add_test("callable", |value: &Value| {
        let name = value.as_object().map_or("", |object| object.type_name());
        name.ends_with("::Macro") || name.contains("BoxedFunction")
    });
}

/// What is not a number becomes zero in Python, unless something else is asked for.
fn or(default: Option<Value>, kwargs: &Kwargs, zero: Value) -> Option<Value> {
    default.or_else(|| (!kwargs.has("default")).then_some(zero))
}

/// Whether a text has letters and none of the `other` case. It is paid for by length.
fn cased(state: &State<'_, '_>, value: &Value, other: fn(char) -> bool) -> Result<bool, Error> {
    let Some(text) = value.as_str() else {
        return Ok(false);
    };
    state.consume_fuel((text.len() / 64) as u64)?;
    Ok(text.chars().any(char::is_alphabetic) && !text.chars().any(other))
}

/// What Python calls white space.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `str.strip` and its one-sided forms.
pub(super) fn strip<'a>(text: &'a str, chars: Option<&str>, start: bool, end: bool) -> &'a str {
    let gone = |c: char| chars.map_or_else(|| is_blank(c), |chars| chars.contains(c));
    let text = if start {
        text.trim_start_matches(gone)
    } else {
        text
    };
    if end { text.trim_end_matches(gone) } else { text }
}

/// Methods of Python's texts, mappings and lists that minijinja's values have not.
fn method(state: &mut State<'_, '_>, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        // Searching a text costs what it is long, and the engine only charges for what comes out.
        state.consume_fuel((text.len() / 64) as u64)?;
        if let Some(result) = text_method(text, name, args) {
            return result;
        }
    } else if matches!(value.kind(), ValueKind::Seq) {
        state.consume_fuel(value.len().unwrap_or(0) as u64 / 4)?;
        if name == "index" {
            let (what,): (Value,) = from_args(args)?;
            let at = value.try_iter()?.position(|item| item == what);
            return at
                .map(Value::from)
                .ok_or_else(|| missing("the value is not in the list"));
        }
    }
    match name {
        "copy" if matches!(value.kind(), ValueKind::Seq | ValueKind::Map) => Ok(value.clone()),
        _ => pycompat::unknown_method_callback(state, value, name, args),
    }
}

fn missing(reason: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, reason)
}

/// The methods of texts that are not pycompat's, or where it differs from Python. `None`: none of these.
fn text_method(text: &str, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
    let one = || from_args::<(&str,)>(args).map(|(what,)| what);
    Some(match name {
        "strip" | "lstrip" | "rstrip" => from_args::<(Option<&str>,)>(args)
            .map(|(chars,)| Value::from(strip(text, chars, name != "rstrip", name != "lstrip"))),
        "removeprefix" => one().map(|what| Value::from(text.strip_prefix(what).unwrap_or(text))),
        "removesuffix" => one().map(|what| Value::from(text.strip_suffix(what).unwrap_or(text))),
        "partition" => one().map(|what| match text.split_once(what) {
            Some((before, after)) => three(before, what, after),
            None => three(text, "", ""),
        }),
        "rpartition" => one().map(|what| match text.rsplit_once(what) {
            Some((before, after)) => three(before, what, after),
            None => three("", "", text),
        }),
        "format" if pads(text) => Err(missing("a format must not pad")),
        "index" => one().and_then(|what| {
            let at = text.find(what).and_then(|at| text.get(..at));
            at.map(|before| Value::from(before.chars().count()))
                .ok_or_else(|| missing("substring not found"))
        }),
        "split" | "rsplit" => split(text, name == "rsplit", args),
        "splitlines" => lines(text, args),
        _ => return None,
    })
}

/// Whether a format may ask for more room than three digits say: nothing would bound what is padded.
fn pads(format: &str) -> bool {
    let plain = format.replace("{{", "").replace("}}", "");
    // A field in a field takes its width from a value.
    let nested = plain.split('{').skip(1).any(|field| !field.contains('}'));
    nested
        || plain
            .split(|c: char| !c.is_ascii_digit())
            .any(|run| run.len() > 3)
}

fn three(a: &str, b: &str, c: &str) -> Value {
    Value::from(Tuple::from([a, b, c].map(Value::from)))
}

/// `str.split(sep=None, maxsplit=-1)` and `str.rsplit`.
fn split(text: &str, from_end: bool, args: &[Value]) -> Result<Value, Error> {
    let (given, kwargs): (&[Value], Kwargs) = from_args(args)?;
    let option = |at: usize, name: &str| -> Result<Option<Value>, Error> {
        let value = match given.get(at) {
            Some(value) => Some(value.clone()),
            None => kwargs.get::<Option<Value>>(name)?,
        };
        Ok(value.filter(|value| !value.is_none()))
    };
    let most = match option(1, "maxsplit")? {
        Some(most) => usize::try_from(i64::try_from(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let separator = option(0, "sep")?;
    kwargs.assert_all_used()?;
    let parts = most.saturating_add(1);
    let mut pieces: Vec<&str> = match &separator {
        None if from_end => words(text, parts, true),
        None => words(text, parts, false),
        Some(separator) => match separator.as_str() {
            None => return Err(missing("a separator must be a text")),
            Some("") => return Err(missing("a separator must not be empty")),
            Some(separator) if from_end => text.rsplitn(parts, separator).collect(),
            Some(separator) => text.splitn(parts, separator).collect(),
        },
    };
    if from_end {
        pieces.reverse();
    }
    Ok(pieces.into_iter().map(Value::from).collect())
}

/// At most `parts` pieces between blanks; the last one keeps the blanks in it. From the end: in that order.
fn words(text: &str, parts: usize, from_end: bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = strip(text, None, !from_end, from_end);
    while !rest.is_empty() {
        let cut = if from_end {
            rest.rfind(is_blank)
        } else {
            rest.find(is_blank)
        };
        let Some(at) = cut.filter(|_| pieces.len() + 1 < parts) else {
            break;
        };
        let (before, after) = rest.split_at(at);
        if from_end {
            pieces.push(strip(after, None, true, false));
            rest = strip(before, None, false, true);
        } else {
            pieces.push(before);
            rest = strip(after, None, true, false);
        }
    }
    if !rest.is_empty() {
        // Python drops the blanks at the far end of the last piece only when it need not stop before it.
        let stopped = pieces.len() + 1 >= parts;
        pieces.push(if stopped {
            rest
        } else {
            strip(rest, None, true, true)
        });
    }
    pieces
}

/// `str.splitlines(keepends=False)` with Python's idea of a line's end.
fn lines(text: &str, args: &[Value]) -> Result<Value, Error> {
    let (keep,): (Option<bool>,) = from_args(args)?;
    let ends = |c: char| matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(ends).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(end);
        let mark = if tail.starts_with("\r\n") {
            2
        } else {
            tail.chars().next().map_or(0, char::len_utf8)
        };
        let (whole, tail) = rest.split_at(end + mark);
        lines.push(if keep.unwrap_or(false) { whole } else { line });
        rest = tail;
    }
    Ok(lines.into_iter().map(Value::from).collect())
}
