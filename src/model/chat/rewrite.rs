//! Prepares a template for minijinja: refuses what would overflow its parser, gives `{% generation %}` a meaning, and
//! has every value weighed that gets a name (see `weigh`).
//!
//! Weighing at names is enough: what one tag can build from weighed values is bounded by the tag's length. The one
//! operator that would multiply lists, `*`, is only let through where it multiplies a written text or number.
//! Nothing that is written changes: no line moves, and blanks around tags are treated as before.

use super::TemplateError;
use super::scan::{Kind, Tag, Token, tags};

/// The function that weighs; a template must not name it.
pub(super) const WEIGH: &str = "backtrail_weigh";
/// Longest source, in bytes; real ones have up to 20 000.
pub(super) const LONGEST: usize = 256 << 10;
/// Most tokens in a tag; real ones have up to 300. Chains of operators nest in the parser, and its stack is bounded.
const MOST_TOKENS: usize = 1000;
/// Most `elif`, which nest too; real templates have up to 20.
const MOST_BRANCHES: usize = 200;

/// The source that is compiled in place of `source`.
///
/// # Errors
/// [`TemplateError`] when it is too long, or a tag asks for more than is let through.
pub(super) fn rewrite(source: &str) -> Result<String, TemplateError> {
    if source.len() > LONGEST {
        return Err(TemplateError::TooLong(source.len(), LONGEST));
    }
    let mut out = String::with_capacity(source.len() * 2);
    let mut copied = 0;
    let mut branches = 0;
    // Names of the block assignments that are open, as their end does not repeat them.
    let mut open: Vec<Vec<String>> = Vec::new();
    for tag in tags(source) {
        let refuse = |reason: &str| TemplateError::Syntax {
            line: 1 + source
                .get(..tag.start)
                .map_or(0, |before| before.matches('\n').count()),
            reason: reason.to_owned(),
        };
        if tag.tokens.len() > MOST_TOKENS {
            return Err(refuse("a tag is too long"));
        }
        if tag.tokens.iter().any(|token| token.text == WEIGH) {
            return Err(refuse("a name is used that is reserved"));
        }
        if cycles(&tag.tokens) {
            return Err(refuse("`cycle` needs something to choose from"));
        }
        if multiplies(&tag) {
            return Err(refuse(
                "`*` is only understood beside a written text or a small number",
            ));
        }
        if !tag.block {
            continue;
        }
        let mut change = |until: usize, addition: &str, next: usize| {
            out.push_str(source.get(copied..until).unwrap_or_default());
            out.push_str(addition);
            copied = next;
        };
        let statement = tag.tokens.first().map_or("", |token| token.text);
        let names = match statement {
            "elif" => {
                branches += 1;
                if branches > MOST_BRANCHES {
                    return Err(refuse("there are too many branches"));
                }
                continue;
            }
            // In transformers a block that only marks the model's own text; like `with` it has names of its own.
            "generation" | "endgeneration" if tag.is(statement) => {
                let opening = source.get(tag.start..tag.close).unwrap_or_default();
                change(tag.start, &opening.replace("generation", "with"), tag.close);
                continue;
            }
            // Jinja keeps the newline that follows, minijinja does not unless it is told.
            "raw" if tag.close + 2 == tag.end => {
                change(tag.close, " +", tag.close);
                continue;
            }
            "set" => {
                let (names, assigns) = targets(&tag.tokens);
                if !assigns {
                    open.push(names);
                    continue;
                }
                names
            }
            "endset" => open.pop().unwrap_or_default(),
            "for" => until(&tag.tokens, "in"),
            "macro" | "call" => parameters(&tag.tokens),
            "with" => assigned(&tag.tokens),
            _ => continue,
        };
        if !names.is_empty() {
            change(
                tag.close,
                &format!(" %}}{{% do {WEIGH}({}) ", names.join(", ")),
                tag.close,
            );
        }
    }
    out.push_str(source.get(copied..).unwrap_or_default());
    Ok(out)
}

