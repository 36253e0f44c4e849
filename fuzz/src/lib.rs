//! What every input must survive, one plain function for each door that hostile bytes come in by.
//!
//! `cargo fuzz run expression` (nightly) searches for bytes that panic here; `tests/fuzz.rs` runs the same functions on
//! stable, with random and mangled inputs.

use backtrail::{
    behavior::{
        Detector, gold,
        judge::{Answer, Case, Prompts, Protocol},
        probe::Probe,
        rules::Rules,
    },
    config::Recipe,
    engine::{Recording, remote::stream::EventReader},
    model::{
        Config, Shards,
        chat::{Message, Role, Template},
        gguf::Gguf,
    },
    task::{
        countdown::{Expr, ExprError, Problem, score},
        sudoku,
    },
    trace::{Reader, Style, Subject, import::Rows, language::Line},
};

/// Takes any bytes and must not panic.
pub type Target = fn(&[u8]);

/// Every function here, by the name of its target.
pub const TARGETS: [(&str, Target); 20] = [
    ("expression", expression),
    ("grid", grid),
    ("line", line),
    ("tree", tree),
    ("free", free),
    ("search", search),
    ("sudoku", sudoku),
    ("discourse", discourse),
    ("row", row),
    ("probe", probe),
    ("behaviors", behaviors),
    ("judge", judge),
    ("labelled", labelled),
    ("recipe", recipe),
    ("recording", recording),
    ("config", config),
    ("gguf", gguf),
    ("safetensors", safetensors),
    ("template", template),
    ("stream", stream),
];

fn problem() -> Option<Problem> {
    Problem::parse("18 7 4 -> 15").ok()
}

/// An expression that can be read is written so that it reads back to the same, if it does at all; scorers judge any text.
pub fn expression(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(expression) = Expr::parse(&text) {
        let _ = expression.eval();
        // Written, every operation has parentheses, of which a reader takes only so many.
        match Expr::parse(&expression.to_string()) {
            Err(ExprError::TooDeep | ExprError::TooLong) => {}
            again => assert_eq!(again.as_ref(), Ok(&expression)),
        }
    }
    if let Some(problem) = problem() {
        let judgement = score::exact(&problem, &text);
        let scores = score::all(&problem, &text, &judgement);
        assert!(scores.values().all(|score| (0.0..=1.0).contains(score)));
    }
}

/// Whatever a text says of a Sudoku is judged, and what is right is the solution.
pub fn grid(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(puzzle) = ".4.11.....23.2..".parse() {
        let judgement = sudoku::score::exact(&puzzle, &text);
        let scores = sudoku::score::all(&puzzle, &text, &judgement);
        assert!(scores.values().all(|score| (0.0..=1.0).contains(score)));
        assert!(!judgement.correct || judgement.answer.as_deref() == Some("2431134241233214"));
        let place = sudoku::score::place(&text);
        assert!(place.is_none_or(|place| text.get(place).is_some()));
    }
    if let Ok(solution) = "2431134241233214".parse() {
        let judgement = sudoku::score::against(&solution, &text);
        let scores = sudoku::score::all_against(&solution, &text, &judgement);
        assert!(scores.values().all(|score| (0.0..=1.0).contains(score)));
        assert!(!judgement.correct || judgement.answer.as_deref() == Some("2431134241233214"));
    }
}

/// A line of the trace language that can be read is written so that it reads back to the same.
pub fn line(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(parsed) = Line::parse(&text) {
        let again = Line::parse(&parsed.line.to_string());
        assert_eq!(again.map(|again| again.line), Some(parsed.line));
    }
}

/// However a text is cut into pieces, its tree is the same, and so is what is found in it. The first byte says how.
fn pieces(data: &[u8], subject: impl Into<Subject>, style: Option<Style>) {
    let Some((&piece, data)) = data.split_first() else {
        return;
    };
    let (text, subject) = (String::from_utf8_lossy(data), subject.into());
    let read = |size: usize| {
        let mut reader = match style {
            Some(style) => Reader::forced(style, subject.clone()),
            None => Reader::new(subject.clone()),
        };
        let mut detector = Detector::default();
        let mut rest: &str = &text;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.ceil_char_boundary(size.max(1)));
            reader.push(now, |told, tree| detector.hear(told, tree));
            rest = later;
        }
        reader.finish(|told, tree| detector.hear(told, tree));
        (reader.into_tree(), detector.into_found())
    };
    let (tree, found) = read(text.len());
    let spans = found.iter().map(|found| found.span);
    let visits = tree.nodes.iter().flat_map(|node| node.visits.iter().copied());
    for span in spans.chain(visits).chain(tree.nodes.iter().map(|node| node.span)) {
        assert!(text.get(span.start..span.end).is_some());
    }
    assert_eq!(read(usize::from(piece)), (tree, found));
}

/// The reader that the text asks for.
pub fn tree(data: &[u8]) {
    pieces(data, problem(), None);
}

/// Free text with calculations.
pub fn free(data: &[u8]) {
    pieces(data, problem(), Some(Style::Free));
}

