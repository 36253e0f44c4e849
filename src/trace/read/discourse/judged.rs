//! What the text says against what it does last, and what follows from that: a bare remark is no step, a root that is
//! rejected no attempt, and who has refuted a supposition goes on without it.

use super::{
    Attempt, Discourse, SHORT,
    cues::Turn,
    failures::{contradicts, fails, is_remark, rejected},
    label::extended,
    verdict::{begins_conclusion, concludes},
};
use crate::trace::{parts::unmarked, prose::Sentence};

/// Words of a conclusion that still speaks of what was supposed, or of another supposition.
const STILL: [&str; 9] = [
    " if ",
    " case",
    "assum",
    "suppos",
    "scenario",
    "possib",
    "statement",
    "puzzle",
    "?",
];

impl Discourse {
    /// Whether the sentence takes the place of what has just been said to be wrong, wherever it stands in its paragraph.
    pub(super) fn follows(&mut self, shape: &str) -> bool {
        let remarked = std::mem::take(&mut self.remarked);
        self.failed.is_some()
            && (remarked && !shape.ends_with('?') && !fails(shape, true)
                || self.supposes() && is_denial(shape))
    }

    /// Whether a supposition is being looked at.
    fn supposes(&self) -> bool {
        let given = self.givens.last().is_some_and(|(start, _)| *start == self.here);
        given
            || self
                .attempts
                .last()
                .is_some_and(|attempt| attempt.by == Turn::Case)
    }

    /// Whether a sentence, from its first telling word on, says no more than that the last step is wrong: that is no step.
    pub(super) fn remarks(&self, rest: &str) -> bool {
        self.here != 0 && is_remark(rest)
    }

    /// Whether what is done fails, or may be told to have failed by what follows.
    pub(super) fn judge(&mut self, sentence: &Sentence<'_>) {
        // What is given in the step itself can be refuted, too.
        let given = || self.givens.last().is_some_and(|(start, _)| *start == self.here);
        let shape = sentence.shape;
        let failed = self.here != 0
            && (fails(shape, !self.attempts.is_empty()) || given() && contradicts(shape))
            && !self.rejects(shape);
        if failed {
            self.failed.get_or_insert(sentence.span);
            self.stands = false;
            // `That's not right; I should divide instead.`
            self.remarked = shape.contains(" instead");
        } else if self.failed.is_some() {
            self.stands |= concludes(shape);
        }
        if !self.attempts.is_empty() || !self.givens.is_empty() {
            self.last.keep(shape, sentence.span);
        }
    }

    /// Whether what fails is a value that was found among others, and not the one that is being tried.
    fn rejects(&self, shape: &str) -> bool {
        let Some(value) = rejected(shape) else {
            return false;
        };
        let tries = |attempt: &Attempt| attempt.subject.as_deref() == Some(value.as_str());
        let given = || {
            self.givens
                .iter()
                .any(|(_, given)| given.valued() == Some(value.as_str()))
        };
        !self.attempts.iter().any(tries) && !given()
    }

    /// Whether the step is no more than a word of doubt so far: `Wait.`
    pub(super) fn is_short(&self) -> bool {
        let node = self.tree.nodes.get(self.here);
        node.is_some_and(|node| node.step.as_deref() == Some(Turn::But.name()) && node.state.len() < SHORT)
    }

    /// The step goes on with another sentence.
    pub(super) fn go_on(&mut self, sentence: &Sentence<'_>) {
        if self.is_short()
            && let Some(node) = self.tree.nodes.get_mut(self.here)
        {
            node.state = extended(&node.state, &unmarked(sentence.text));
        }
    }
}

/// Whether a conclusion puts something in the place of what was supposed: `So B must be a knave.`
fn is_denial(shape: &str) -> bool {
    const SAYS: [&str; 6] = [" must ", " is ", " are ", " has to ", " have to ", "'s "];
    // `So A is not the thief` only says that the supposition is over.
    const DENIES: [&str; 3] = [" not ", "n't ", "cannot "];
    let concludes = begins_conclusion(shape, &["this means ", "that means "]);
    concludes
        && SAYS.iter().any(|words| shape.contains(words))
        && !DENIES.iter().any(|words| shape.contains(words))
        && !STILL.iter().any(|words| shape.contains(words))
        && !fails(shape, true)
}
