use super::*;
use ratatui::style::{Color, Modifier};

fn none(_: &str) -> Option<File> {
    None
}

#[test]
fn the_bundled_themes_load_and_scopes_fall_back_to_their_parent() {
    for name in ["default", "dark"] {
        let (theme, warnings) = Theme::load(name, Depth::True, &none);
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(theme.get("habit.of_my_own"), theme.get("habit"));
        assert_ne!(theme.get("habit.backtracking"), theme.get("habit"));
    }
}

#[test]
fn the_default_theme_uses_only_the_sixteen_colours() {
    let (theme, _) = Theme::load("default", Depth::True, &none);
    for (scope, style) in &theme.styles {
        for color in [style.fg, style.bg].into_iter().flatten() {
            assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(_)), "{scope}");
        }
    }
}

#[test]
fn without_colour_bold_and_reverse_stay() {
    let (theme, _) = Theme::load("dark", Depth::Mono, &none);
    assert!(
        theme
            .styles
            .values()
            .all(|style| style.fg.is_none() && style.bg.is_none())
    );
    assert!(theme.get("ui.cursor").add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn colours_degrade_to_what_the_terminal_has() {
    let (theme, _) = Theme::load("dark", Depth::Indexed, &none);
    assert!(matches!(theme.get("bad").fg, Some(Color::Indexed(_))));
    let (theme, _) = Theme::load("dark", Depth::Ansi, &none);
    assert!(!matches!(
        theme.get("bad").fg,
        Some(Color::Indexed(_) | Color::Rgb(..))
    ));
    let env = |wanted: &'static [(&str, &str)]| {
        move |name: &str| {
            wanted
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_string())
        }
    };
    assert_eq!(
        Depth::detect(&env(&[("COLORTERM", "truecolor"), ("TERM", "xterm")])),
        Depth::True
    );
    assert_eq!(
        Depth::detect(&env(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")])),
        Depth::Mono
    );
    assert_eq!(
        Depth::detect(&env(&[("TERM", "screen-256color")])),
        Depth::Indexed
    );
    assert_eq!(Depth::detect(&env(&[("TERM", "linux")])), Depth::Ansi);
}

#[test]
fn a_broken_theme_is_a_sentence_and_the_default() {
    let cases = [
        ("inherits = 'mine'", "inherits itself"),
        ("inherits = 'nowhere'", "no theme `nowhere`"),
        (
            "[scopes]\n'ui.dim' = 'reddish'",
            "themes/mine.toml line 2: scope `ui.dim`",
        ),
        ("[scopes]\n'ui.dim' = { fg = '#12' }", "no colour"),
        ("[scopes]\n'ui.dim' = { modifiers = ['loud'] }", "no modifier"),
        ("colors = 1", "`colors` is unknown"),
        ("palette = 1", "must be a table"),
        ("\n[", "themes/mine.toml line 2 is not TOML"),
    ];
    for (text, part) in cases {
        let (theme, warnings) = Theme::load("mine", Depth::True, &|name| {
            (name == "mine").then(|| File::new("themes/mine.toml", text))
        });
        assert!(
            warnings.len() == 1 && warnings[0].contains(part),
            "{text}: {warnings:?}"
        );
        assert_eq!(theme.get("ui.error").fg, Some(Color::Red));
    }
}

#[test]
fn a_users_theme_may_change_one_thing_of_a_bundled_one() {
    let own = |name: &str| {
        (name == "dark").then(|| File::new("dark.toml", "inherits = 'dark'\n[scopes]\nbad = 'blue'"))
    };
    let (theme, warnings) = Theme::load("dark", Depth::True, &own);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(theme.get("bad").fg, Some(Color::Rgb(0x7f, 0xa8, 0xe8)));
}

#[test]
fn every_glyph_is_one_column_wide_but_the_written_out_ones() {
    use unicode_width::UnicodeWidthStr;
    for set in [&UNICODE, &ASCII] {
        let single = [
            set.root,
            set.open,
            set.good,
            set.bad,
            set.back,
            set.fault,
            set.winnable,
            set.folded,
            set.live,
            set.bar,
        ];
        assert!(
            single
                .iter()
                .chain(&set.rule)
                .chain(&set.ribbon)
                .all(|glyph| glyph.width() == 1)
        );
        assert!(set.tree.iter().all(|line| line.width() == 3));
    }
}

#[test]
fn a_users_behavior_has_its_own_colour_unless_the_theme_names_it() {
    let (mut theme, _) = Theme::load("dark", Depth::True, &|_| None);
    let mut give = |name: &str, color: &str| theme.color(format!("habit.{name}"), color, Depth::True);
    assert_eq!(
        (give("doubt", "amber"), give("verification", "red")),
        (Ok(()), Ok(()))
    );
    assert!(give("other", "mauve").unwrap_err().contains("is no colour"));
    assert_eq!(theme.get("habit.doubt").fg, Some(Color::from_u32(0x00e0_b060)));
    assert_ne!(theme.get("habit.verification").fg, Some(Color::Red));
}

#[test]
fn a_users_behavior_that_looks_like_another_is_told_of() {
    let said = |depth: Depth, color: &str| {
        let own = format!("name = \"doubt\"\nletter = \"D\"\ncolor = \"{color}\"\n");
        let bundled = crate::behavior::rules::BUNDLED;
        let files: Vec<(&str, &str)> = bundled.into_iter().chain([("own.toml", own.as_str())]).collect();
        let rules = crate::behavior::rules::Rules::load(&files).unwrap();
        let (mut theme, _) = Theme::load("dark", depth, &none);
        theme.color_behaviors(&rules, depth)
    };
    assert_eq!(
        said(Depth::True, "amber"),
        [
            "behavior doubt: its colour `amber` looks here like that of subgoal_setting: give it another `color`"
        ]
    );
    assert!(said(Depth::True, "mauve")[0].contains("is no colour"));
    assert_eq!(said(Depth::True, "#123456"), Vec::<String>::new());
    // Without colours nothing is told apart by them.
    assert_eq!(said(Depth::Mono, "amber"), Vec::<String>::new());
}
