//! One trace of this session: its text, tokens, tree and habits as far as they are known, and where one looks at it.

mod look;

use super::{
    explore::{Layers, Sought},
    msg::{Notice, Parsed},
    outline::Outline,
    problem::Problem,
    verdict::{Dissent, dissent},
};
use crate::{
    base::sampler::Sampler,
    behavior::Habit,
    engine::{RunId, TokenBatch},
    trace::{
        NodeId, Span, Trace, Tree,
        record::{Behavior, Finish, ModelRef, Outcome},
    },
    tui::text::{Code, Folds, SpanIndex, TextStore},
};
pub use look::Cursor;
use std::{cell::OnceCell, collections::HashSet, sync::Arc, time::Duration};

/// How far a trace has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Asked for; no token yet.
    Waiting,
    /// Tokens arrive.
    Running,
    /// It ended.
    Done(Finish),
    /// It failed, and why.
    Failed(String),
}

/// A trace while it lives on the screen.
#[derive(Clone, Debug)]
pub struct Live {
    /// Which run it belongs to.
    pub run: RunId,
    /// Which sample of that run.
    pub sample: u64,
    /// What is being solved.
    pub problem: Arc<Problem>,
    /// Everything that was known when it was asked for; text, tokens and findings are filled in by [`Live::record`].
    pub(super) header: Trace,
    /// How it was started, for people: `sample 0`, `fork of 1 at 14` (the first trace, behind its token 14).
    pub origin: String,
    /// The text.
    pub text: TextStore,
    /// What the model thought before it answered, where the text says so.
    pub folds: Folds,
    /// Code in it.
    pub code: Code,
    /// Per-token numbers; the batch's own text stays empty.
    pub tokens: TokenBatch,
    /// Sampled tokens at the beginning that come from the parent; given tokens after them were put in.
    pub(super) kept: usize,
    /// Stretches the parent was given, within the shared beginning.
    pub(super) inherited: Vec<Span>,
    /// Prompt tokens.
    pub(super) prompt_tokens: usize,
    /// The states.
    pub tree: Tree,
    /// The states that were left by a return.
    left: HashSet<NodeId>,
    /// The states as lines.
    pub outline: Outline,
    /// The habits, as the detectors list them.
    pub behaviors: Vec<Behavior>,
    /// How often each habit was found; the four that everybody looks for first, also at zero.
    pub habits: Vec<(String, usize)>,
    /// Where the habits are.
    pub behavior_at: SpanIndex,
    /// What each layer of detectors says, once somebody asked.
    pub layers: Layers,
    /// Where the judged statements are, by place in the tree's `claims`.
    pub claim_at: SpanIndex,
    /// The verdict.
    pub outcome: Option<Outcome>,
    /// Where the verdict and the tree disagree.
    pub dissent: Option<Dissent>,
    /// How far it has come.
    pub phase: Phase,
    /// The score sheet, once somebody asked for it.
    pub(super) sheet: OnceCell<String>,
    /// How far its text was searched from the list of traces.
    pub(super) sought: Sought,
    /// Whether it was brought along.
    pub(super) foreign: bool,
    /// When it was asked for, when its first and last tokens came.
    pub(super) asked: Duration,
    pub(super) first: Option<Duration>,
    pub(super) last: Duration,
    /// Where one looks.
    pub cursor: Cursor,
    /// Whether the cursor stays at the end while text arrives.
    pub follow: bool,
    /// The byte the first visible row begins with.
    pub top: usize,
    /// The first visible row of the tree.
    pub tree_top: usize,
    /// Rows that the root takes in it beyond its first.
    pub(super) root_rows: usize,
}

/// What a new trace begins from.
#[derive(Clone, Debug, Default)]
pub struct Seedling {
    /// How it was started, for people.
    pub origin: String,
    /// Its parent's id.
    pub parent: Option<String>,
    /// How many tokens it shares with it, when anybody counted them.
    pub fork_token: Option<usize>,
    /// Sampled tokens it keeps.
    pub kept: usize,
    /// What its parent was given, within them.
    pub inherited: Vec<Span>,
}

impl Live {
    /// A trace that was just asked for.
    #[must_use]
    pub fn new(
        run: RunId,
        sample: u64,
        problem: Arc<Problem>,
        from: Seedling,
        header: Trace,
        now: Duration,
    ) -> Self {
        Self {
            run,
            sample,
            problem,
            header: Trace {
                parent: from.parent,
                fork_token: from.fork_token,
                ..header
            },
            origin: from.origin,
            text: TextStore::default(),
            folds: Folds::default(),
            code: Code::default(),
            tokens: TokenBatch::default(),
            kept: from.kept,
            inherited: from.inherited,
            prompt_tokens: 0,
            tree: Tree::default(),
            left: HashSet::new(),
            outline: Outline::default(),
            behaviors: Vec::new(),
            habits: count(&[]),
            behavior_at: SpanIndex::default(),
            layers: Layers::default(),
            claim_at: SpanIndex::default(),
            outcome: None,
            dissent: None,
            phase: Phase::Waiting,
            sheet: OnceCell::new(),
            sought: Sought::default(),
            foreign: false,
            asked: now,
            first: None,
            last: now,
            cursor: Cursor::default(),
            follow: true,
            top: 0,
            tree_top: 0,
            root_rows: 0,
        }
    }

