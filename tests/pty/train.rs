//! A run of training, begun, watched and left from the screen.

use super::terminal::{Home, Terminal};
use std::{fs, path::Path};

/// The step the run has come to, as the first row says.
fn step(screen: &str) -> Option<u64> {
    let (_, after) = screen.lines().nth(1)?.split_once("step ")?;
    after.split_once(" of ")?.0.trim().parse().ok()
}

/// Begins a recipe with changes, on the Train screen.
fn begin(terminal: &mut Terminal, keys: &str, recipe: &str, changes: &str) {
    terminal.press("4");
    terminal.wait_for("Recipes");
    terminal.wait_for("None yet.");
    terminal.press(keys);
    terminal.wait_for(&format!("\u{25b8}{recipe} "));
    terminal.press("\r");
    terminal.wait_for("begin it; changes");
    terminal.press(changes);
    terminal.press("\r");
}

/// The newest checkpoint of the only run.
fn checkpoint(home: &Home) -> u64 {
    let names = |path: &Path| -> Vec<String> {
        let entries = fs::read_dir(path).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let runs = home.path("data").join("runs");
    let [run] = &names(&runs)[..] else {
        panic!("one run")
    };
    let files = names(&runs.join(run));
    let steps = files
        .iter()
        .filter_map(|name| name.strip_prefix("checkpoint-")?.parse().ok());
    steps.max().unwrap()
}

#[test]
fn a_recipe_is_begun_its_steps_rise_and_its_samples_are_scrubbed() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[], (40, 120));
    terminal.wait_for("Habits");
    begin(&mut terminal, "j", "smoke", "eval_problems=4");
    terminal.wait("a first step", |screen| step(screen) >= Some(1));
    terminal.wait("the last step", |screen| step(screen) == Some(5));
    terminal.wait("its samples and a tree", |screen| {
        screen.contains("Samples of step 5") && screen.contains("of 4 right") && screen.contains("\u{25cf} ")
    });
    terminal.press("hhhh");
    terminal.wait_for("Samples of step 1 ");
    terminal.press("l");
    terminal.wait_for("Samples of step 2 ");
    terminal.press("\r");
    terminal.wait("the sample alone", |screen| {
        screen.contains("advantage") && screen.contains("back to the run")
    });
    terminal.press("o");
    terminal.wait("the sample in Explore", |screen| screen.contains("Habits  V"));
    terminal.press("\x03");
    terminal.is_given_back();
    assert!(terminal.ended_well());
    assert_eq!(checkpoint(&home), 5);
}

#[test]
fn leaving_in_the_middle_of_a_run_saves_it() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[], (24, 80));
    terminal.wait_for("Habits");
    begin(
        &mut terminal,
        "j",
        "smoke",
        "steps=100000 save_every=0 eval_problems=2",
    );
    terminal.wait("a second step", |screen| step(screen) >= Some(2));
    terminal.press("1");
    // It is seen to go on from other screens, too.
    terminal.wait("where it stands", |screen| {
        screen.contains("/100000") && screen.contains("Habits")
    });
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
    assert!(checkpoint(&home) >= 2);
}

#[test]
fn a_run_that_another_process_trains_is_followed_until_it_is_gone() {
    let home = Home::new();
    let root = home.path("data").join("runs/elsewhere");
    let run = root.to_str().unwrap();
    let mut trainer = home.run_beside(&["train", "smoke", "--out", run, "--set", "steps=100000"]);
    let mut terminal = Terminal::start(&home, &[], (40, 120));
    terminal.wait_for("Habits");
    // The list is read when the screen is looked at.
    while !root.join("recipe.toml").is_file() {
        assert!(trainer.0.try_wait().unwrap().is_none(), "the trainer ended");
        std::thread::yield_now();
    }
    terminal.press("4");
    terminal.wait_for("trained by another process");
    terminal.press("G\r");
    terminal.wait_for("followed: another process trains it");
    terminal.wait("a first step", |screen| step(screen) >= Some(1));
    terminal.wait("later steps and their samples", |screen| {
        step(screen) >= Some(3) && screen.contains("of 4 right")
    });
    drop(trainer);
    terminal.wait_for("its trainer is gone");
    terminal.press("\x03");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}

#[test]
fn what_is_wrong_with_recipes_and_runs_is_said() {
    let home = Home::new();
    home.file("config/recipes/mine.toml", "name = \"mine\"\nkindd = \"rl\"\n");
    home.file("data/runs/half/metrics.jsonl", "{}\n");
    let mut terminal = Terminal::start(&home, &[], (40, 120));
    terminal.wait_for("Habits");
    terminal.press("4");
    terminal.wait_for("mine.toml line");
    terminal.press("G\r");
    terminal.wait_for("it has no recipe.toml");
    terminal.press("\x03");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}
