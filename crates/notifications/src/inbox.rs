//! Sends notifications, and keeps what their readers do with them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use catalog::Catalog;
use jiff::Timestamp;
use model::{Clock, EntityRef, Fault, SystemClock};
use sha2::{Digest, Sha256};
use store::{Lane, Store, StoreError, Tx};
use uuid::{Builder, Uuid};

use crate::choices::{Choices, ShownOrigin, shown};
use crate::live::{self, Topics};
use crate::notification::{LONGEST_WORD, Notification, Payload};
use crate::question::Question;
use crate::recipients::{Recipients, people};
use crate::tables::choices as decided;
use crate::tables::reading::{self, Listed, Status};
use crate::tables::{self, Mark};

/// People who are sent something in one transaction.
const AT_ONCE: usize = 200;
/// Notifications that are marked in one go.
const MARKED: usize = 10_000;

/// The notifications of a portal. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    catalog: Catalog,
    defaults: Choices,
    topics: Topics,
    clock: Arc<dyn Clock>,
}

/// A notification that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// It.
    pub notification: Notification,
    /// Whether it is a new one; else it took the place of an earlier one.
    pub is_new: bool,
}

/// What somebody sends.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// Where it comes from.
    pub origin: &'a str,
    /// Whom it is for.
    pub to: &'a Recipients,
    /// What it says.
    pub payload: &'a Payload,
    /// Sending the same again under the same key sends nothing new.
    pub key: Option<Uuid>,
}

/// What a reader does with notifications; nothing leaves a mark as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Read, or unread again.
    pub read: Option<bool>,
    /// Saved, or not any more.
    pub saved: Option<bool>,
}

impl Inbox {
    /// On a store that has this plugin's tables. `defaults` hold for people who decided nothing.
    pub fn new(store: &Store, catalog: &Catalog, defaults: Choices) -> Self {
        Self::with_clock(store, catalog, defaults, Arc::new(SystemClock))
    }

