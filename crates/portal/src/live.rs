//! `GET /api/live/changes`: what open pages follow. Changes of entities come as far as the caller sees them, topics of
//! plugins as far as the caller has their permissions.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use catalog::Catalog;
use catalog::query::{Changes, SeenNews};
use futures::stream::{self, BoxStream, Stream, StreamExt};
use jiff::Timestamp;
use model::{Clock, Fault, SystemClock, Viewer};
use parking_lot::Mutex;
use plugin::{Decision, LiveTopic, PluginId, Routes, Rows, Rule, is_within};
use serde_json::json;
use sight::CurrentSight;
use store::{Announced, Announcements, Store};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use web::api::{Parameter, ReadQuery, Values};
use web::{ApiError, CurrentViewer, Permissions, Query};

/// The name under which the route stands.
const ID: PluginId = PluginId::built_in("live");
/// Most topics of one page.
const MAX_TOPICS: usize = 100;
/// Announcements whose time is remembered.
const REMEMBERED: usize = 4_096;
/// How long after a page began to listen it hears of what happened while it was made. What was announced just before is
/// remembered by then.
const LOOK_BACK_AFTER: Duration = Duration::from_millis(200);

/// What pages can follow.
#[derive(Clone)]
pub(crate) struct Live {
    catalog: Catalog,
    store: Store,
    topics: Arc<[LiveTopic]>,
    recent: Arc<Recent>,
    /// Ends open streams.
    soft: CancellationToken,
}

/// When topics were announced last, so that a page can hear of what happened between its making and its listening.
struct Recent(Mutex<Remembered>);

struct Remembered {
    last: HashMap<Arc<str>, Timestamp>,
    /// What was announced until then is not known.
    unknown_until: Timestamp,
}

/// What a page hears.
#[derive(Debug, Clone, PartialEq, Eq)]
enum News {
    /// An entity changed.
    Changed,
    /// These of the topics that the page follows have news.
    Announced(Vec<String>),
    Missed,
}

impl Live {
    /// Remembers announcements until `soft` is cancelled, which ends open streams too.
    pub(crate) fn start(
        catalog: &Catalog,
        store: &Store,
        topics: Vec<LiveTopic>,
        soft: CancellationToken,
    ) -> Self {
        let recent = Arc::new(Recent::new(SystemClock.now()));
        let (mut announcements, remembering, stop) = (store.announcements(), recent.clone(), soft.clone());
        tokio::spawn(async move {
            while let Some(Some(announced)) = stop.run_until_cancelled(announcements.next()).await {
                remembering.note(announced, SystemClock.now());
            }
        });
        Self {
            catalog: catalog.clone(),
            store: store.clone(),
            topics: topics.into(),
            recent,
            soft,
        }
    }

    /// The route.
    pub(crate) fn routes(&self) -> Routes {
        let rows = Rows::new().get("/changes", Rule::signed_in(), follow);
        Routes::new(ID).api(rows.with_state(self))
    }

    /// Fails for topics that nobody announces, or that the caller must not follow.
    async fn admit(
        &self,
        topics: &[String],
        viewer: &Viewer,
        permissions: &Permissions,
    ) -> Result<(), Fault> {
        for topic in topics {
            let known = self.topics.iter().find(|known| known.has(topic));
            let Some(known) = known else {
                return Err(Fault::input(format!(
                    "Nothing is announced under the topic '{topic}'; it is no entity either, such as component:default/orders"
                )));
            };
            if let Some(needed) = known.needs
                && permissions.decide(viewer, needed).await? != Decision::Allow
            {
                return Err(Fault::not_allowed(format!(
                    "Following '{topic}' needs the permission {}",
                    needed.name
                )));
            }
        }
        Ok(())
    }
}

impl Recent {
    fn new(now: Timestamp) -> Self {
        Self(Mutex::new(Remembered {
            last: HashMap::new(),
            unknown_until: now,
        }))
    }

    fn note(&self, announced: Announced, now: Timestamp) {
        let mut remembered = self.0.lock();
        if remembered.last.len() >= REMEMBERED || announced == Announced::Missed {
            remembered.last.clear();
            remembered.unknown_until = now;
        }
        if let Announced::Topic(topic) = announced {
            remembered.last.insert(topic, now);
        }
    }

    /// Those of some topics that were announced since; all of them where that is not known.
    fn news(&self, topics: Vec<String>, since: Timestamp) -> Vec<String> {
        let remembered = self.0.lock();
        if since <= remembered.unknown_until {
            return topics;
        }
        let newer = || remembered.last.iter().filter(|(_, at)| **at >= since);
        let has_news = |topic: &String| newer().any(|(announced, _)| is_within(announced, topic));
        topics.into_iter().filter(has_news).collect()
    }
}

/// Those of the topics that are followed that an announcement concerns.
fn concerned(followed: &[String], announced: &str) -> Vec<String> {
    let concerned = followed.iter().filter(|topic| is_within(announced, topic));
    concerned.cloned().collect()
}

