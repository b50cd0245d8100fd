//! The transactions that write. What they can do for the catalog stands in the modules of the things they write.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use crate::{
    Arg, Seq, StoreError,
    announce::{Announced, Announcer, topic},
    lane::Turn,
    postgres::PostgresServer,
    sql::{Engine, Session},
    wake::Waker,
};

/// A transaction that writes. Dropped without [`Tx::commit`] it leaves no trace.
///
/// Reads like a [`Session`]. After an error nothing more should be done with it; PostgreSQL refuses further
/// statements anyway.
pub struct Tx {
    pub(crate) session: Session,
    announcer: Arc<Announcer>,
    announced: BTreeSet<Arc<str>>,
    /// Given back after the session, as fields are dropped in order.
    _turn: Option<Turn>,
}

impl Tx {
    pub(crate) fn new(session: Session, announcer: Arc<Announcer>, turn: Option<Turn>) -> Self {
        Self {
            session,
            announcer,
            announced: BTreeSet::new(),
            _turn: turn,
        }
    }

    /// Has every process hear, once the transaction is kept, that what a topic stands for has changed.
    pub fn announce(&mut self, text: &str) {
        self.announced.insert(topic(text));
    }

    /// Runs a statement; how many rows it touched. One with `RETURNING` is run by [`Session::rows`].
    pub async fn execute(
        &mut self,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Result<u64, StoreError> {
        self.session.execute(text, arguments).await
    }

    /// Runs a statement with `{list}` in it for pieces of the list; how many rows it touched.
    pub async fn execute_in<T: Clone + Into<Arg>>(
        &mut self,
        template: &str,
        list: &[T],
    ) -> Result<u64, StoreError> {
        self.session.execute_in(template, list).await
    }

    /// `head VALUES (…),(…) tail` for all items, many at a time; how many rows it touched.
    ///
    /// `head` is `INSERT INTO table (column, …) VALUES`, `arguments` gives one item's values in their order.
    pub async fn insert<T>(
        &mut self,
        head: &str,
        tail: &str,
        items: &[T],
        arguments: impl Fn(&T) -> Result<Vec<Arg>, StoreError>,
    ) -> Result<u64, StoreError> {
        self.session.insert(head, tail, items, arguments).await
    }

    /// Keeps what was done.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if self.session.engine() == Engine::Postgres {
            for topic in &self.announced {
                PostgresServer::announce(&mut self.session, topic).await?;
            }
        }
        self.session.commit().await?;
        for topic in self.announced {
            self.announcer.tell(Announced::Topic(topic));
        }
        Ok(())
    }

    /// Gives up what was done. Dropping does the same, but only once the connection is next used.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.session.rollback().await
    }
}

impl Deref for Tx {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// The one transaction at a time that may write entities and append to the change log. It is a [`Tx`] as well: what
/// plugins write with it is kept together with the entities, or not at all.
pub struct WriteTx {
    tx: Tx,
    waker: Arc<Waker>,
    /// Last sequence of the change log as this transaction sees it, once known.
    pub(crate) last_seq: Option<Seq>,
    pub(crate) appended: bool,
}

impl WriteTx {
    pub(crate) fn new(tx: Tx, waker: Arc<Waker>) -> Self {
        Self {
            tx,
            waker,
            last_seq: None,
            appended: false,
        }
    }

    /// Keeps what was done; the last sequence appended to the change log, if any.
    pub async fn commit(mut self) -> Result<Option<Seq>, StoreError> {
        if self.appended && self.engine() == Engine::Postgres {
            PostgresServer::notify(&mut self.tx.session).await?;
        }
        self.tx.commit().await?;
        if !self.appended {
            return Ok(None);
        }
        self.waker.wake();
        Ok(self.last_seq)
    }

    /// Gives up what was done. Dropping does the same, but only once the connection is next used.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.tx.rollback().await
    }
}

impl Deref for WriteTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
