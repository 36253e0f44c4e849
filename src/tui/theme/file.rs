//! Theme files: `inherits`, a palette of names, and styles by dotted scope.

use super::Theme;
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
pub fn load(name: &str, user: &dyn Fn(&str) -> Option<String>) -> Result<Theme, String> {
    let mut chain = Vec::new();
    let mut next = Some(name.to_string());
    while let Some(name) = next {
        // A user's theme may inherit the bundled one of the same name.
        let again = chain.iter().any(|(known, _)| *known == name) && bundled(&name).is_some();
        let own = if again { None } else { user(&name) };
        let Some(text) = own.or_else(|| bundled(&name).map(str::to_string)) else {
            return Err(format!(
                "there is no theme `{name}`; bundled are `default` and `dark`"
            ));
        };
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            format!(
                "theme `{name}` is not TOML: {}",
                error.message().replace('\n', " ")
            )
        })?;
        next = table.get("inherits").and_then(Value::as_str).map(str::to_string);
        chain.push((name, table));
        if chain.len() > LEVELS {
            return Err(format!("theme `{}` inherits itself", chain[0].0));
        }
    }
    let mut palette = BTreeMap::new();
    let mut theme = Theme::default();
    for (name, table) in chain.iter().rev() {
        read(table, &mut palette, &mut theme).map_err(|why| format!("theme `{name}`: {why}"))?;
    }
    Ok(theme)
}

fn read(table: &Table, palette: &mut BTreeMap<String, Color>, theme: &mut Theme) -> Result<(), String> {
    for key in table.keys() {
        if !["inherits", "palette", "scopes"].contains(&key.as_str()) {
            return Err(format!(
                "`{key}` is unknown; a theme has `inherits`, [palette] and [scopes]"
            ));
        }
    }
    for (name, value) in section(table, "palette")? {
        palette.insert(name.clone(), color(value, &BTreeMap::new())?);
    }
    for (scope, value) in section(table, "scopes")? {
        let style = style(value, palette).map_err(|why| format!("scope `{scope}`: {why}"))?;
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

fn color(value: &Value, palette: &BTreeMap<String, Color>) -> Result<Color, String> {
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