    /// The same with another source of the time.
    pub fn with_clock(store: &Store, catalog: &Catalog, defaults: Choices, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::new(Shared {
                store: store.clone(),
                catalog: catalog.clone(),
                defaults,
                topics: Topics::default(),
                clock,
            }),
        }
    }

    /// The store beneath.
    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// What holds for people who decided nothing.
    pub(crate) fn defaults(&self) -> &Choices {
        &self.shared.defaults
    }

    /// Refuses what could not be sent, and says how many people it would go to; nothing stands for everybody.
    pub async fn check(&self, letter: &Letter<'_>) -> Result<Option<usize>, Fault> {
        Ok(self.recipients(letter).await?.map(|people| people.len()))
    }

    /// Sends a notification to each recipient who wants it.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<Vec<Sent>, Fault> {
        let Some(people) = self.recipients(letter).await? else {
            return self.send_to_all(letter).await.map_err(failed);
        };
        let mut sent = Vec::new();
        for some in people.chunks(AT_ONCE) {
            let some: Vec<String> = some.iter().map(ToString::to_string).collect();
            let lane = if people.len() > AT_ONCE {
                Lane::Bulk
            } else {
                Lane::Person
            };
            sent.extend(self.send_to(letter, &some, lane).await.map_err(failed)?);
        }
        Ok(sent)
    }

    async fn recipients(&self, letter: &Letter<'_>) -> Result<Option<Vec<EntityRef>>, Fault> {
        letter.payload.check()?;
        if letter.origin.chars().count() > LONGEST_WORD {
            let message = format!("The name of a sender may have at most {LONGEST_WORD} characters");
            return Err(Fault::input(message));
        }
        match letter.to {
            Recipients::Everybody => Ok(None),
            Recipients::Entities { of, without } => people(&self.shared.catalog, of, without).await.map(Some),
        }
    }

    async fn send_to_all(&self, letter: &Letter<'_>) -> Result<Vec<Sent>, StoreError> {
        let mut tx = self.shared.store.write_unordered(Lane::Person).await?;
        let one = self.notification(letter, None);
        let sent = keep(&mut tx, letter, vec![one]).await?;
        tx.announce(live::EVERYBODY);
        tx.commit().await?;
        Ok(sent)
    }

    async fn send_to(
        &self,
        letter: &Letter<'_>,
        people: &[String],
        lane: Lane,
    ) -> Result<Vec<Sent>, StoreError> {
        let topics = self.live_topics_of(people).await?;
        let mut tx = self.shared.store.write_unordered(lane).await?;
        let choices = decided::about(&mut tx, letter.origin, people).await?;
        let wanted = people
            .iter()
            .filter(|person| self.wants(letter, choices.get(*person)));
        let all: Vec<Notification> = wanted
            .map(|person| self.notification(letter, Some(person)))
            .collect();
        for one in &all {
            if let Some(topic) = one.person.as_ref().and_then(|person| topics.get(person)) {
                tx.announce(topic);
            }
        }
        let sent = keep(&mut tx, letter, all).await?;
        tx.commit().await?;
        Ok(sent)
    }

    fn wants(&self, letter: &Letter<'_>, own: Option<&Choices>) -> bool {
        let topic = letter.payload.topic.as_deref();
        let nothing = Choices::default();
        let own = own.unwrap_or(&nothing);
        own.allow(&self.shared.defaults, letter.origin, topic)
    }

    fn notification(&self, letter: &Letter<'_>, person: Option<&String>) -> Notification {
        // With a scope the earlier one keeps its id anyway.
        let key = letter.key.filter(|_| letter.payload.scope.is_none());
        Notification {
            id: key.map_or_else(Uuid::new_v4, |key| id_of(key, person)),
            person: person.cloned(),
            origin: letter.origin.to_owned(),
            created: self.now(),
            updated: None,
            read: None,
            saved: None,
            payload: letter.payload.clone(),
        }
    }

    async fn live_topics_of(&self, people: &[String]) -> Result<HashMap<String, String>, StoreError> {
        let mut topics = HashMap::with_capacity(people.len());
        for person in people {
            let topic = self.shared.topics.of(&self.shared.store, person).await?;
            topics.insert(person.clone(), topic);
        }
        Ok(topics)
    }

    /// Topics under which pages of a person hear that its notifications changed.
    pub async fn live_topics_for(&self, person: &str) -> Result<Vec<String>, StoreError> {
        let own = self.shared.topics.of(&self.shared.store, person).await?;
        Ok(vec![own, live::EVERYBODY.to_owned()])
    }

    /// The notifications that a question asks for.
    pub async fn list(&self, question: &Question) -> Result<Listed, StoreError> {
        reading::list(&mut self.shared.store.read().await?, question).await
    }

    /// How many of the notifications that a question asks for were read, and how many were not.
    pub async fn status(&self, question: &Question) -> Result<Status, StoreError> {
        reading::status(&mut self.shared.store.read().await?, question).await
    }

    /// How many notifications of a person are unread, counted up to about `most`.
    pub async fn unread(&self, person: &str, most: usize) -> Result<usize, StoreError> {
        reading::unread(&mut self.shared.store.read().await?, person, most).await
    }

    /// Topics of the notifications that a question asks for.
    pub async fn topics(&self, question: &Question) -> Result<Vec<String>, StoreError> {
        reading::topics(&mut self.shared.store.read().await?, question).await
    }

    /// Marks notifications of a person; others are left alone.
    pub async fn mark(&self, person: &str, ids: &[Uuid], marks: Marks) -> Result<(), StoreError> {
        let topic = self.shared.topics.of(&self.shared.store, person).await?;
        let mut tx = self.shared.store.write_unordered(Lane::Person).await?;
        self.mark_in(&mut tx, person, ids, marks).await?;
        tx.announce(&topic);
        tx.commit().await
    }

    /// Marks the notifications that a question asks for and that are not marked so.
    pub async fn mark_all(&self, question: &Question, is_read: bool) -> Result<(), StoreError> {
        let topic = self
            .shared
            .topics
            .of(&self.shared.store, &question.person)
            .await?;
        let marks = Marks {
            read: Some(is_read),
            saved: None,
        };
        let others = Question {
            read: Some(!is_read),
            ..question.clone()
        };
        let mut tx = self.shared.store.write_unordered(Lane::Person).await?;
        let ids = reading::ids(&mut tx, &others, MARKED).await?;
        self.mark_in(&mut tx, &question.person, &ids, marks).await?;
        tx.announce(&topic);
        tx.commit().await
    }

    async fn mark_in(&self, tx: &mut Tx, person: &str, ids: &[Uuid], marks: Marks) -> Result<(), StoreError> {
        let at = |is_set: bool| is_set.then(|| self.now());
        // PostgreSQL writes a row only once in a statement.
        let ids: BTreeSet<Uuid> = ids.iter().copied().collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let read = marks.read.map(|is_read| Mark::Read(at(is_read)));
        let saved = marks.saved.map(|is_saved| Mark::Saved(at(is_saved)));
        for mark in read.into_iter().chain(saved) {
            tables::mark(tx, person, &ids, mark).await?;
        }
        Ok(())
    }

    /// What a person can switch on and off.
    pub async fn origins(&self, person: &str) -> Result<Vec<ShownOrigin>, StoreError> {
        let mut session = self.shared.store.read().await?;
        let own = decided::of(&mut session, person).await?;
        let received = reading::subjects(&mut session, person).await?;
        Ok(shown(&own, &self.shared.defaults, &received))
    }

    /// Keeps what a person decided instead of what it had decided before.
    pub async fn decide(&self, person: &str, choices: &Choices) -> Result<(), StoreError> {
        let mut tx = self.shared.store.write_unordered(Lane::Person).await?;
        decided::replace(&mut tx, person, choices).await?;
        tx.commit().await
    }
}

/// Keeps notifications of one letter, and gives them as they are kept.
async fn keep(tx: &mut Tx, letter: &Letter<'_>, all: Vec<Notification>) -> Result<Vec<Sent>, StoreError> {
    let scope = letter.payload.scope.as_deref();
    tables::keep(tx, &all, scope).await?;
    let recipient = |one: &Notification| one.person.clone().unwrap_or_default();
    let mut earlier: HashMap<String, Notification> = HashMap::new();
    if let Some(scope) = scope {
        let recipients: Vec<String> = all.iter().map(recipient).collect();
        let kept = reading::of_scope(tx, (letter.origin, scope), &recipients).await?;
        let replaced = kept.into_iter().filter(|one| one.updated.is_some());
        earlier = replaced.map(|one| (recipient(&one), one)).collect();
    }
    let sent = all.into_iter().map(|one| match earlier.remove(&recipient(&one)) {
        Some(notification) => Sent {
            notification,
            is_new: false,
        },
        None => Sent {
            notification: one,
            is_new: true,
        },
    });
    Ok(sent.collect())
}

/// The id of what is sent to a person under a key: another one for each person, the same each time.
fn id_of(key: Uuid, person: Option<&String>) -> Uuid {
    let digest = Sha256::new()
        .chain_update(key.as_bytes())
        .chain_update(person.map_or("", String::as_str))
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

pub(crate) fn failed(error: StoreError) -> Fault {
    catalog::store_fault(&error)
}
