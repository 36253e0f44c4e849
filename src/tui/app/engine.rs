//! What engines say of the traces they write. Words about runs nobody waits for are not heard, errors included.

use super::{Live, Notice, Phase};
use crate::{
    base::cancel::Cancel,
    engine::{Event, EventKind, RunId, api::StopReason},
    trace::record::Finish,
};
use std::time::Duration;

/// Takes an engine's word in, for the runs and traces of a screen. What is to be said of it.
pub fn hear<'a>(
    runs: &mut Vec<(RunId, Cancel)>,
    traces: impl IntoIterator<Item = &'a mut Live>,
    event: Event,
    now: Duration,
) -> Option<Notice> {
    if !runs.iter().any(|(run, _)| *run == event.run) {
        return None;
    }
    let mut of_run = traces.into_iter().filter(|live| live.run == event.run);
    match event.kind {
        EventKind::Started { prompt_tokens } => of_run.for_each(|live| live.started(prompt_tokens)),
        EventKind::Tokens { sample, batch } => {
            if let Some(live) = of_run.find(|live| live.sample == sample) {
                live.push(batch, now);
            }
        }
        EventKind::Finished { sample, reason } => {
            let finish = match reason {
                StopReason::Stop => Finish::Stop,
                StopReason::Length => Finish::Length,
                StopReason::Cancelled => Finish::Cancelled,
            };
            if let Some(live) = of_run.find(|live| live.sample == sample) {
                live.finish(Phase::Done(finish), now);
            }
        }
        EventKind::Done => runs.retain(|(run, _)| *run != event.run),
        EventKind::Failed(why) => {
            runs.retain(|(run, _)| *run != event.run);
            of_run.for_each(|live| live.finish(Phase::Failed(why.clone()), now));
            return Some(Notice::error(why));
        }
    }
    None
}
