//! What every input must survive, one plain function for each door that hostile bytes come in by.
//!
//! `cargo fuzz run expression` (nightly) searches for bytes that panic here; `tests/fuzz.rs` runs the same functions on
//! stable, with random and mangled inputs.

use backtrail::{
    behavior::{
        Detector, Reading, gold,
        judge::{Answer, Case, Prompts, Protocol},
        probe::Probe,
        rules::Rules,
        sheet_of,
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
    trace::{Reader, Style, Subject, Tree, import::Rows, language::Line, parts::parts, record::Behavior},
};
use std::{
    io::BufReader,
    time::{Duration, Instant},
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
        let judgement = score::exact(&problem, &text, 0);
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
    sound(&text, &tree, &found);
    assert_eq!(read(usize::from(piece)), (tree, found));
}

/// What everybody relies on who looks a place up: it lies in the text, what is told in the order of the text is in that
/// order, and parents stand before their children.
fn sound(text: &str, tree: &Tree, found: &[Behavior]) {
    let nodes = tree.nodes.iter();
    let spans = nodes.clone().map(|node| node.span);
    let visits = nodes.clone().flat_map(|node| node.visits.iter().copied());
    let backs = tree.backtracks.iter().map(|back| back.span);
    let claims = tree.claims.iter().map(|claim| claim.span);
    let found_at = found.iter().map(|found| found.span);
    for span in visits
        .chain(spans.clone())
        .chain(backs.clone())
        .chain(claims.clone())
        .chain(found_at.clone())
    {
        assert!(text.get(span.start..span.end).is_some(), "{span:?}");
    }
    assert!(spans.map(|span| span.start).is_sorted(), "nodes");
    assert!(backs.map(|span| span.start).is_sorted(), "returns");
    assert!(found_at.map(|span| span.start).is_sorted(), "habits");
    for (id, node) in nodes.enumerate() {
        let known = |other: Option<usize>| other.is_none_or(|other| other < id);
        assert!(
            node.id == id && known(node.parent) && known(node.again),
            "{node:?}"
        );
    }
    let known = |id: usize| id < tree.nodes.len();
    assert!(tree.claims.iter().all(|claim| known(claim.node)));
    assert!(
        tree.backtracks
            .iter()
            .all(|back| known(back.from) && back.to.is_none_or(known))
    );
    assert!(tree.node_at(text.len()).is_none_or(known));
    let _ = (tree.summary(), tree.grids(), tree.unsound(text), tree.solved());
    let wasted = tree.wasted_text(text.len());
    assert!(
        wasted.is_none_or(|wasted| (0.0..=1.0).contains(&wasted)),
        "{wasted:?}"
    );
    // A few characters for each thing that it tells.
    let told = tree.nodes.len() + tree.backtracks.len() + tree.claims.len() + found.len();
    assert!(sheet_of(Some(tree), found, None).chars().count() <= 12 * told + 2);
    let mut end = 0;
    for part in parts(text) {
        assert_eq!(part.span.start, end);
        assert!(text.get(part.span.start..part.span.end).is_some());
        end = part.span.end;
    }
    assert_eq!(end, text.len());
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

/// A text that says the same again and again, each time with another number where it has a `#`, takes no more time than
/// its length allows. The first byte says who reads it. Not among [`TARGETS`]: a test has no time for texts so long.
pub fn long(data: &[u8]) {
    const BYTES: usize = 1 << 16;
    const MOST: Duration = Duration::from_secs(4);
    let Some((&reader, data)) = data.split_first() else {
        return;
    };
    let said = String::from_utf8_lossy(data);
    if said.is_empty() {
        return;
    }
    let mut text = String::new();
    let mut count = 0;
    while text.len() < BYTES {
        text.push_str(&said.replace('#', &count.to_string()));
        count += 1;
    }
    let subject = match reader % 4 {
        0 => problem().into(),
        1 => Subject::Sudoku(".4.11.....23.2..".parse().ok()),
        2 => Subject::Other(None),
        _ => Subject::Unknown,
    };
    let style = match reader / 4 % 3 {
        0 => None,
        1 => Some(Style::Free),
        _ => Some(Style::Search),
    };
    let begun = Instant::now();
    let mut reader = match style {
        Some(style) => Reader::forced(style, subject),
        None => Reader::new(subject),
    };
    let mut detector = Detector::default();
    reader.push(&text, |told, tree| detector.hear(told, tree));
    reader.finish(|told, tree| detector.hear(told, tree));
    sound(&text, &reader.into_tree(), &detector.into_found());
    if let Some(problem) = problem() {
        let _ = score::exact(&problem, &text, 0);
    }
    if let Ok(puzzle) = ".4.11.....23.2..".parse() {
        let _ = sudoku::score::exact(&puzzle, &text);
    }
    assert!(begun.elapsed() < MOST, "{:?}", begun.elapsed());
}

/// Files that somebody else wrote, archives and tables too, are read or refused, and what is read can be analysed.
/// What is read does not depend on how many bytes come at once.
///
/// `cargo fuzz run row CORPUS tests/data/formats` begins with real ones.
pub fn row(data: &[u8]) {
    let rows = || Rows::new(data, "rows.jsonl").flatten().flatten();
    let reading = Reading {
        facts: true,
        ..Reading::default()
    };
    for row in rows() {
        let trace = reading.analyze(row, 0);
        if let Some(tree) = &trace.tree {
            sound(&trace.text, tree, &trace.behaviors);
        }
    }
    let few = Rows::new(BufReader::with_capacity(7, data), "rows.jsonl");
    let said = |row: backtrail::trace::import::Row| (row.trace.text, row.problem, row.recorded, row.mended);
    let few: Vec<_> = few.flatten().flatten().map(said).collect();
    assert_eq!(few, rows().map(said).collect::<Vec<_>>());
}

/// A probe is read or refused, and what is read is written so that it decides the same when it is read again. Of numbers
/// with a point the last place may differ: reading them is not exact.
pub fn probe(data: &[u8]) {
    if let Ok(probe) = Probe::read(&String::from_utf8_lossy(data)) {
        let written = serde_json::to_string(probe.file()).unwrap_or_default();
        let again = Probe::read(&written);
        let decides = |probe: &Probe| (probe.file().weights.clone(), probe.file().trained.rules.clone());
        assert_eq!(again.map(|again| decides(&again)).ok(), Some(decides(&probe)));
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