/// Whether `cycle` may be called with nothing, which minijinja divides by.
fn cycles(tokens: &[Token<'_>]) -> bool {
    let texts = |three: &[Token<'_>]| matches!(three, [name, open, what] if name.text == "cycle" && open.text == "(" && matches!(what.text, ")" | "*" | "**"));
    tokens.windows(3).any(texts)
}

/// Whether a `*` could make a list longer by more than a little before it is weighed.
fn multiplies(tag: &Tag<'_>) -> bool {
    let tokens = tag.tokens.as_slice();
    // `set x = a * b` and nothing else: what comes out is weighed at once.
    if let [set, _, _, a, _, b] = tokens
        && set.text == "set"
        && [a, b]
            .iter()
            .all(|operand| matches!(operand.kind, Kind::Name | Kind::Number))
    {
        return false;
    }
    let small = |token: &Token<'_>| token.kind == Kind::Number && token.text.len() <= 2;
    let mut factors = 0;
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.text == "*") {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        // `f(*list)` is not an operator, and the length of a text is minijinja's to bound.
        if before.is_some_and(|before| matches!(before.text, "(" | ",") || before.kind == Kind::Text) {
            continue;
        }
        if before.is_some_and(small) || tokens.get(at + 1).is_some_and(small) {
            factors += 1;
        } else {
            return true;
        }
    }
    factors > 1
}

/// Names before `=`, a dotted one as a whole, and whether there is a `=`: without, a block is assigned.
fn targets(tokens: &[Token<'_>]) -> (Vec<String>, bool) {
    let end = tokens.iter().position(|token| matches!(token.text, "=" | "|"));
    let assigns = end
        .and_then(|end| tokens.get(end))
        .is_some_and(|token| token.text == "=");
    let mut names: Vec<String> = Vec::new();
    let mut dotted = false;
    for token in tokens.iter().take(end.unwrap_or(tokens.len())).skip(1) {
        match (token.kind, names.last_mut()) {
            (Kind::Name, Some(name)) if dotted => {
                name.push('.');
                name.push_str(token.text);
            }
            (Kind::Name, _) => names.push(token.text.to_owned()),
            _ => {}
        }
        dotted = token.text == ".";
    }
    (names, assigns)
}

/// All names from the second token up to `end`.
fn until(tokens: &[Token<'_>], end: &str) -> Vec<String> {
    let before = tokens.iter().skip(1).take_while(|token| token.text != end);
    before
        .filter(|token| token.kind == Kind::Name)
        .map(|token| token.text.to_owned())
        .collect()
}

/// The parameters in the first brackets: names after the opening one or a comma. A call block may have none.
fn parameters(tokens: &[Token<'_>]) -> Vec<String> {
    let call = tokens.first().is_some_and(|token| token.text == "call");
    let open = if call { 1 } else { 2 };
    if tokens.get(open).is_none_or(|token| token.text != "(") {
        return Vec::new();
    }
    let inside = tokens
        .iter()
        .skip(open)
        .take_while(|token| token.depth >= 1)
        .collect::<Vec<_>>();
    let pairs = inside.windows(2);
    let named = pairs.filter_map(|pair| match pair {
        [before, name] if name.kind == Kind::Name && name.depth == 1 && matches!(before.text, "(" | ",") => {
            (before.depth == 1).then(|| name.text.to_owned())
        }
        _ => None,
    });
    named.collect()
}

/// What `with` assigns: names before each `=` outside of brackets, or in brackets directly before it.
fn assigned(tokens: &[Token<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    for part in tokens
        .get(1..)
        .unwrap_or_default()
        .split(|token| token.text == "," && token.depth == 0)
    {
        let target = part.iter().take_while(|token| token.text != "=");
        names.extend(
            target
                .filter(|token| token.kind == Kind::Name)
                .map(|token| token.text.to_owned()),
        );
    }
    names
}
