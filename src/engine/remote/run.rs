//! One run: finds out what the server has, then writes the samples side by side.

use super::{
    ask::{Ask, given},
    error::RemoteError,
    sample::{Shared, Teller, cancelled},
    wire::Wire,
};
use crate::{
    base::quiet,
    engine::{EventKind, Request, StopReason},
};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::AtomicBool},
};
use tokio::sync::Semaphore;

/// Samples of all runs that are asked for at once.
pub(super) const STREAMS: u32 = 64;

/// Does what `request` says and tells everything, the end included. A panic is told too.
pub(super) async fn run(wire: Arc<Wire>, request: Request, slots: Arc<Semaphore>, teller: Teller) {
    let work = AssertUnwindSafe(work(&wire, request, slots, &teller));
    let ended = work.catch_unwind().await;
    let ended = ended.unwrap_or_else(|panic| Err(RemoteError::Fault(quiet::said(panic.as_ref()))));
    let last = match ended {
        Ok(()) => EventKind::Done,
        Err(error) => {
            wire.forget();
            EventKind::Failed(error.to_string())
        }
    };
    teller.say(last).await;
}

async fn work(
    wire: &Arc<Wire>,
    request: Request,
    slots: Arc<Semaphore>,
    teller: &Teller,
) -> Result<(), RemoteError> {
    request.sampler.check().map_err(RemoteError::Sampler)?;
    let given = given(&request.prefix)?;
    let served = tokio::select! {
        biased;
        () = cancelled(&request.cancel, wire.patience.look) => {
            for &sample in &request.samples {
                let reason = StopReason::Cancelled;
                teller.say(EventKind::Finished { sample, reason }).await;
            }
            return Ok(());
        }
        served = wire.served(request.sampler.seed) => served?,
    };
    let ask = Ask::new(&request, &given, &served, &wire.server)?;
    teller.say(EventKind::Started { prompt_tokens: 0 }).await;
    let shared = Arc::new(Shared {
        wire: Arc::clone(wire),
        served,
        ask,
        given,
        max_tokens: request.sampler.max_tokens,
        seed: request.sampler.seed,
        stop: request.sampler.stop,
        index: request.index,
        cancel: request.cancel,
        teller: teller.clone(),
        slots,
        counted: AtomicBool::new(false),
    });
    let writing = request.samples.into_iter().map(|sample| {
        let shared = Arc::clone(&shared);
        async move { shared.write(sample).await }
    });
    let mut writing = stream::iter(writing).buffer_unordered(STREAMS as usize);
    // The first failure drops the others, which closes their connections.
    while let Some(written) = writing.next().await {
        written?;
    }
    Ok(())
}
