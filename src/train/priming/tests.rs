//! Tests of [`super`].

use super::*;
use crate::{
    behavior::Habit,
    config::recipe::{Condition, Data},
    model::vocabulary,
    task::countdown::{Rules, Solver, Split, split_of},
    trace::language::asked,
};
use proptest::prelude::*;
use std::{collections::HashSet, fs};
use strum::IntoEnumIterator as _;

fn tokenizer() -> Tokenizer {
    Tokenizer::from_json(&setup::tokenizer_json()).unwrap()
}

fn config() -> Config {
    Config::from_json(include_str!("../../../assets/models/guesser/config.json")).unwrap()
}

fn recipe(changes: &[&str]) -> Recipe {
    let changes: Vec<_> = changes.iter().map(|change| change.parse().unwrap()).collect();
    Recipe::parse(
        include_str!("../../../assets/recipes/prime.toml"),
        "prime.toml",
        &changes,
    )
    .unwrap()
}

fn dataset(changes: &[&str]) -> Result<Dataset, DataError> {
    Dataset::from_recipe(&recipe(changes), &tokenizer(), &config())
}

fn refusal(changes: &[&str]) -> String {
    dataset(changes).err().unwrap().to_string()
}

fn from_text(text: impl AsRef<[u8]>) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.jsonl");
    fs::write(&path, text).unwrap();
    Dataset::from_file(&path, &Settings::default(), &tokenizer(), &config())
}

#[test]
fn every_condition_keeps_its_promise() {
    for condition in Condition::iter() {
        let set = dataset(&[&format!("data.condition={condition}")]).unwrap();
        let report = set.report();
        assert_eq!((report.rows, report.judged, report.unsound), (400, 400, 0));
        let solved = set.rows().iter().filter(|row| row.solved == Some(true)).count();
        assert_eq!(report.solved, solved, "teacher and checker agree on {condition}");
        match condition {
            Condition::Incorrect => assert_eq!(solved, 0),
            Condition::Direct => assert_eq!(solved, 400),
            _ => assert!((100..400).contains(&solved), "{condition}: {solved}"),
        }
        // A habit is learnt from many traces, not from one.
        for habit in promised(condition) {
            assert!(
                report.habits[habit.name()] > 0.3,
                "{condition}: {:?}",
                report.habits
            );
        }
    }
}

#[test]
fn rows_are_of_the_training_split_and_do_not_depend_on_the_size() {
    let (few, many) = (dataset(&["data.size=50"]).unwrap(), dataset(&[]).unwrap());
    assert_eq!(few.rows(), &many.rows()[..50]);
    assert_ne!(dataset(&["data.size=50", "seed=1"]).unwrap().rows(), few.rows());
    let mut problems = HashSet::new();
    for row in many.rows() {
        let mut problem = asked(&row.prompt).unwrap();
        assert_eq!(split_of(&problem.numbers, problem.target), Split::Train);
        problem.numbers.sort_unstable();
        assert!(
            problems.insert((problem.numbers, problem.target)),
            "a problem came twice"
        );
    }
}

#[test]
fn filler_is_as_long_as_the_reasoning_it_replaces_and_empty_is_only_the_answer() {
    let [all, filler, empty] =
        ["all", "filler", "empty"].map(|c| dataset(&[&format!("data.condition={c}")]).unwrap());
    for ((all, filler), empty) in all.rows().iter().zip(filler.rows()).zip(empty.rows()) {
        assert_eq!((&all.prompt, all.solved), (&filler.prompt, filler.solved));
        assert_eq!(&all.prompt, &empty.prompt);
        let tokens = |row: &Row| tokenizer().encode(&row.completion).unwrap().len();
        assert_eq!(
            tokens(all),
            tokens(filler),
            "{}{}",
            all.completion,
            filler.completion
        );
        let answer = all.completion.lines().last().unwrap();
        assert_eq!(empty.completion, format!("{answer}\n"));
        assert!(
            filler.completion.starts_with("..") && filler.completion.ends_with(&format!(".\n{answer}\n"))
        );
    }
}

