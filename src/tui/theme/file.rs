//! Theme files: `inherits`, a palette of names, and styles by dotted scope.

use super::Theme;
use crate::config::File;
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Themes may inherit this many levels; more is a circle.
const LEVELS: usize = 8;

fn bundled(name: &str) -> Option<&'static str> {
    match name {
        "default" => Some(include_str!("../../../themes/default.toml")),
        "dark" => Some(include_str!("../../../themes/dark.toml")),
        _ => None,
    }
}

/// The theme called `name`, the user's before ours.
pub fn load(name: &str, user: &dyn Fn(&str) -> Option<File>) -> Result<Theme, String> {
    let mut chain: Vec<(String, File, Table)> = Vec::new();
    let mut next = Some(name.to_string());
    while let Some(name) = next {
        // A user's theme may inherit the bundled one of the same name.
        let again = chain.iter().any(|(known, ..)| *known == name) && bundled(&name).is_some();
        let own = if again { None } else { user(&name) };
        let ours = || Some(File::new(format!("bundled theme {name}"), bundled(&name)?));
        let Some(file) = own.or_else(ours) else {
            return Err(format!(
                "there is no theme `{name}`; bundled are `default` and `dark`"
            ));
        };
        let table: Table = file
            .parse()
            .map_err(|(place, message)| format!("{place} is not TOML: {message}"))?;
        next = table.get("inherits").and_then(Value::as_str).map(str::to_string);
        chain.push((name, file, table));
        if chain.len() > LEVELS {
            return Err(format!("theme `{}` inherits itself", chain[0].0));
        }
    }
    let mut palette = BTreeMap::new();
    let mut theme = Theme::default();
    for (_, file, table) in chain.iter().rev() {
        read(table, &mut palette, &mut theme)
            .map_err(|(path, why)| format!("{}: {why}", file.place(path.iter().map(String::as_str))))?;
    }
    theme.palette = palette;
    Ok(theme)
}

/// Takes what a file says into `palette` and `theme`; `Err` is the path of the key that is wrong, and why.
fn read(
    table: &Table,
    palette: &mut BTreeMap<String, Color>,
    theme: &mut Theme,
) -> Result<(), (Vec<String>, String)> {
    for key in table.keys() {
        if !["inherits", "palette", "scopes"].contains(&key.as_str()) {
            let why = format!("`{key}` is unknown; a theme has `inherits`, [palette] and [scopes]");
            return Err((vec![key.clone()], why));
        }
    }
    let in_section = |section: &str, why| (vec![section.to_owned()], why);
    let at = |section: &str, name: &String, why| (vec![section.to_owned(), name.clone()], why);
    for (name, value) in section(table, "palette").map_err(|why| in_section("palette", why))? {
        let color = color(value, &BTreeMap::new()).map_err(|why| at("palette", name, why))?;
        palette.insert(name.clone(), color);
    }
    for (scope, value) in section(table, "scopes").map_err(|why| in_section("scopes", why))? {
        let style =
            style(value, palette).map_err(|why| at("scopes", scope, format!("scope `{scope}`: {why}")))?;
        theme.styles.insert(scope.clone(), style);
    }
    Ok(())
}

fn section<'a>(
    table: &'a Table,
    name: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, String> {
    match table.get(name) {
        None => Ok(None.into_iter().flatten()),
        Some(Value::Table(section)) => Ok(Some(section.iter()).into_iter().flatten()),
        Some(_) => Err(format!("`{name}` must be a table, [{name}]")),
    }
}

fn style(value: &Value, palette: &BTreeMap<String, Color>) -> Result<Style, String> {
    let Value::Table(table) = value else {
        return Ok(Style::new().fg(color(value, palette)?));
    };
    let mut style = Style::new();
    for (key, value) in table {
        style = match key.as_str() {
            "fg" => style.fg(color(value, palette)?),
            "bg" => style.bg(color(value, palette)?),
            "modifiers" => {
                let names = value.as_array().ok_or("`modifiers` must be a list")?;
                names.iter().try_fold(style, |style, name| {
                    Ok::<_, String>(style.add_modifier(modifier(name)?))
                })?
            }
            _ => {
                return Err(format!(
                    "`{key}` is unknown; a style has `fg`, `bg` and `modifiers`"
                ));
            }
        };
    }
    Ok(style)
}

pub(super) fn color(value: &Value, palette: &BTreeMap<String, Color>) -> Result<Color, String> {
    let known = value
        .as_str()
        .and_then(|name| palette.get(name).copied().or_else(|| named(name)));
    known.ok_or_else(|| {
        format!("{value} is no colour; write a palette name, `red`, `bright_red`, `default` or `#rrggbb`")
    })
}

fn named(name: &str) -> Option<Color> {
    Some(match name {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright_black" => Color::DarkGray,
        "bright_red" => Color::LightRed,
        "bright_green" => Color::LightGreen,
        "bright_yellow" => Color::LightYellow,
        "bright_blue" => Color::LightBlue,
        "bright_magenta" => Color::LightMagenta,
        "bright_cyan" => Color::LightCyan,
        "bright_white" => Color::White,
        hex => {
            let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6)?;
            Color::from_u32(u32::from_str_radix(digits, 16).ok()?)
        }
    })
}

fn modifier(value: &Value) -> Result<Modifier, String> {
    Ok(match value.as_str() {
        Some("bold") => Modifier::BOLD,
        Some("dim") => Modifier::DIM,
        Some("italic") => Modifier::ITALIC,
        Some("underlined") => Modifier::UNDERLINED,
        Some("reversed") => Modifier::REVERSED,
        _ => {
            return Err(format!(
                "{value} is no modifier; there are bold, dim, italic, underlined, reversed"
            ));
        }
    })
}