/// Stream of Search.
pub fn search(data: &[u8]) {
    pieces(data, problem(), Some(Style::Search));
}

/// Sudoku.
pub fn sudoku(data: &[u8]) {
    pieces(data, Subject::Sudoku(".4.11.....23.2..".parse().ok()), None);
}

/// Free reasoning in steps.
pub fn discourse(data: &[u8]) {
    pieces(data, Subject::Other(Some("Is 7 prime?".to_owned())), None);
}

/// Files that somebody else wrote, archives and tables too, are read or refused, and what is read can be analysed.
/// `cargo fuzz run row CORPUS tests/data/formats` begins with real ones.
pub fn row(data: &[u8]) {
    for row in Rows::new(data, "rows.jsonl").flatten().flatten() {
        let _ = backtrail::behavior::analyze(row, None, 0);
    }
}

/// A probe is read or refused, and what is read is written so that it reads back to the same.
pub fn probe(data: &[u8]) {
    if let Ok(probe) = Probe::read(&String::from_utf8_lossy(data)) {
        let written = |probe: &Probe| serde_json::to_string(probe.file()).unwrap_or_default();
        let again = Probe::read(&written(&probe));
        assert_eq!(again.map(|again| written(&again)).ok(), Some(written(&probe)));
    }
}

/// A file of a user's behavior is read or refused, and looks for its phrases in its own words.
pub fn behaviors(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(rules) = Rules::load(&[("mine.toml", &*text)]) {
        let mut matches = rules.matches();
        for line in text.lines() {
            let flags = rules.look(line, &mut matches);
            assert!(rules.names(flags).count() <= rules.conditions().count());
            for rule in rules.said(&matches) {
                let place = matches.place(rule, 0);
                assert!(place.is_none_or(|place| line.get(place).is_some()));
            }
        }
    }
}

/// What a judge writes is read or refused, and names only what it was asked about; so are prompts of one's own.
pub fn judge(data: &[u8]) {
    let (prompts, text) = (Prompts::bundled(), String::from_utf8_lossy(data));
    for words in ["18 - 7 = 11. Check: 11 + 4 = 15.\n\nNo, wait.\n", &*text] {
        let case = Case::new(words, "", &prompts);
        for protocol in Protocol::ALL {
            for question in case.questions(protocol, &prompts) {
                for cut in [false, true] {
                    let _ = case.read(question.about, Answer { text: &text, cut });
                }
            }
        }
    }
    let _ = Prompts::parse(&text);
}

/// Labelled traces are read or refused, each by itself.
pub fn labelled(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for row in gold::read(&text).flatten() {
        let _ = row.countdown();
    }
}

/// A recipe is read or refused in one line, and what is read is written so that it reads back to the same.
pub fn recipe(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Recipe::parse(&text, "recipe.toml", &[]) {
        Ok(recipe) => {
            let written = recipe.to_toml().unwrap_or_default();
            let again = Recipe::parse(&written, "recipe.toml", &[]);
            assert_eq!(again.ok(), Some(recipe));
        }
        Err(error) => assert!(error.to_string().starts_with("recipe.toml")),
    }
}

/// A recording is read or refused.
pub fn recording(data: &[u8]) {
    let _ = Recording::read(&String::from_utf8_lossy(data));
}

/// A configuration that can be read is written so that it can be read.
pub fn config(data: &[u8]) {
    if let Ok(config) = Config::from_json(&String::from_utf8_lossy(data)) {
        let _ = config.parameters();
        assert!(Config::from_json(&config.to_json().to_string()).is_ok());
    }
}

/// The header of a GGUF file says what it says or is refused.
pub fn gguf(data: &[u8]) {
    if let Ok(gguf) = Gguf::read(&mut std::io::Cursor::new(data)) {
        let _ = (
            gguf.config(),
            gguf.tokenizer_json(),
            gguf.specials(),
            gguf.adds_bos(),
        );
    }
}

/// The header of a file of weights, likewise.
pub fn safetensors(data: &[u8]) {
    let _ = Shards::from_bytes("fuzz", data.to_vec());
}

/// A chat template renders or errors, in bounded time.
pub fn template(data: &[u8]) {
    let specials = std::collections::BTreeMap::from([("bos_token".to_owned(), "<s>".to_owned())]);
    if let Ok(template) = Template::new(&String::from_utf8_lossy(data), specials) {
        let messages = [Message::new(Role::User, "18 7 4 -> 15?")];
        let today = jiff::civil::date(2026, 11, 26);
        let _ = template.render(&messages, Some(true), today);
    }
}

/// What a server sends does not depend on how it is cut.
pub fn stream(data: &[u8]) {
    let read = |size: usize| {
        let (mut reader, mut items) = (EventReader::default(), Vec::new());
        let fine = data
            .chunks(size.max(1))
            .all(|part| reader.push(part, &mut items).is_ok());
        (fine && reader.finish(&mut items).is_ok()).then_some(items)
    };
    assert_eq!(read(data.len()), read(3));
}
