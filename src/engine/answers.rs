//! The engine without a thread, for scripts, evaluation and training: requests in, events or whole texts out.

use crate::engine::{
    Batch, Event, EventKind, LoadedModel, Request, RunId, StopReason, TokenBatch, outbox::Pace,
};
use std::{collections::HashMap, sync::Arc, time::Instant};

/// Generates all `requests` on this thread and tells `on_event` everything, tokens gathered as an engine gathers them.
pub fn generate_all(
    model: &Arc<LoadedModel>,
    max_batch: usize,
    requests: Vec<Request>,
    mut on_event: impl FnMut(Event),
) {
    let (mut batch, mut pace, mut events) = (Batch::new(model.clone(), max_batch), Pace::new(), Vec::new());
    for request in requests {
        batch.start(request, &mut events);
    }
    loop {
        if pace.is_due(Instant::now(), batch.ready()) {
            batch.collect(&mut events);
        }
        events.drain(..).for_each(&mut on_event);
        if batch.is_idle() {
            return;
        }
        batch.step(&mut events);
    }
}

/// One finished text.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The request it belongs to.
    pub run: RunId,
    /// Which sample of it.
    pub sample: u64,
    /// The whole text and its tokens.
    pub tokens: TokenBatch,
    /// Why it ended.
    pub reason: StopReason,
}

/// Generates all `requests` on this thread and returns the texts, by request in the order given and sample number.
///
/// # Errors
/// The sentence of the first request that failed.
pub fn answers(
    model: &Arc<LoadedModel>,
    max_batch: usize,
    requests: Vec<Request>,
) -> Result<Vec<Answer>, String> {
    let order: Vec<RunId> = requests.iter().map(|request| request.run).collect();
    let mut open: HashMap<(RunId, u64), TokenBatch> = Default::default();
    let (mut done, mut failed) = (Vec::new(), None);
    generate_all(model, max_batch, requests, |Event { run, kind }| match kind {
        EventKind::Tokens { sample, batch } => open.entry((run, sample)).or_default().merge(batch),
        EventKind::Finished { sample, reason } => {
            let tokens = open.remove(&(run, sample)).unwrap_or_default();
            done.push(Answer {
                run,
                sample,
                tokens,
                reason,
            });
        }
        EventKind::Failed(sentence) => drop(failed.get_or_insert(sentence)),
        EventKind::Started { .. } | EventKind::Done => {}
    });
    match failed {
        Some(sentence) => Err(sentence),
        None => {
            let place: HashMap<RunId, usize> = order.into_iter().zip(0..).collect();
            done.sort_by_key(|answer| (place.get(&answer.run).copied(), answer.sample));
            Ok(done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::batch::tests::{model, request};

    #[test]
    fn a_request_that_fails_fails_all_answers() {
        let mut bad = request(2, [0]);
        bad.prompt = String::new();
        assert!(
            answers(&model(), 64, vec![request(1, [0]), bad])
                .unwrap_err()
                .contains("empty")
        );
    }
}