#[test]
fn a_set_with_a_habit_too_many_or_too_few_is_refused() {
    let all = dataset(&[]).unwrap();
    let said = |condition| all.report().keeps(condition).unwrap_err().to_string();
    assert!(
        said(Condition::Backtracking).contains("shows verification"),
        "{}",
        said(Condition::Backtracking)
    );
    assert!(
        said(Condition::Direct).contains("`data.condition = \"direct\"`")
            || said(Condition::Direct).contains("direct")
    );
    assert!(said(Condition::Incorrect).contains("is right"));
    assert_eq!(
        all.report()
            .forbidden(Condition::BacktrackingSubgoal)
            .iter()
            .map(|(habit, _)| *habit)
            .collect::<Vec<_>>(),
        [Habit::Verification, Habit::BackwardChaining]
    );
    let once = refusal(&["data.condition=backtracking", "data.patience=[1, 1]"]);
    assert!(
        once.contains("no row shows backtracking") && once.contains("data.patience"),
        "{once}"
    );
    let direct = dataset(&["data.condition=direct"]).unwrap();
    assert!(direct.report().keeps(Condition::Empty).is_ok());
}

#[test]
fn a_set_that_lies_is_refused() {
    let lie = r#"{"prompt":"make 15 from 18 7 4\n","completion":"try 18+7=26 left 26 4\nanswer (18-7)+4\n"}"#;
    let error = from_text(lie)
        .unwrap()
        .report()
        .keeps(Condition::Direct)
        .unwrap_err();
    assert!(
        error.to_string().contains("row 1 says something false"),
        "{error}"
    );
}

#[test]
fn difficulty_and_patience_choose_problems_and_effort() {
    let hard = dataset(&["data.difficulty=[0.9, 1.0]", "data.size=100"]).unwrap();
    let mut solver = Solver::new(Rules::Integer);
    for row in hard.rows() {
        assert!(difficulty(&mut solver, &asked(&row.prompt).unwrap()) >= 0.9);
    }
    let patient = dataset(&["data.patience=[30, 30]", "data.size=100"]).unwrap();
    // Not all: the teacher writes no number above 199.
    assert!(patient.report().solved > 95);
    let few = refusal(&["data.difficulty=[0.0, 0.0]", "data.size=2000"]);
    assert!(few.contains("training problems can be written as `all`"), "{few}");
}

#[test]
fn a_row_is_its_prompt_its_completion_and_the_end() {
    let set = dataset(&["data.size=30"]).unwrap();
    let example = &set.examples()[7];
    assert_eq!(example.ids.last(), config().eos_token_ids.first());
    assert!(example.prompt_tokens > 5);
}

#[test]
fn rows_written_in_either_format_read_back() {
    let set = dataset(&["data.size=20"]).unwrap();
    for format in [Format::Trl, Format::Query] {
        let text = to_jsonl(set.rows(), format).unwrap();
        let key = if format == Format::Trl {
            "{\"prompt\":\"make "
        } else {
            "{\"query\":\"make "
        };
        assert!(
            text.lines()
                .all(|line| line.starts_with(key) && line.contains("\"completion\":"))
        );
        assert_eq!(from_text(&text).unwrap().rows(), set.rows());
    }
    let dir = tempfile::tempdir().unwrap();
    let path = save(set.rows(), dir.path()).unwrap();
    assert_eq!(path.file_name().unwrap(), "data.jsonl");
    let again = dataset(&[&format!("data.file={}", path.display())]).unwrap();
    assert_eq!((again.rows(), again.report()), (set.rows(), set.report()));
    assert!(save(set.rows(), &dir.path().join("nowhere")).is_err());
}

