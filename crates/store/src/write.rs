//! The write transaction. What it can do is told by the modules of the things it writes.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use crate::{
    Seq, StoreError,
    postgres::PostgresServer,
    sql::{Engine, Session},
    wake::Waker,
};

/// The one transaction that writes. Dropped without [`WriteTx::commit`] it leaves no trace.
///
/// After an error nothing more should be done with it; PostgreSQL refuses further statements anyway.
pub struct WriteTx {
    pub(crate) session: Session,
    /// Given back after the session, as fields are dropped in order.
    _turn: Option<OwnedSemaphorePermit>,
    waker: Arc<Waker>,
    /// Last sequence of the change log as this transaction sees it, once known.
    pub(crate) last_seq: Option<Seq>,
    pub(crate) appended: bool,
}

impl WriteTx {
    pub(crate) fn new(session: Session, turn: Option<OwnedSemaphorePermit>, waker: Arc<Waker>) -> Self {
        Self {
            session,
            _turn: turn,
            waker,
            last_seq: None,
            appended: false,
        }
    }

    /// Keeps what was done; the last sequence appended to the change log, if any.
    pub async fn commit(mut self) -> Result<Option<Seq>, StoreError> {
        if self.appended && self.session.engine() == Engine::Postgres {
            PostgresServer::notify(&mut self.session).await?;
        }
        self.session.commit().await?;
        if !self.appended {
            return Ok(None);
        }
        self.waker.wake();
        Ok(self.last_seq)
    }

    /// Gives up what was done. Dropping does the same, but only once the connection is next used.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.session {
            Session::SqliteTransaction(transaction) => transaction.rollback().await?,
            Session::PostgresTransaction(transaction) => transaction.rollback().await?,
            Session::Sqlite(_) | Session::Postgres(_) => {}
        }
        Ok(())
    }
}
