//! Asking a judge: questions to an engine, several at once, and its verdicts on texts.
//!
//! Always the most likely tokens, so that an answer can be kept and found again. An answer that cannot be read is asked
//! for once more, with the reason; then it counts as missing.

use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler},
    behavior::judge::{
        Answer, Cache, Case, Cost, Found, Kept, Prompts, Protocol, Question, Unreadable, Verdict,
    },
    engine::{
        Command, EngineHandle, Event, EventKind, PromptKind, Request, RunId, StopReason, mailbox::EngineGone,
    },
};
use std::{
    collections::{HashMap, VecDeque},
    time::Instant,
};

/// Requests that may fail, one after the other, before the judge is given up.
const FAILURES: usize = 4;

/// Sentences about single questions that are kept; the rest is only counted.
const COMPLAINTS: usize = 20;

/// What is asked how.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The judge, as people call it.
    pub name: String,
    /// Its wording.
    pub prompts: Prompts,
    /// How it is asked.
    pub protocol: Protocol,
    /// Tokens of an answer at most, where the protocol's own are not enough.
    pub max_tokens: Option<usize>,
    /// Whether it thinks before it answers; as its chat template has it when nothing is said.
    pub thinking: Option<bool>,
    /// Questions that are open at the same time.
    pub at_once: usize,
    /// Answers that are there already.
    pub cache: Option<Cache>,
}

/// A judge that can be asked.
pub struct Judge {
    engine: EngineHandle,
    terms: Terms,
    cost: Cost,
    next_run: u64,
    failed_in_a_row: usize,
    /// Whether it has ever said anything.
    answered: bool,
    complaints: Vec<String>,
}

/// Why there are no verdicts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// Its engine cannot go on.
    #[error("the judge {0} cannot be asked: {1}")]
    Engine(String, String),
    /// Somebody stopped it.
    #[error("the judge was stopped; the answers it gave are kept")]
    Stopped,
}

/// A question that has no answer yet.
struct Open {
    case: usize,
    question: Question,
    key: Option<String>,
    /// Why an answer to it could not be read.
    unread: Option<Unreadable>,
}

/// A question that is being answered.
struct Running {
    open: Open,
    answer: String,
    cut: bool,
    prompt_tokens: usize,
}

impl Judge {
    /// A judge on `engine`.
    #[must_use]
    pub fn new(engine: EngineHandle, terms: Terms) -> Self {
        Self {
            engine,
            terms,
            cost: Cost::default(),
            next_run: 0,
            failed_in_a_row: 0,
            answered: false,
            complaints: Vec::new(),
        }
    }

    /// What is asked how.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Protocol and version of its wording, as findings record it.
    #[must_use]
    pub fn version(&self) -> String {
        self.terms.prompts.version(self.terms.protocol)
    }

