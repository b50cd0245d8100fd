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
    sql::{Engine, Outcome, Session},
    wake::Waker,
};

/// Work to be done once a transaction is kept.
type AfterCommit = Box<dyn FnOnce() + Send + Sync>;

/// A transaction that writes. Dropped without [`Tx::commit`] it leaves no trace.
///
/// Reads like a [`Session`]. After an error nothing more should be done with it; PostgreSQL refuses further
/// statements anyway.
pub struct Tx {
    pub(crate) session: Session,
    announcer: Arc<Announcer>,
    announced: BTreeSet<Arc<str>>,
    after_commit: Vec<AfterCommit>,
    /// Given back after the session, as fields are dropped in order.
    _turn: Option<Turn>,
}

impl Tx {
    pub(crate) fn new(session: Session, announcer: Arc<Announcer>, turn: Option<Turn>) -> Self {
        Self {
            session,
            announcer,
            announced: BTreeSet::new(),
            after_commit: Vec::new(),
            _turn: turn,
        }
    }

    /// Does something once the transaction is kept; nothing is done when it is given up. For news of a change
    /// that must not go out when the change does not happen.
    pub fn after_commit(&mut self, work: impl FnOnce() + Send + Sync + 'static) {
        self.after_commit.push(Box::new(work));
    }

    /// Has every process hear, once the transaction is kept, that what a topic stands for has changed.
    pub fn announce(&mut self, text: &str) {
        self.announced.insert(topic(text));
    }

    /// Runs a statement; how many rows it touched. One with `RETURNING` is run by [`Session::rows`].
    pub fn execute(&mut self, text: impl Into<Cow<'static, str>>, arguments: Vec<Arg>) -> Outcome<'_, u64> {
        self.session.execute(text, arguments)
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
        self.after_commit.into_iter().for_each(|work| work());
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
    pub fn commit(self) -> Outcome<'static, Option<Seq>> {
        Box::pin(self.keep())
    }

    async fn keep(mut self) -> Result<Option<Seq>, StoreError> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use crate::{Database, Lane, Store};

    #[tokio::test]
    async fn news_are_told_of_kept_transactions_only() {
        let store = Store::open(&Database::SqliteMemory).await.expect("it opens");
        let told = Arc::new(AtomicU32::new(0));
        for (ends, expected) in [("rollback", 0), ("drop", 0), ("commit", 1)] {
            let mut tx = store.write(Lane::Person).await.expect("it begins");
            let heard = told.clone();
            tx.after_commit(move || {
                heard.fetch_add(1, Ordering::SeqCst);
            });
            match ends {
                "commit" => drop(tx.commit().await.expect("it is kept")),
                "rollback" => tx.rollback().await.expect("it is given up"),
                _ => drop(tx),
            }
            assert_eq!(told.load(Ordering::SeqCst), expected, "{ends}");
        }
    }
}
