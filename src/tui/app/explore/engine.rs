//! What engines say. Words about runs nobody waits for are not heard, errors included.

use crate::tui::app::{App, Effect, Live, Notice, Phase};
use crate::{
    engine::{Event, EventKind, RunId, api::StopReason},
    trace::record::Finish,
};

/// Takes an engine's word in.
pub fn hear(app: &mut App, event: Event) -> Vec<Effect> {
    let now = app.now;
    if !app.explore.runs.iter().any(|(run, _)| *run == event.run) {
        return Vec::new();
    }
    match event.kind {
        EventKind::Started { prompt_tokens } => {
            of_run(app, event.run).for_each(|live| live.started(prompt_tokens));
        }
        EventKind::Tokens { sample, batch } => {
            if let Some(live) = of_run(app, event.run).find(|live| live.sample == sample) {
                live.push(batch, now);
            }
        }
        EventKind::Finished { sample, reason } => {
            let finish = match reason {
                StopReason::Stop => Finish::Stop,
                StopReason::Length => Finish::Length,
                StopReason::Cancelled => Finish::Cancelled,
            };
            if let Some(live) = of_run(app, event.run).find(|live| live.sample == sample) {
                live.finish(Phase::Done(finish), now);
            }
        }
        EventKind::Done => app.explore.runs.retain(|(run, _)| *run != event.run),
        EventKind::Failed(why) => {
            app.explore.runs.retain(|(run, _)| *run != event.run);
            of_run(app, event.run).for_each(|live| live.finish(Phase::Failed(why.clone()), now));
            app.say(Notice::error(why));
        }
    }
    Vec::new()
}

fn of_run(app: &mut App, run: RunId) -> impl Iterator<Item = &mut Live> {
    app.explore.traces.iter_mut().filter(move |live| live.run == run)
}
