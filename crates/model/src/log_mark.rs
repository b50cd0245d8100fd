//! A place in the change log.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place in the change log of one database: an entry that a follower has applied.
///
/// The number alone does not tell it: a server that lost its last entries, after a fail-over or when a backup was
/// restored, gives their numbers away again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogMark {
    /// Which log.
    pub epoch: i64,
    /// Number of the entry; 0 before the first.
    pub seq: i64,
    /// Its entity.
    pub uid: Uuid,
    /// Its time, in microseconds since 1970.
    pub at: i64,
}

impl LogMark {
    /// The place before the first entry of a log.
    pub fn beginning(epoch: i64) -> Self {
        Self {
            epoch,
            seq: 0,
            uid: Uuid::nil(),
            at: 0,
        }
    }
}
