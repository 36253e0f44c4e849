//! Where one attempt ends and the next begins.

use crate::{
    base::phrases::Phrases,
    trace::{
        NodeId,
        prose::{Expression, Sentence},
        walk::Walk,
    },
};
use std::sync::LazyLock;

/// Words that dismiss what has been calculated.
pub(super) const DISMISSALS: [&str; 40] = [
    "too big",
    "too large",
    "too high",
    "too small",
    "too low",
    "too much",
    "too far",
    "not @",
    "isn't @",
    "!= @",
    "not helpful",
    "not useful",
    "not enough",
    "not valid",
    "not correct",
    "not right",
    "not promising",
    "not exact",
    "not an integer",
    "not a whole",
    "not close",
    "not working",
    "not work",
    "doesn't work",
    "didn't work",
    "won't work",
    "doesn't help",
    "doesn't equal",
    "doesn't give",
    "doesn't get",
    "does not work",
    "does not equal",
    "does not give",
    "no good",
    "nope",
    "none of these",
    "still no",
    "already used",
    "don't have",
    "# more)",
];

/// Words that a sentence has which says that something is missing.
pub(super) const MISSING: [&str; 3] = ["need", "can i make", "can we make"];

static DISMISSED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&DISMISSALS));

/// Whether the words behind the last calculation of a sentence, or all of one without a calculation, dismiss it.
pub(super) fn dismisses(sentence: &Sentence<'_>) -> bool {
    let behind = sentence.shape.rsplit_once('%');
    DISMISSED
        .first(behind.map_or(sentence.shape, |(_, behind)| behind))
        .is_some()
}

/// Bytes of a sentence that only says no.
const LONGEST_NO: usize = 12;

/// Whether a sentence only says no.
pub(super) fn is_no(sentence: &Sentence<'_>) -> bool {
    const NO: [&str; 8] = [
        "no",
        "wrong",
        "nope",
        "incorrect",
        "fail",
        "failed",
        "\u{2717}",
        "\u{274c}",
    ];
    if sentence.shape.len() > LONGEST_NO {
        return false;
    }
    let words = sentence.shape.trim_end_matches(['.', '!', ' ', ',']);
    NO.contains(&words)
}

/// Whether the words between the end of a calculation and what comes next in its sentence dismiss it.
pub(super) fn dismissed_between(sentence: &Sentence<'_>, last: &Expression, next: &Expression) -> bool {
    let written = || {
        sentence
            .text
            .get(last.end..next.start)
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let between = sentence.between(last, next).map_or_else(written, str::to_owned);
    DISMISSED.first(&between).is_some()
}

/// Items of a list that go back to the same state before it is one of options.
const ENOUGH: usize = 2;

/// What is being tried, and from where.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempt {
    /// The state it began in.
    pub began: NodeId,
    /// Something is wrong with it, the text says.
    pub dismissed: bool,
    /// A state in which the text says that so much is missing, or that something is to be made of what is left.
    missing: Option<NodeId>,
    /// How many items of a list one behind the other went back to the same state, and which.
    options: (usize, NodeId),
}

impl Attempt {
    /// The text says that it goes on elsewhere.
    pub fn turns(&mut self) {
        (self.missing, self.options) = (None, (0, 0));
    }

    /// A sentence is over that may say what is missing in the state being worked on.
    pub fn lacks(&mut self, walk: &Walk, sentence: &Sentence<'_>) {
        if says_what_is_missing(sentence.shape) {
            self.missing = Some(walk.here());
        }
    }

    /// Something is to be made of what is left here.
    pub fn goes_on_here(&mut self, walk: &Walk) {
        self.missing = Some(walk.here());
    }

    /// Whether nothing goes on with it: it is dismissed, or has come to its end.
    pub fn is_over(&self, walk: &Walk) -> bool {
        let here = walk.here();
        self.dismissed || walk.numbers_of(here).len() == 1 && !walk.is_need(here)
    }

    /// An item of a list, or something else, goes back to a state or on.
    pub fn goes(&mut self, item: bool, back: Option<NodeId>) {
        self.options = match (back, self.options) {
            (Some(to), (count, last)) if item && to == last => (count + 1, to),
            (Some(to), _) if item => (1, to),
            _ => (0, 0),
        };
    }

    /// Whether the list that the text writes is one of options: what comes next is another.
    pub fn lists_options(&self) -> bool {
        self.options.0 >= ENOUGH
    }

    /// The state in which another attempt begins: the nearest in which something is needed, else the problem.
    pub fn base(&self, walk: &Walk) -> NodeId {
        walk.up_from(walk.here())
            .find(|id| self.missing == Some(*id) || walk.is_need(*id))
            .unwrap_or(0)
    }
}

/// `need 55 more`, `can I make 6 from what is left`; in parentheses it is only a verdict: `(need 15 more)`.
fn says_what_is_missing(shape: &str) -> bool {
    let Some(at) = MISSING.iter().find_map(|word| shape.find(word)) else {
        return false;
    };
    let (before, from) = shape.split_at_checked(at).unwrap_or((shape, ""));
    let opened = before
        .rfind('(')
        .is_some_and(|open| !before[open..].contains(')'));
    let says = from.starts_with("can")
        || from.starts_with("need to make #")
        || from.find("# more").is_some_and(|more| more < 20);
    says && !opened
}

#[cfg(test)]
mod tests {
    use crate::{task::countdown::Problem, trace::Reader};

    #[test]
    fn another_attempt_begins_behind_words_that_name_the_goal() {
        for words in ["not 30", "(too small)", "which isn't 30"] {
            let text = format!("3 + 5 = 8, {words}, but 2 + 4 = 6.");
            let tree = Reader::read(Problem::parse("3 5 2 4 -> 30").ok(), &text);
            let returns: Vec<_> = tree.backtracks.iter().map(|back| (back.from, back.to)).collect();
            assert_eq!(returns, [(1, Some(0))], "{words}");
        }
    }
}
