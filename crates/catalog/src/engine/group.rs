//! Runs that end at about the same time are written in one transaction.
//!
//! Entities are tied to each other across files. Written one source at a time, a team would be joined, logged and
//! indexed once for every file that names it; written together it is once for all of them. Each run is a *member* of the
//! group. One member at a time is the *leader*: it writes for all that wait, until its own run is written.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use store::{Lane, SourceClaim, StoreError};
use tokio::sync::{Semaphore, oneshot, oneshot::error::TryRecvError};
use tokio::time::Instant;

use super::Engine;
use super::delivery::{Delivery, RunEnd, RunReport};
use super::failure::EngineError;
use super::writer::Writer;

/// Most documents that wait to be written at the same time, which bounds their memory. A long one counts as
/// several.
const MOST_DOCUMENTS: u32 = 8_000;
/// From this many documents, or sources being refreshed, on it is worth while to join later.
const MANY_DOCUMENTS: usize = 500;
const MANY_SOURCES: usize = 8;
/// How long a leader waits for more members while sources are being read.
const GROUP_WINDOW: Duration = Duration::from_millis(20);

/// The runs that wait to be written, and who leads.
pub(super) struct Group {
    members: Mutex<Vec<Member>>,
    leading: tokio::sync::Mutex<()>,
    room: Semaphore,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            members: Mutex::default(),
            leading: tokio::sync::Mutex::default(),
            room: Semaphore::new(MOST_DOCUMENTS as usize),
        }
    }
}

/// What became of a run that was to be written with others.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is written.
    Written(RunReport),
    /// It may not be written; others were not held up.
    Refused(EngineError),
    /// The transaction of several runs failed, and whose fault that was is not known: each is to be written alone.
    WriteAlone,
}

struct Member {
    /// Of several sources with the same entity the first claimed is to own it, not the first read.
    turn: u64,
    delivery: Delivery,
    end: RunEnd,
    answer: oneshot::Sender<Outcome>,
}

/// Ends a run together with all others that wait.
pub(super) async fn write_together(
    engine: &Arc<Engine>,
    turn: u64,
    delivery: Delivery,
    end: RunEnd,
) -> Outcome {
    let (answer, mut answered) = oneshot::channel();
    let group = &engine.group;
    let documents = u32::try_from(delivery.weight()).unwrap_or(MOST_DOCUMENTS);
    // Never closed, and members that have room are written without needing more of it.
    let _room = group.room.acquire_many(documents.min(MOST_DOCUMENTS)).await;
    group.members.lock().push(Member {
        turn,
        delivery,
        end,
        answer,
    });
    let _leading = group.leading.lock().await;
    // Members that were claimed earlier are written first, perhaps in several transactions.
    loop {
        match answered.try_recv() {
            Ok(outcome) => return outcome,
            // The leader that wrote for this member was dropped on the way.
            Err(TryRecvError::Closed) => return Outcome::WriteAlone,
            Err(TryRecvError::Empty) => {}
        }
        let fitting = engine.writing.entities();
        if group.documents() < fitting && engine.activity.is_reading() {
            tokio::time::sleep(GROUP_WINDOW).await;
        }
        write_all(engine, group.take(fitting)).await;
    }
}

impl Group {
    /// Documents that wait to be written; a source counts as one.
    fn documents(&self) -> usize {
        self.members.lock().iter().map(Member::size).sum()
    }

    /// The members that are written next, in the order in which they were claimed: one at least, and no more than fit
    /// into a transaction.
    fn take(&self, fitting: usize) -> Vec<Member> {
        let mut members = self.members.lock();
        members.sort_by_key(|member| member.turn);
        let mut size = 0;
        let fits = |member: &&Member| {
            size += member.size();
            size <= fitting
        };
        let count = members.iter().take_while(fits).count().max(1);
        let count = count.min(members.len());
        members.drain(..count).collect()
    }
}

impl Member {
    fn size(&self) -> usize {
        self.delivery.waiting() + 1
    }
}

type Answer = oneshot::Sender<Outcome>;

/// Why a transaction failed, and the member at which it did.
struct Failed {
    error: EngineError,
    at: Option<Answer>,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self {
            error: error.into(),
            at: None,
        }
    }
}

/// One transaction. When it fails, members whose answer is dropped are written alone.
async fn write_all(engine: &Engine, members: Vec<Member>) {
    let size = members.len();
    let mut written = Vec::new();
    match write_members(engine, members, &mut written).await {
        Ok(seq) => {
            for (answer, report) in written {
                let seq = seq.or(report.seq);
                // A run that was given up waits for no answer.
                let _ = answer.send(Outcome::Written(RunReport { seq, ..report }));
            }
        }
        Err(Failed { error, at }) if size == 1 => {
            if let Some(answer) = at.or_else(|| written.pop().map(|(answer, _)| answer)) {
                let _ = answer.send(Outcome::Refused(error));
            }
        }
        Err(Failed { error, .. }) => {
            tracing::debug!(%error, size, "a group could not be written, each is tried by itself");
        }
    }
}

async fn write_members(
    engine: &Engine,
    members: Vec<Member>,
    written: &mut Vec<(Answer, RunReport)>,
) -> Result<Option<store::Seq>, Failed> {
    let defers = is_busy(engine, &members);
    let entities = members.iter().map(Member::size).sum();
    let mut writer = begin(engine, &members).await?;
    let begun = Instant::now();
    for member in members {
        // Its run was given up; another may be at work on the source.
        if member.answer.is_closed() {
            continue;
        }
        match member.delivery.write_end(&mut writer, member.end).await {
            Ok(report) => written.push((member.answer, report)),
            Err(error @ (EngineError::ClaimLost(_) | EngineError::Overtaken(_))) => {
                let _ = member.answer.send(Outcome::Refused(error));
            }
            Err(error) => {
                let at = Some(member.answer);
                return Err(Failed { error, at });
            }
        }
    }
    let committed = if defers {
        writer.commit_and_defer().await
    } else {
        writer.commit().await
    };
    engine.writing.note(entities, begun.elapsed());
    if defers {
        // After it is written: a round that began meanwhile has not seen it.
        engine.joins.mark(engine.context.clock.now());
    }
    Ok(committed?)
}

async fn begin<'e>(engine: &'e Engine, members: &[Member]) -> Result<Writer<'e>, StoreError> {
    let claims = members
        .iter()
        .filter_map(|member| member.delivery.hold().source());
    let claims: Vec<SourceClaim> = claims.cloned().collect();
    let wanted = members.iter().flat_map(|member| member.delivery.references());
    let mut wanted: Vec<String> = wanted.map(str::to_owned).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut writer = Writer::begin(&engine.context, Lane::Bulk, Value::Null).await?;
    writer.prepare(&claims, &wanted).await?;
    Ok(writer)
}

/// Whether so much is going on that joining is better done when more of it has come in.
fn is_busy(engine: &Engine, members: &[Member]) -> bool {
    let documents: usize = members.iter().map(|member| member.delivery.waiting()).sum();
    let sources = engine.activity.in_flight();
    let has_more = sources > members.len() && sources >= MANY_SOURCES;
    documents >= MANY_DOCUMENTS || has_more || engine.joins.is_any()
}