/// What a page asks for: its topics, the last change of the catalog that it shows, and when it was made.
struct Asked {
    entities: Vec<String>,
    topics: Vec<String>,
    change: Option<i64>,
    at: Option<Timestamp>,
}

impl ReadQuery for Asked {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::commas("topics"),
        Parameter::integer("change"),
        Parameter::text("at"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let topics = values.list("topics").unwrap_or_default();
        if topics.is_empty() || topics.len() > MAX_TOPICS {
            return Err(Fault::input(format!(
                "'topics' must name 1 to {MAX_TOPICS} topics, separated by commas"
            )));
        }
        let at = values.text("at").map(str::parse).transpose();
        let at = at.map_err(|_| Fault::input("'at' must be a time such as 2026-01-31T12:00:00Z"))?;
        // Only references of entities have a colon.
        let (entities, topics) = topics
            .iter()
            .cloned()
            .partition(|topic| topic == "*" || topic.contains(':'));
        Ok(Self {
            entities,
            topics,
            change: values.integer("change").and_then(|seq| i64::try_from(seq).ok()),
            at,
        })
    }
}

async fn follow(
    State(live): State<Live>,
    CurrentSight(sight): CurrentSight,
    CurrentViewer(viewer): CurrentViewer,
    Extension(permissions): Extension<Permissions>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    live.admit(&asked.topics, &viewer, &permissions).await?;
    let mut all: Vec<BoxStream<'static, News>> = Vec::new();
    if !asked.entities.is_empty() {
        let changes = live.catalog.seen_by(&sight).changes();
        let is_behind = asked
            .change
            .is_some_and(|shown| changes.last.unwrap_or_default() > shown);
        all.push(stream::iter(is_behind.then_some(News::Changed)).boxed());
        all.push(of_entities(changes, asked.entities).boxed());
    }
    if !asked.topics.is_empty() {
        let announcements = live.store.announcements();
        if let Some(since) = asked.at {
            let (recent, topics) = (live.recent.clone(), asked.topics.clone());
            let look_back = async move {
                tokio::time::sleep(LOOK_BACK_AFTER).await;
                let news = recent.news(topics, since);
                stream::iter((!news.is_empty()).then_some(News::Announced(news)))
            };
            all.push(stream::once(look_back).flatten().boxed());
        }
        all.push(of_topics(announcements, asked.topics).boxed());
    }
    let events = stream::select_all(all).map(|news| match news {
        News::Changed => Event::default().event("change").data("{}"),
        News::Announced(topics) => {
            let data = json!({ "topics": topics }).to_string();
            Event::default().event("change").data(data)
        }
        News::Missed => web::sse::resync(),
    });
    Ok(web::sse::answer(events, live.soft).into_response())
}

fn of_entities(changes: Changes, topics: Vec<String>) -> impl Stream<Item = News> {
    stream::unfold((changes, topics), |(mut changes, topics)| async move {
        loop {
            let news = match changes.applied.recv().await {
                Ok(news) => changes.sight.see(&news),
                Err(RecvError::Lagged(_)) => Some(SeenNews::Reloaded),
                Err(RecvError::Closed) => return None,
            };
            match news {
                Some(SeenNews::Change(seen)) if catalog_web::concerns(&topics, &seen.reference) => {
                    return Some((News::Changed, (changes, topics)));
                }
                Some(SeenNews::Reloaded) => return Some((News::Missed, (changes, topics))),
                _ => {}
            }
        }
    })
}

fn of_topics(announcements: Announcements, topics: Vec<String>) -> impl Stream<Item = News> {
    stream::unfold(
        (announcements, topics),
        |(mut announcements, topics)| async move {
            loop {
                match announcements.next().await? {
                    Announced::Topic(topic) => {
                        let news = concerned(&topics, &topic);
                        if !news.is_empty() {
                            return Some((News::Announced(news), (announcements, topics)));
                        }
                    }
                    Announced::Missed => return Some((News::Missed, (announcements, topics))),
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(number: i64) -> Timestamp {
        Timestamp::from_second(number).unwrap()
    }

    #[test]
    fn what_was_announced_since_is_remembered_within_bounds() {
        let recent = Recent::new(second(0));
        recent.note(Announced::Topic("work.job.1".into()), second(10));
        let check = |topic: &str, since: i64, expected: bool| {
            let news = recent.news(vec![topic.to_owned(), "never.said".to_owned()], second(since));
            let found = news.iter().any(|one| one == topic);
            assert_eq!(found, expected, "{topic} since {since}: {news:?}");
        };
        check("work.job", 10, true);
        check("work.job.1", 9, true);
        check("work.job.1", 11, false);
        check("work.job.12", 9, false);
        check("work.jo", 9, false);
        check("other.topic", 0, true);
        recent.note(Announced::Missed, second(20));
        check("other.topic", 20, true);
        check("other.topic", 21, false);
        for number in 0..REMEMBERED {
            recent.note(Announced::Topic(format!("many.{number}").into()), second(30));
        }
        assert!(recent.0.lock().last.len() <= REMEMBERED);
    }
}