    /// What all questions took so far.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Sentences about questions that went wrong, once each.
    pub fn complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }

    /// The verdicts on `cases`, in their order. `tell` hears how many questions of how many are done.
    ///
    /// # Errors
    /// [`JudgeError`]: when the engine does not answer, or somebody cancels.
    pub fn judge(
        &mut self,
        cases: &[Case],
        cancel: &Cancel,
        tell: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<Verdict>, JudgeError> {
        let began = Instant::now();
        let outcome = self.ask(cases, cancel, tell);
        self.cost.seconds += began.elapsed().as_secs_f64();
        outcome
    }

    fn ask(
        &mut self,
        cases: &[Case],
        cancel: &Cancel,
        tell: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<Verdict>, JudgeError> {
        let protocol = self.terms.protocol;
        let mut verdicts: Vec<Verdict> = cases.iter().map(|case| Verdict::new(case, protocol)).collect();
        let mut waiting = self.questions(cases);
        let all = waiting.len();
        self.cost.questions += all;
        let mut done = 0;
        let mut running: HashMap<RunId, Running> = HashMap::new();
        let mut failed = None;
        let mut end = |open: &Open, said| {
            if let (Some(case), Some(verdict)) = (cases.get(open.case), verdicts.get_mut(open.case)) {
                verdict.take(case, open.question.about, said);
            }
            done += 1;
            tell(done, all);
        };
        loop {
            while running.len() < self.terms.at_once.max(1)
                && let Some(open) = waiting.pop_front()
            {
                if cancel.is_cancelled() {
                    return Err(JudgeError::Stopped);
                }
                let kept = cases.get(open.case).and_then(|case| {
                    let kept = self.kept(&open)?;
                    case.read(open.question.about, kept.as_answer()).ok()
                });
                if let Some(said) = kept {
                    (self.cost.cached, self.answered) = (self.cost.cached + 1, true);
                    end(&open, Some(said));
                    continue;
                }
                match self.send(&open, cancel) {
                    Ok(run) => drop(running.insert(run, Running::new(open))),
                    // It takes commands between two steps: an event will come first.
                    Err(EngineGone::Busy) if !running.is_empty() => {
                        waiting.push_front(open);
                        break;
                    }
                    Err(gone) => return Err(self.gone(gone.to_string())),
                }
            }
            if running.is_empty() {
                return match failed.filter(|_| !self.answered) {
                    Some(sentence) => Err(self.gone(sentence)),
                    None => Ok(verdicts),
                };
            }
            let Some(event) = self.engine.events.blocking_recv() else {
                return Err(self.gone(EngineGone::Stopped.to_string()));
            };
            let Some((mut ended, failure)) = hear(&mut running, event, &mut self.cost) else {
                continue;
            };
            if cancel.is_cancelled() {
                return Err(JudgeError::Stopped);
            }
            if let Some(sentence) = failure {
                self.failed_in_a_row += 1;
                if self.failed_in_a_row >= FAILURES {
                    return Err(self.gone(sentence));
                }
                self.complain(cases, &ended.open, &sentence);
                end(&ended.open, None);
                failed = Some(sentence);
                continue;
            }
            (self.failed_in_a_row, self.answered) = (0, true);
            let answer = Answer {
                text: &ended.answer,
                cut: ended.cut,
            };
            let Some(case) = cases.get(ended.open.case) else {
                continue;
            };
            match case.read(ended.open.question.about, answer) {
                Ok(said) => {
                    self.keep(&ended);
                    end(&ended.open, Some(said));
                }
                Err(why) if ended.open.unread.is_none() => {
                    self.cost.again += 1;
                    ended.open.unread = Some(why);
                    waiting.push_front(ended.open);
                }
                Err(why) => {
                    self.complain(cases, &ended.open, &format!("the answer cannot be read: {why}"));
                    end(&ended.open, None);
                }
            }
        }
    }

    fn questions(&self, cases: &[Case]) -> VecDeque<Open> {
        let terms = &self.terms;
        let of_case = |(number, case): (usize, &Case)| {
            let questions = case.questions(terms.protocol, &terms.prompts);
            questions.into_iter().map(move |question| Open {
                case: number,
                key: None,
                question,
                unread: None,
            })
        };
        let mut open: VecDeque<Open> = cases.iter().enumerate().flat_map(of_case).collect();
        if let Some(cache) = &terms.cache {
            let version = self.version();
            for open in &mut open {
                let sampler = self.sampler(&open.question);
                open.key = Some(cache.key(&version, &sampler, &open.question.text));
            }
        }
        open
    }

    fn sampler(&self, question: &Question) -> Sampler {
        Sampler {
            temperature: 0.0,
            max_tokens: self.terms.max_tokens.unwrap_or(question.max_tokens),
            thinking: self.terms.thinking,
            ..Sampler::default()
        }
    }

    /// The answer that is there already.
    fn kept(&mut self, open: &Open) -> Option<Kept> {
        if open.unread.is_some() {
            return None;
        }
        match self.terms.cache.as_ref()?.get(open.key.as_ref()?) {
            Found::Kept(kept) => Some(kept),
            Found::Nothing => None,
            Found::Damaged(sentence) => {
                self.note(sentence);
                None
            }
        }
    }

    /// Keeps an answer that could be read, under the question as it was asked first.
    fn keep(&mut self, ended: &Running) {
        let (Some(cache), Some(key)) = (&self.terms.cache, &ended.open.key) else {
            return;
        };
        let kept = Kept {
            answer: ended.answer.clone(),
            cut: ended.cut,
        };
        if let Err(error) = cache.put(key, kept) {
            self.note(format!(
                "an answer could not be kept: {error}; it will be asked for again"
            ));
        }
    }

    fn send(&mut self, open: &Open, cancel: &Cancel) -> Result<RunId, EngineGone> {
        let run = RunId(self.next_run);
        let request = Request {
            run,
            prompt: prompt(&open.question, open.unread.as_ref()),
            kind: PromptKind::Question,
            prefix: Vec::new(),
            known: Vec::new(),
            sampler: self.sampler(&open.question),
            index: 0,
            samples: vec![0],
            top: 0,
            cancel: cancel.clone(),
            pace: Pace::default(),
        };
        self.engine.commands.send(Command::Start(Box::new(request)))?;
        self.next_run += 1;
        self.cost.requests += 1;
        Ok(run)
    }

    fn gone(&self, sentence: String) -> JudgeError {
        JudgeError::Engine(self.terms.name.clone(), sentence)
    }

    fn complain(&mut self, cases: &[Case], open: &Open, what: &str) {
        let name = cases.get(open.case).map_or("", Case::name);
        self.note(format!("{name}, {}: {what}", open.question.about));
    }

    fn note(&mut self, sentence: String) {
        if self.complaints.len() < COMPLAINTS {
            self.complaints.push(sentence);
        }
    }
}

/// The words of a question, with what was wrong with the last answer.
fn prompt(question: &Question, unread: Option<&Unreadable>) -> String {
    let again = unread.map_or_else(String::new, |why| {
        format!(
            "\nAn earlier answer to this could not be used: {why}. Answer in the form that is asked for.\n"
        )
    });
    format!("{}{again}", question.text)
}

/// Takes in what an engine says. The run that has ended with it, and why if it failed.
fn hear(
    running: &mut HashMap<RunId, Running>,
    event: Event,
    cost: &mut Cost,
) -> Option<(Running, Option<String>)> {
    let Event { run, kind } = event;
    let now = running.get_mut(&run)?;
    let failure = match kind {
        EventKind::Started { prompt_tokens } => {
            now.prompt_tokens = prompt_tokens;
            return None;
        }
        EventKind::Tokens { batch, .. } => {
            cost.tokens_out += batch.len();
            now.answer.push_str(&batch.text);
            return None;
        }
        EventKind::Finished { reason, .. } => {
            now.cut = reason != StopReason::Stop;
            return None;
        }
        EventKind::Done => None,
        EventKind::Failed(sentence) => Some(sentence),
    };
    let ended = running.remove(&run)?;
    cost.tokens_in += ended.prompt_tokens;
    Some((ended, failure))
}

impl Running {
    fn new(open: Open) -> Self {
        Self {
            open,
            answer: String::new(),
            cut: false,
            prompt_tokens: 0,
        }
    }
}

#[cfg(test)]
mod tests;
