//! `models`, `recipes`, `doctor`, `--version`, `--help`, and the workbench without a terminal.

use crate::home::{Home, is_tame};

#[test]
fn models_say_what_they_are_and_whether_they_work() {
    let home = Home::new();
    let ran = home.run(&["models", "--json"]);
    assert_eq!(ran.err, "");
    let models = ran.json();
    assert_eq!(models[0]["name"], "scout");
    for model in &models {
        assert_eq!(model["schema"], "backtrail.model/1");
        assert_eq!(
            (&model["source"], &model["ready"]),
            (&"bundled".into(), &true.into())
        );
        assert!(
            model["parameters"].as_u64() > Some(100_000)
                && model["path"].is_null()
                && model["needs"].is_null()
        );
    }
    let text = home.run(&["models"]).answer();
    assert!(text.starts_with("scout"));
    // What a server can be named for.
    assert!(
        text.contains("generate, compare, Explore, Compare and the judge"),
        "{text}"
    );
}

#[test]
fn recipes_are_the_bundled_ones_and_the_users_own() {
    let home = Home::new();
    home.file("config/recipes/mine.toml", crate::train::RECIPE);
    home.file("config/recipes/broken.toml", "name = 1");
    let ran = home.run(&["recipes", "--json"]);
    assert!(
        ran.err.contains("broken.toml") && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
    let recipes = ran.json();
    for name in ["scout", "novice", "guesser", "mine"] {
        let recipe = recipes.iter().find(|recipe| recipe["name"] == name);
        let recipe = recipe.unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(
            (&recipe["schema"], &recipe["kind"]),
            (&"backtrail.recipe/1".into(), &"pretrain".into())
        );
        assert!(recipe["summary"].is_string() && recipe["settings"]["seed"].is_u64());
        assert_eq!(recipe["path"].is_string(), name == "mine");
    }
}

#[test]
fn the_doctor_says_what_works_and_which_file_set_a_value() {
    let home = Home::new();
    home.file("config/config.toml", "theme = \"dark\"\nthreds = 2\nascii = 7\n");
    let ran = home.run(&["doctor", "--json"]);
    assert!(
        ran.err.contains("threds") && ran.err.contains("`threads`"),
        "{}",
        ran.err
    );
    let report = ran.json().remove(0);
    assert_eq!(report["schema"], "backtrail.doctor/1");
    assert_eq!(report["warnings"].as_array().unwrap().len(), 2);
    let theme = report["settings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["name"] == "theme")
        .unwrap();
    assert_eq!(theme["value"], "dark");
    assert!(
        theme["source"].as_str().unwrap().ends_with("config.toml"),
        "{theme}"
    );
    let checks = report["checks"].as_array().unwrap();
    let of = |name: &str| checks.iter().find(|check| check["name"] == name).unwrap();
    assert_eq!(
        (&of("scout")["ok"], &of("terminal")["ok"]),
        (&true.into(), &false.into())
    );
    let text = home.run(&["doctor"]).answer();
    assert!(
        text.contains("Settings") && text.contains("config.toml"),
        "{text}"
    );
    is_tame(&text);
}

#[test]
fn the_version_names_commit_and_features() {
    let home = Home::new();
    let version = env!("CARGO_PKG_VERSION");
    let long = home.run(&["--version"]).answer();
    let build = long
        .trim()
        .strip_prefix(&format!("backtrail {version} ("))
        .unwrap();
    let (commit, features) = build.strip_suffix(')').unwrap().split_once("; ").unwrap();
    assert!(!commit.is_empty() && features.contains("cpu"), "{long}");
    assert_eq!(home.run(&["-V"]).answer(), format!("backtrail {version}\n"));
}

#[test]
fn help_lists_every_command() {
    let home = Home::new();
    let help = home.run(&["--help"]).answer();
    for command in [
        "generate", "analyze", "models", "recipes", "train", "doctor", "bench",
    ] {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command} is missing:\n{help}"
        );
    }
}

#[test]
fn the_workbench_without_a_terminal_explains_itself() {
    let home = Home::new();
    home.run(&[])
        .refuses_in_a_sentence(&["needs a terminal", "--help"]);
    home.run(&["trace.jsonl"])
        .refuses_in_a_sentence(&["needs a terminal"]);
}

#[test]
fn a_log_is_kept_and_nowhere_else() {
    let home = Home::new();
    let ran = home.run(&["models"]);
    assert_eq!(ran.err, "");
    assert_eq!(std::fs::read_dir(home.path("log")).unwrap().count(), 1);
    assert!(!home.path("config").exists() && !home.path("data").exists());
}
