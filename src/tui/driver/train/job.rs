//! The thread of a run: it owns the trainer and never waits for the screen.

use super::reading::sample;
use crate::{
    train::{
        Command, Inbox, Outcome, Remote, TrainEvent, Trainer,
        heldout::{Heldout, write_card},
        history::{History, Row},
    },
    tui::app::{
        Msg,
        train::{Msg as Said, State},
    },
};
use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    time::Duration,
};
use tokio::sync::mpsc::{Sender as Screen, error::TrySendError};

/// The end that steers the thread.
pub struct Handle {
    remote: Remote,
    again: Sender<()>,
    over: Receiver<()>,
}

/// The thread's end.
pub struct Line {
    commands: Inbox,
    /// Asks a run that paused by itself to go on.
    again: Receiver<()>,
    /// Dropped when everything is saved.
    over: Sender<()>,
}

/// The two ends of a run.
pub fn connect(remote: Remote, commands: Inbox) -> (Handle, Line) {
    let (again, asked) = channel();
    let (over, ended) = channel();
    let handle = Handle {
        remote,
        again,
        over: ended,
    };
    let line = Line {
        commands,
        again: asked,
        over,
    };
    (handle, line)
}

impl Handle {
    /// Tells the run something; it listens between steps.
    pub fn tell(&self, command: Command) {
        self.remote.tell(command);
    }

    /// Lets a run that paused by itself go on. One that did not pause hears it when it does.
    pub fn again(&self) {
        let _ = self.again.send(());
    }

    /// Whether the run's trainer is there.
    pub fn goes_on(&self) -> bool {
        self.over.try_recv() == Err(TryRecvError::Empty)
    }

    /// Waits until everything is saved; whether it is.
    pub fn wait(&self, patience: Duration) -> bool {
        self.over.recv_timeout(patience) != Err(RecvTimeoutError::Timeout)
    }
}

/// Messages to a screen that may be slow: what does not fit waits here, so that the trainer does not.
pub struct Outbox {
    screen: Screen<Msg>,
    waiting: VecDeque<Said>,
}

impl Outbox {
    pub fn new(screen: Screen<Msg>) -> Self {
        Self {
            screen,
            waiting: VecDeque::new(),
        }
    }

    fn say(&mut self, said: Said) {
        self.waiting.push_back(said);
        while let Some(said) = self.waiting.pop_front() {
            match self.screen.try_send(Msg::Train(said)) {
                Ok(()) => {}
                Err(TrySendError::Full(Msg::Train(said))) => return self.waiting.push_front(said),
                // The screen is gone and needs nothing.
                Err(_) => self.waiting.clear(),
            }
        }
    }

    /// Says this and all that waits. Only for the end, or while the trainer waits anyway.
    fn say_all(&mut self, said: Said) {
        self.waiting.push_back(said);
        for said in self.waiting.drain(..) {
            let _ = self.screen.blocking_send(Msg::Train(said));
        }
    }

    /// Whether the screen fell behind.
    fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }
}

/// Makes the trainer and runs it until it is done or stopped.
pub fn work(make: impl FnOnce() -> Result<Trainer, String>, line: Line, says: &mut Outbox) {
    let mut trainer = match make() {
        Ok(trainer) => trainer,
        Err(sentence) => return says.say_all(Said::Began(Err(sentence))),
    };
    let history = History::read(trainer.dir().root()).map(Box::new);
    let heldout = Heldout::new(trainer.recipe(), trainer.tokenizer().to_vec());
    let (history, mut heldout) = match (history, heldout) {
        (Ok(history), Ok(heldout)) => (history, heldout),
        (Err(error), _) | (_, Err(error)) => return says.say_all(Said::Began(Err(error.to_string()))),
    };
    says.say(Said::Began(Ok(history)));
    let Line {
        commands,
        again,
        over,
    } = line;
    let ended = loop {
        match trainer.run(&commands, Some(&mut heldout), &mut |event| tell(event, says)) {
            Outcome::Done => break None,
            Outcome::Stopped => break Some(State::Stopped),
            Outcome::Paused(sentence) => {
                says.say_all(Said::Ended(State::Paused(sentence)));
                // Wishes that were spoken before the pause are not about it.
                while again.try_recv().is_ok() {}
                if again.recv().is_err() {
                    return;
                }
                says.say(Said::Waiting(false));
            }
        }
    };
    let state = ended.unwrap_or_else(|| {
        says.say(Said::Measuring);
        // All steps are saved; whoever leaves now loses nothing but the card.
        drop(over);
        match write_card(&trainer, &heldout) {
            Ok(_) => State::Done,
            Err(sentence) => State::Failed(format!(
                "The run is done, but its card could not be written: {sentence}."
            )),
        }
    });
    // The run must be free before anybody is told so.
    drop(trainer);
    says.say_all(Said::Ended(state));
}

fn tell(event: TrainEvent, says: &mut Outbox) {
    let said = match event {
        TrainEvent::Step(report) => Said::Step(Row::from(&report), report.progress, report.seconds_left),
        TrainEvent::Rollouts { step, traces } => {
            // They are on disk too: a screen that fell behind reads them there.
            let traces = if says.is_behind() { Vec::new() } else { traces };
            Said::Rollouts(step, traces.into_iter().map(sample).collect())
        }
        TrainEvent::Eval { step, metrics } => Said::Evaluated(Row {
            step,
            values: metrics,
        }),
        TrainEvent::Saved { path } => match step_of(&path) {
            Some(step) => Said::Saved(step),
            None => return,
        },
        TrainEvent::Waiting(waiting) => Said::Waiting(waiting),
        TrainEvent::Changed(change) => Said::Changed(change),
        TrainEvent::Refused(sentence) => Said::Refused(sentence),
        // Said when the run returns.
        TrainEvent::Paused(_) | TrainEvent::Done => return,
    };
    says.say(said);
}

fn step_of(checkpoint: &std::path::Path) -> Option<u64> {
    checkpoint
        .file_name()?
        .to_str()?
        .strip_prefix("checkpoint-")?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    fn step(screen: &mut mpsc::Receiver<Msg>) -> Option<u64> {
        match screen.try_recv() {
            Ok(Msg::Train(Said::Step(row, ..))) => Some(row.step),
            _ => None,
        }
    }

    #[test]
    fn a_screen_that_does_not_listen_holds_nobody_up_and_hears_everything_later() {
        let (sender, mut screen) = mpsc::channel(1);
        let mut says = Outbox::new(sender);
        let said = |step| {
            let row = Row {
                step,
                ..Row::default()
            };
            Said::Step(row, 0.0, 0.0)
        };
        (1..=3).for_each(|step| says.say(said(step)));
        assert!(says.is_behind());
        let mut heard = vec![step(&mut screen)];
        for next in 4..=6 {
            says.say(said(next));
            heard.push(step(&mut screen));
        }
        assert_eq!(heard, [Some(1), Some(2), Some(3), Some(4)]);
        drop(screen);
        says.say(said(7));
        assert!(!says.is_behind());
    }

    #[test]
    fn a_run_that_cannot_begin_says_so_and_is_over() {
        let (sender, mut screen) = mpsc::channel(4);
        let (remote, commands) = crate::train::mailbox();
        let (handle, line) = connect(remote, commands);
        assert!(handle.goes_on());
        work(|| Err("no such model".into()), line, &mut Outbox::new(sender));
        assert!(!handle.goes_on() && handle.wait(Duration::ZERO));
        assert!(
            matches!(screen.try_recv(), Ok(Msg::Train(Said::Began(Err(said)))) if said == "no such model")
        );
    }
}
