//! The filter `tojson` as transformers defines it: Python's `json.dumps` without HTML escapes.

use minijinja::value::{Kwargs, Rest, ValueKind, ValueOrKwargs, from_args};
use minijinja::{Error, ErrorKind, State, Value};
use std::fmt::Write;

/// Deepest nesting written.
const DEEPEST: usize = 100;
/// Widest indentation taken.
const WIDEST: usize = 64;

/// `value | tojson(ensure_ascii=false, indent=None, separators=None, sort_keys=false)`.
pub(super) fn tojson(
    state: &State<'_, '_>,
    value: &Value,
    args: Rest<ValueOrKwargs>,
) -> Result<Value, Error> {
    let args = args.into_values();
    let (args, kwargs): (&[Value], Kwargs) = from_args(&args)?;
    let option = |position: usize, name: &str| -> Result<Option<Value>, Error> {
        let given = args.get(position).cloned();
        let given = if given.is_some() {
            given
        } else {
            kwargs.get::<Option<Value>>(name)?
        };
        Ok(given.filter(|value| !value.is_none() && !value.is_undefined()))
    };
    let indent = option(1, "indent")?.map(indentation).transpose()?;
    let separators = option(2, "separators")?;
    let separator = |index: usize| -> Result<Option<String>, Error> {
        let Some(separators) = &separators else {
            return Ok(None);
        };
        let text = separators.get_item(&Value::from(index))?;
        let text = text
            .as_str()
            .ok_or_else(|| wrong("separators must be two texts"))?;
        Ok(Some(text.to_owned()))
    };
    let between = if indent.is_some() { "," } else { ", " };
    let mut writer = Writer {
        state,
        out: String::new(),
        between: separator(0)?.unwrap_or_else(|| between.to_owned()),
        colon: separator(1)?.unwrap_or_else(|| ": ".to_owned()),
        ascii: option(0, "ensure_ascii")?.is_some_and(|value| value.is_true()),
        sorted: option(3, "sort_keys")?.is_some_and(|value| value.is_true()),
        indent,
    };
    kwargs.assert_all_used()?;
    writer.value(value, 0)?;
    Ok(Value::from(writer.out))
}

fn wrong(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("tojson: {reason}"))
}

fn indentation(indent: Value) -> Result<String, Error> {
    if let Some(text) = indent.as_str() {
        return Ok(text.chars().take(WIDEST).collect());
    }
    let width = usize::try_from(indent).map_err(|_| wrong("indent must be a number or a text"))?;
    if width > WIDEST {
        return Err(wrong("the indentation is too wide"));
    }
    Ok(" ".repeat(width))
}

struct Writer<'a, 'b, 'c> {
    state: &'a State<'b, 'c>,
    out: String,
    between: String,
    colon: String,
    ascii: bool,
    sorted: bool,
    indent: Option<String>,
}

impl Writer<'_, '_, '_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        // Pays for what is written before more is: values may be shared and unfold to more than there is memory.
        self.state.consume_fuel(1)?;
        if depth > DEEPEST {
            return Err(wrong("the value is nested too deeply"));
        }
        match value.kind() {
            ValueKind::None => self.out.push_str("null"),
            ValueKind::Bool => self.out.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => self.out.push_str(&value.to_string()),
            ValueKind::String => self.text(value.as_str().unwrap_or_default())?,
            ValueKind::Seq => {
                let items = value.try_iter()?.map(|item| (None, item));
                self.items(items, ['[', ']'], depth)?;
            }
            ValueKind::Map => {
                let mut pairs = Vec::new();
                for key in value.try_iter()? {
                    self.state.consume_fuel(1)?;
                    let item = value.get_item(&key)?;
                    pairs.push((Some(name(&key)?), item));
                }
                if self.sorted {
                    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
                }
                self.items(pairs.into_iter(), ['{', '}'], depth)?;
            }
            kind => return Err(wrong(&format!("{kind} cannot be written as JSON"))),
        }
        Ok(())
    }

    fn items(
        &mut self,
        items: impl Iterator<Item = (Option<String>, Value)>,
        [open, close]: [char; 2],
        depth: usize,
    ) -> Result<(), Error> {
        self.out.push(open);
        let mut any = false;
        for (name, item) in items {
            if any {
                self.out.push_str(&self.between);
            }
            any = true;
            self.line(depth + 1)?;
            if let Some(name) = name {
                self.text(&name)?;
                self.out.push_str(&self.colon);
            }
            self.value(&item, depth + 1)?;
        }
        if any {
            self.line(depth)?;
        }
        self.out.push(close);
        Ok(())
    }

    fn line(&mut self, depth: usize) -> Result<(), Error> {
        if let Some(indent) = &self.indent {
            self.state.consume_fuel((indent.len() * depth / 64) as u64)?;
            self.out.push('\n');
            (0..depth).for_each(|_| self.out.push_str(indent));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Error> {
        self.state.consume_fuel((text.len() / 32) as u64)?;
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                c if c < ' ' || (self.ascii && !(' '..='~').contains(&c)) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(self.out, "\\u{unit:04x}").map_err(|_| wrong("no room"))?;
                    }
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
        Ok(())
    }
}

/// A key as Python writes it: JSON has only texts.
fn name(key: &Value) -> Result<String, Error> {
    Ok(match key.kind() {
        ValueKind::String | ValueKind::Number => key.to_string(),
        ValueKind::Bool => key.is_true().to_string(),
        ValueKind::None => "null".to_owned(),
        kind => return Err(wrong(&format!("{kind} cannot be a key"))),
    })
}