#[test]
fn rows_about_anything_work_with_any_tokenizer_and_its_start_token() {
    let json = vocabulary::byte_level(&["the "], 0..=9, &["</s>", "<s>"]).to_string();
    let tokenizer = Tokenizer::from_json(json.as_bytes()).unwrap();
    let (end, start) = (
        tokenizer.special("</s>").unwrap(),
        tokenizer.special("<s>").unwrap(),
    );
    let config = Config {
        eos_token_ids: vec![end],
        bos_token_id: Some(start),
        ..config()
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.jsonl");
    fs::write(
        &path,
        "{\"query\":\"Wo ist é?\",\"completion\":\"the end\",\"more\":1}\r\n\n",
    )
    .unwrap();
    let set = Dataset::from_file(&path, &Settings::default(), &tokenizer, &config).unwrap();
    let example = &set.examples()[0];
    assert_eq!((example.ids[0], example.ids.last()), (start, Some(&end)));
    assert_eq!((set.rows()[0].solved, set.report().judged), (None, 0));
    let endless = Config {
        eos_token_ids: vec![],
        ..config
    };
    let error = Dataset::from_file(&path, &Settings::default(), &tokenizer, &endless)
        .err()
        .unwrap();
    assert!(error.to_string().contains("eos_token_id"));
}

#[test]
fn what_cannot_be_imitated_is_a_sentence_with_its_line() {
    let good = "{\"prompt\":\"a\",\"completion\":\"b\"}\n";
    for (bad, wanted) in [
        (
            "{\"text\":\"a\"}",
            "needs `prompt` (or `query`) and `completion`, this one has text",
        ),
        ("{}", "this one has nothing"),
        ("{\"prompt\":\"a\"}", "there is no `completion`"),
        ("{\"prompt\":\"a\",\"completion\":\"\"}", "`completion` is empty"),
        ("{\"prompt\":3,\"completion\":\"b\"}", "`prompt` is not a text"),
        (
            "{\"prompt\":[{\"role\":\"user\"}],\"completion\":\"b\"}",
            "chat template",
        ),
        ("{\"prompt\":\"\",\"completion\":\"b\"}", "the prompt is empty"),
        ("[1]", "no JSON object"),
        ("{\"prompt\":", "no JSON"),
        ("\u{1b}[2J", "no JSON"),
    ] {
        let message = from_text(format!("{good}\n{bad}\n{good}"))
            .err()
            .unwrap()
            .to_string();
        assert!(
            message.contains("rows.jsonl line 3: ") && message.contains(wanted),
            "{message}"
        );
        assert!(!message.contains('\u{1b}'));
    }
    let message = from_text(b"{\"prompt\":\"a\xff\",\"completion\":\"b\"}")
        .err()
        .unwrap()
        .to_string();
    assert!(
        message.contains("line 1: byte 13 of the line is no UTF-8"),
        "{message}"
    );
    for empty in ["", "\n \n", "\u{feff}"] {
        assert!(
            from_text(empty)
                .err()
                .unwrap()
                .to_string()
                .contains("no row in it")
        );
    }
    let long = format!("{{\"prompt\":\"a\",\"completion\":\"{}\"}}", "é".repeat(400));
    let message = from_text(long).err().unwrap().to_string();
    assert!(
        message.contains("line 1: it has 802 tokens, the model reads 512"),
        "{message}"
    );
    assert!(refusal(&["data.file=/nowhere/rows.jsonl"]).contains("/nowhere/rows.jsonl: "));
    let message = refusal(&["task.numbers=[6, 6]", "data.size=5"]);
    assert!(message.contains("of the set: it has"), "{message}");
}

#[test]
fn a_recipe_without_data_is_a_sentence() {
    let pretrain = Recipe::parse(crate::config::recipes::BUNDLED[0].1, "scout.toml", &[]).unwrap();
    let error = Dataset::from_recipe(&pretrain, &tokenizer(), &config())
        .err()
        .unwrap();
    assert!(error.to_string().contains("no [data]"));
    let alone = Settings {
        numbers: [1, 1],
        ..Settings::default()
    };
    assert!(write(&alone, &Data::default(), 0, &tokenizer()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_text(bytes);
    }

    #[test]
    fn any_text_comes_back_from_a_file(prompt in "\\PC{1,20}", completion in any::<String>()) {
        prop_assume!(!completion.is_empty());
        let row = Row { prompt, completion, solved: None };
        let text = to_jsonl(std::slice::from_ref(&row), Format::Trl).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.jsonl");
        fs::write(&path, text).unwrap();
        prop_assert_eq!(read(&path).unwrap(), vec![(1, row)]);
    }
}