    /// Whether it was brought along, not written here.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// The file that it was brought along in.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        let source = self.header.source.as_ref().filter(|_| self.foreign)?;
        source.get("file")?.as_str()
    }

    /// What it is called at this place of the list: `#7`, as `analyze` counts the rows of files from 0, or its place from 1
    /// when it is from no file.
    #[must_use]
    pub fn number(&self, place: usize) -> String {
        match self.file() {
            Some(_) => format!("#{}", self.header.index),
            None => (place + 1).to_string(),
        }
    }

    /// The record's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.header.id
    }

    /// The name of its task.
    #[must_use]
    pub fn task(&self) -> Option<&str> {
        self.header.task.as_deref()
    }

    /// Who writes it.
    #[must_use]
    pub fn model(&self) -> Option<&ModelRef> {
        self.header.model.as_ref()
    }

    /// With which settings.
    #[must_use]
    pub fn sampler(&self) -> Option<&Sampler> {
        self.header.sampler.as_ref()
    }

    /// Whether tokens may still arrive.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Running)
    }

    /// Whether there is nothing to be read in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        // Whoever writes megabytes of blanks is shown them.
        self.text.len() < 1000 && self.text.as_str().trim().is_empty()
    }

    /// The prompt was read.
    pub fn started(&mut self, prompt_tokens: usize) {
        self.prompt_tokens = prompt_tokens;
    }

    /// More text.
    pub fn push(&mut self, mut batch: TokenBatch, now: Duration) {
        self.write(&std::mem::take(&mut batch.text));
        self.tokens.merge(batch);
        self.first.get_or_insert(now);
        self.last = now;
        self.phase = Phase::Running;
        self.follow_end();
    }

    /// Appends text.
    pub(super) fn write(&mut self, text: &str) {
        self.text.push(text);
        self.code.read(self.text.as_str());
    }

    /// It ended.
    pub fn finish(&mut self, phase: Phase, now: Duration) {
        if self.is_running() {
            self.phase = phase;
            self.last = self.last.max(now);
        }
    }

    /// The readers know more.
    pub fn parsed(&mut self, parsed: Parsed) {
        self.tree = parsed.tree;
        self.left = self.tree.backtracks.iter().map(|back| back.from).collect();
        self.outline.sync(&self.tree);
        self.behavior_at = SpanIndex::new(parsed.behaviors.iter().map(|b| b.span));
        self.habits = count(&parsed.behaviors);
        self.behaviors = parsed.behaviors;
        self.claim_at = SpanIndex::new(self.tree.claims.iter().map(|claim| claim.span));
        self.folds.sync(self.text.as_str(), parsed.thinking);
        self.outcome = parsed.outcome.or(self.outcome.take());
        self.sheet.take();
        self.dissent = self
            .outcome
            .as_ref()
            .and_then(|outcome| dissent(outcome, &self.tree));
        if self.cursor.node.is_none_or(|node| node >= self.tree.nodes.len()) {
            self.cursor.node = self.tree.node_at(self.cursor.byte);
        }
        self.follow_end();
    }

    /// The token the byte belongs to.
    #[must_use]
    pub fn token_at(&self, byte: usize) -> Option<usize> {
        let index = self.tokens.ends.partition_point(|end| *end <= byte);
        (index < self.tokens.ends.len()).then_some(index)
    }

    /// The bytes of a token.
    #[must_use]
    pub fn token_span(&self, token: usize) -> Span {
        let start = token.checked_sub(1).and_then(|i| self.tokens.ends.get(i));
        let end = self.tokens.ends.get(token).copied().unwrap_or(self.text.len());
        Span::new(start.copied().unwrap_or(0), end)
    }

    /// The text for the clipboard, all of it or the cursor's line, and what is to be said of it; none while it is empty.
    #[must_use]
    pub fn copied(&self, whole: bool) -> Option<(String, Notice)> {
        if self.text.is_empty() {
            return None;
        }
        let text = if whole {
            self.text.as_str()
        } else {
            self.text.line_at(self.cursor.byte).of(self.text.as_str())
        };
        let what = if whole { "the trace" } else { "the line" };
        let notice = Notice::info(format!("Copied {what}, {} bytes.", text.len()));
        Some((text.to_owned(), notice))
    }

    /// Stretches that were put in, not sampled.
    #[must_use]
    pub fn given(&self) -> Vec<Span> {
        let mut given = self.inherited.clone();
        if self.tokens.given > self.kept {
            let start = self.token_span(self.kept).start;
            let end = self.token_span(self.tokens.given - 1).end;
            given.push(Span::new(start, end));
        }
        given
    }

    /// Whether a return left this state.
    #[must_use]
    pub fn left_by_return(&self, node: NodeId) -> bool {
        self.left.contains(&node)
    }

    /// Tokens generated; none when it was brought along and nobody counted them.
    #[must_use]
    pub fn generated(&self) -> Option<usize> {
        let counted = self.header.tokens.map_or(0, |tokens| tokens.generated);
        match self.tokens.len().max(counted) {
            0 if self.foreign => None,
            _ if self.tokens.is_empty() => Some(counted),
            tokens => Some(tokens),
        }
    }

    /// Tokens a second since it was asked for, prefix not counted; none before there is one.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let sampled = self
            .tokens
            .len()
            .checked_sub(self.tokens.given)
            .filter(|n| *n > 0)?;
        let time = self.seconds()?;
        (time > 0.0).then(|| sampled as f64 / time)
    }

    /// Seconds from asking to the last thing heard; none when it was brought along and nobody took the time.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        (!self.foreign || self.header.seconds.is_some())
            .then(|| self.last.saturating_sub(self.asked).as_secs_f64())
    }
}

fn count(behaviors: &[Behavior]) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Habit::ALL.map(|habit| (habit.to_string(), 0)).into();
    for behavior in behaviors {
        match counts.iter_mut().find(|(name, _)| *name == behavior.behavior) {
            Some((_, count)) => *count += 1,
            None => counts.push((behavior.behavior.clone(), 1)),
        }
    }
    counts
}
