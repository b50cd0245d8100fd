//! Looks that end at about the same time are written in one transaction.
//!
//! Entities are tied to each other across files. Written one source at a time, a team would be stitched,
//! logged and indexed once for every file that names it; written together it is once for all of them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use store::{Lane, SourceKey, StoreError};
use tokio::sync::{Semaphore, oneshot, oneshot::error::TryRecvError};
use tokio::time::Instant;

use super::delivery::{Delivery, Ending, Finished};
use super::failure::EngineError;
use super::writer::Writer;
use crate::catalog::Parts;

/// Most documents that wait to be written at the same time, which bounds their memory. A long one counts as
/// several.
const MOST_DOCUMENTS: u32 = 8_000;
/// From this many documents, or sources being looked at, on it is worth while to stitch later.
const MANY_DOCUMENTS: usize = 500;
const MANY_SOURCES: usize = 8;
/// How long the first of a group waits for others that are being read.
const COMPANY: Duration = Duration::from_millis(20);

/// What waits to be written, and whose turn it is.
pub(super) struct Group {
    waiting: Mutex<Vec<Member>>,
    turn: tokio::sync::Mutex<()>,
    room: Semaphore,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            room: Semaphore::new(MOST_DOCUMENTS as usize),
        }
    }
}

struct Member {
    /// Of several sources with the same entity the first claimed is to own it, not the first read.
    turn: u64,
    delivery: Delivery,
    ending: Ending,
    answer: oneshot::Sender<Result<Finished, EngineError>>,
}

type Written = (oneshot::Sender<Result<Finished, EngineError>>, Finished);

/// Ends a run together with all others that are waiting. Whoever gets the turn writes for all.
pub(super) async fn finish_together(
    parts: &Arc<Parts>,
    turn: u64,
    delivery: Delivery,
    ending: Ending,
) -> Result<Finished, EngineError> {
    let (answer, mut answered) = oneshot::channel();
    let group = &parts.engine.group;
    let documents = u32::try_from(delivery.weight()).unwrap_or(MOST_DOCUMENTS);
    // Never closed, and those who have room are written without needing more of it.
    let _room = group.room.acquire_many(documents.min(MOST_DOCUMENTS)).await;
    group.waiting.lock().push(Member {
        turn,
        delivery,
        ending,
        answer,
    });
    let _turn = group.turn.lock().await;
    // Those claimed earlier are written first, perhaps in several transactions.
    loop {
        match answered.try_recv() {
            Ok(done) => return done,
            // Whoever wrote for this one may have been dropped on the way.
            Err(TryRecvError::Closed) => return Err(EngineError::Ungrouped),
            Err(TryRecvError::Empty) => {}
        }
        let fitting = parts.engine.writing.entities();
        if group.documents() < fitting && parts.engine.is_reading() {
            tokio::time::sleep(COMPANY).await;
        }
        write_all(parts, group.take(fitting)).await;
    }
}

impl Group {
    /// Documents that wait to be written; a source counts as one.
    fn documents(&self) -> usize {
        self.waiting.lock().iter().map(Member::size).sum()
    }

    /// Those that are written next, in the order in which they were claimed: one at least, and no more than fit into
    /// a transaction.
    fn take(&self, fitting: usize) -> Vec<Member> {
        let mut waiting = self.waiting.lock();
        waiting.sort_by_key(|member| member.turn);
        let mut size = 0;
        let fits = |member: &&Member| {
            size += member.size();
            size <= fitting
        };
        let count = waiting.iter().take_while(fits).count().max(1);
        let count = count.min(waiting.len());
        waiting.drain(..count).collect()
    }
}

impl Member {
    fn size(&self) -> usize {
        self.delivery.waiting() + 1
    }
}

/// One transaction. A member that may not be written does not hold up the others; when the transaction
/// itself fails, nobody knows whose fault it was, and each is tried again by itself.
async fn write_all(parts: &Arc<Parts>, members: Vec<Member>) {
    let size = members.len();
    let mut written = Vec::new();
    let end = write_members(parts, members, &mut written).await;
    let fail = |error: EngineError| match size {
        1 => error,
        _ => EngineError::Ungrouped,
    };
    match end {
        Ok(seq) => {
            for (answer, finished) in written {
                let seq = seq.or(finished.seq);
                // Whoever gave up waiting does not miss the answer.
                let _ = answer.send(Ok(Finished { seq, ..finished }));
            }
        }
        Err((error, answer)) => {
            if size > 1 {
                tracing::debug!(%error, size, "a group could not be written, each is tried by itself");
            }
            if let Some(answer) = answer.or_else(|| written.pop().map(|(answer, _)| answer)) {
                let _ = answer.send(Err(fail(error)));
            }
        }
    }
}

type Failed = (
    EngineError,
    Option<oneshot::Sender<Result<Finished, EngineError>>>,
);

async fn write_members(
    parts: &Parts,
    members: Vec<Member>,
    written: &mut Vec<Written>,
) -> Result<Option<store::Seq>, Failed> {
    let put_off = is_busy(parts, &members);
    let entities = members.iter().map(Member::size).sum();
    let mut writer = begin(parts, &members)
        .await
        .map_err(|error| (error.into(), None))?;
    let begun = Instant::now();
    for member in members {
        // Its visit was given up; somebody may be at work on the source again.
        if member.answer.is_closed() {
            continue;
        }
        match member.delivery.write_end(&mut writer, member.ending).await {
            Ok(finished) => written.push((member.answer, finished)),
            Err(error @ (EngineError::LeaseLost(_) | EngineError::Overtaken(_))) => {
                let _ = member.answer.send(Err(error));
            }
            Err(error) => return Err((error, Some(member.answer))),
        }
    }
    let committed = if put_off {
        writer.commit_and_put_off().await
    } else {
        writer.commit().await
    };
    parts.engine.writing.note(entities, begun.elapsed());
    if put_off {
        // After it is written: a round that began meanwhile has not seen it.
        parts.engine.put_off.note(parts.clock.now());
    }
    committed.map_err(|error| (error.into(), None))
}

async fn begin<'p>(parts: &'p Parts, members: &[Member]) -> Result<Writer<'p>, StoreError> {
    let leased = members.iter().filter_map(|member| member.delivery.leased());
    let leased: Vec<SourceKey> = leased.cloned().collect();
    let asked = members.iter().flat_map(|member| member.delivery.references());
    let mut asked: Vec<String> = asked.map(str::to_owned).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut writer = Writer::begin(parts, Lane::Bulk, Value::Null).await?;
    writer.prepare(&leased, &asked).await?;
    Ok(writer)
}

/// Whether enough is going on that joining is better done when more of it has come in.
fn is_busy(parts: &Parts, members: &[Member]) -> bool {
    let documents: usize = members.iter().map(|member| member.delivery.waiting()).sum();
    let sources = parts.engine.in_flight();
    let has_more = sources > members.len() && sources >= MANY_SOURCES;
    documents >= MANY_DOCUMENTS || has_more || parts.engine.put_off.is_any()
}
