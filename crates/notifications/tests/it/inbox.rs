//! What is sent, read, marked, chosen and forgotten.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use config::Config;
use jiff::SignedDuration;
use notifications::{
    Choices, Inbox, Letter, MIGRATIONS, Marks, Payload, Question, Recipients, Retention, Severity,
};
use serde_json::{Value, json};
use store::{Database, Store};
use testkit::TestClock;
use uuid::Uuid;

const ANN: &str = "user:default/ann";
const BEN: &str = "user:default/ben";

pub struct World {
    inbox: Inbox,
    clock: Arc<TestClock>,
}

pub async fn opened(database: Database) -> World {
    let store = Store::open_with(&database, &[("notifications", MIGRATIONS)])
        .await
        .unwrap();
    let config = Config::from_value(json!({}), Path::new("/")).unwrap();
    let catalog = Catalog::builder(Arc::new(config), store.clone()).build().unwrap();
    catalog.catch_up().await.unwrap();
    let clock = Arc::new(TestClock::default());
    let quiet = json!({"channels": [{"id": "Web", "origins": [{"id": "noise", "enabled": false}]}]});
    let defaults = Choices::read(&quiet).unwrap();
    let inbox = Inbox::with_clock(&store, &catalog, defaults, clock.clone());
    World { inbox, clock }
}

fn to(people: &[&str]) -> Recipients {
    Recipients::entities(people.iter().map(|person| person.parse().unwrap()).collect())
}

/// Sends from an origin, a second later; how many got it.
async fn send(world: &World, origin: &str, to: &Recipients, payload: Value) -> usize {
    world.clock.advance(SignedDuration::from_secs(1));
    let payload = Payload::of(&payload);
    let letter = Letter {
        origin,
        to,
        payload: &payload,
        key: None,
    };
    world.inbox.send(&letter).await.unwrap().len()
}

async fn titles(world: &World, question: &Question) -> String {
    let listed = world.inbox.list(question).await.unwrap();
    let titles: Vec<&str> = listed
        .notifications
        .iter()
        .map(|one| one.payload.title.as_str())
        .collect();
    titles.join(" ")
}

fn of(person: &str) -> Question {
    Question::of(person)
}

pub async fn kept_and_found(world: &World) {
    let both = to(&[ANN, BEN, ANN]);
    let full = json!({"title": "disk", "description": "94 % of D", "severity": "high", "topic": "disks"});
    assert_eq!(send(world, "ci", &both, full).await, 2);
    send(world, "ci", &to(&[ANN]), json!({"title": "plain"})).await;
    send(
        world,
        "ci",
        &Recipients::Everybody,
        json!({"title": "all", "severity": "low"}),
    )
    .await;
    let check = async |question: Question, expected: &str| {
        assert_eq!(titles(world, &question).await, expected, "{question:?}");
    };
    check(of(ANN), "all plain disk").await;
    check(of(BEN), "all disk").await;
    check(of("user:default/eve"), "all").await;
    let ann = || of(ANN);
    let text = |text: &str| Some(text.to_owned());
    check(
        Question {
            text: text("DISK"),
            ..ann()
        },
        "disk",
    )
    .await;
    check(
        Question {
            text: text("% of d"),
            ..ann()
        },
        "disk",
    )
    .await;
    check(
        Question {
            text: text("_"),
            ..ann()
        },
        "",
    )
    .await;
    check(
        Question {
            topic: text("disks"),
            ..ann()
        },
        "disk",
    )
    .await;
    check(
        Question {
            minimum: Some(Severity::Normal),
            ..ann()
        },
        "plain disk",
    )
    .await;
    check(
        Question {
            read: Some(true),
            ..ann()
        },
        "",
    )
    .await;
    check(
        Question {
            saved: Some(false),
            ..ann()
        },
        "all plain disk",
    )
    .await;
    let listed = world.inbox.list(&ann()).await.unwrap();
    let since = Some(listed.notifications[1].created);
    check(Question { since, ..ann() }, "all plain").await;
    let ids = listed.notifications.iter().map(|one| one.id).collect();
    check(
        Question {
            ids: Some(ids),
            ..of(BEN)
        },
        "all",
    )
    .await;
    assert_eq!(world.inbox.topics(&ann()).await.unwrap(), ["disks"]);
}

pub async fn ordered_and_paged(world: &World) {
    for (title, severity, topic) in [
        ("b", "low", None),
        ("a", "critical", Some("t")),
        ("c", "normal", None),
    ] {
        let payload = json!({"title": title, "severity": severity, "topic": topic});
        send(world, "ci", &to(&[ANN]), payload).await;
    }
    let check = async |orders: &[&str], expected: &str| {
        let orders = orders
            .iter()
            .map(|text| notifications::Order::parse(text).unwrap());
        let question = Question {
            orders: orders.collect(),
            ..of(ANN)
        };
        assert_eq!(titles(world, &question).await, expected, "{question:?}");
    };
    check(&["title,asc"], "a b c").await;
    check(&["severity,desc"], "a c b").await;
    check(&["topic,asc", "title,desc"], "a c b").await;
    check(&["origin,desc"], "b a c").await;
    check(&["created,asc"], "b a c").await;
    check(&["read,desc", "saved,asc", "updated,asc", "title,desc"], "c b a").await;
    let page = Question {
        limit: Some(1),
        offset: 1,
        ..of(ANN)
    };
    let listed = world.inbox.list(&page).await.unwrap();
    assert_eq!(
        (listed.total, listed.notifications[0].payload.title.as_str()),
        (3, "a")
    );
}

pub async fn marked_by_each_reader(world: &World) {
    send(world, "ci", &Recipients::Everybody, json!({"title": "all"})).await;
    send(world, "ci", &to(&[ANN]), json!({"title": "own"})).await;
    let all: Vec<Uuid> = world
        .inbox
        .list(&of(ANN))
        .await
        .unwrap()
        .notifications
        .iter()
        .map(|one| one.id)
        .collect();
    let unread = async |person: &str| {
        let status = world.inbox.status(&of(person)).await.unwrap();
        assert_eq!(world.inbox.unread(person, 100).await.unwrap(), status.unread);
        (status.unread, status.read)
    };
    assert_eq!(unread(ANN).await, (2, 0));
    let read = |read: bool| Marks {
        read: Some(read),
        saved: None,
    };
    let saved = |saved: bool| Marks {
        read: None,
        saved: Some(saved),
    };
    world.inbox.mark(ANN, &all, read(true)).await.unwrap();
    assert_eq!(unread(ANN).await, (0, 2));
    assert_eq!(unread(BEN).await, (1, 0), "what Ann read Ben has not read");
    world.inbox.mark(ANN, &all, saved(true)).await.unwrap();
    world.inbox.mark(BEN, &all, saved(true)).await.unwrap();
    let is_saved = |person| Question {
        saved: Some(true),
        ..of(person)
    };
    assert_eq!(titles(world, &is_saved(ANN)).await, "own all");
    assert_eq!(
        titles(world, &is_saved(BEN)).await,
        "all",
        "and not what is Ann's"
    );
    world.inbox.mark(ANN, &all[..1], read(false)).await.unwrap();
    assert_eq!(unread(ANN).await, (1, 1));
    assert_eq!(
        titles(world, &is_saved(ANN)).await,
        "own all",
        "one mark leaves the other"
    );
    world.inbox.mark(ANN, &all, saved(false)).await.unwrap();
    assert_eq!(titles(world, &is_saved(ANN)).await, "");
    let only_all = Question {
        text: Some("all".to_owned()),
        ..of(ANN)
    };
    world.inbox.mark_all(&only_all, false).await.unwrap();
    assert_eq!(unread(ANN).await, (2, 0));
    world.inbox.mark_all(&of(ANN), true).await.unwrap();
    assert_eq!(unread(ANN).await, (0, 2));
}

pub async fn a_scope_takes_the_place_of_the_earlier(world: &World) {
    let first = json!({"title": "first", "description": "d", "link": "/a", "topic": "t", "severity": "high", "scope": "s"});
    let again = json!({"title": "again", "scope": "s"});
    for (recipients, title) in [(to(&[ANN, BEN]), "own"), (Recipients::Everybody, "all")] {
        send(world, "ci", &recipients, first.clone()).await;
        let before = world.inbox.list(&of(ANN)).await.unwrap().notifications.remove(0);
        world.inbox.mark_all(&of(ANN), true).await.unwrap();
        send(world, "ci", &recipients, again.clone()).await;
        send(world, "other", &recipients, again.clone()).await;
        let found = world.inbox.list(&of(ANN)).await.unwrap().notifications;
        let after = found.iter().find(|one| one.id == before.id).unwrap();
        assert_eq!(after.payload.title, "again", "{title}");
        assert_eq!(
            after.payload.description.as_deref(),
            Some("d"),
            "what is not said stays"
        );
        assert_eq!(after.payload.severity, Severity::Normal);
        assert_eq!((after.read, after.created), (None, before.created));
        assert!(after.updated.is_some());
    }
    assert_eq!(titles(world, &of(ANN)).await, "again again again again");
}

pub async fn chosen_by_people_and_configuration(world: &World) {
    let both = to(&[ANN, BEN]);
    let about = |topic: Option<&str>| json!({"title": "x", "topic": topic});
    assert_eq!(send(world, "ci", &both, about(Some("builds"))).await, 2);
    assert_eq!(
        send(world, "noise", &both, about(None)).await,
        0,
        "the configuration switched it off"
    );
    let chosen = json!({"channels": [{"id": "Web", "origins": [
        {"id": "ci", "enabled": true, "topics": [{"id": "builds", "enabled": false}]},
        {"id": "noise", "enabled": true},
    ]}]});
    for _ in 0..2 {
        world
            .inbox
            .decide(ANN, &Choices::read(&chosen).unwrap())
            .await
            .unwrap();
    }
    assert_eq!(send(world, "ci", &both, about(Some("builds"))).await, 1);
    assert_eq!(send(world, "ci", &both, about(None)).await, 2);
    assert_eq!(send(world, "noise", &both, about(None)).await, 1);
    let names = async |person: &str| {
        let origins = world.inbox.origins(person).await.unwrap();
        let names = origins
            .iter()
            .map(|one| format!("{} {} {:?}", one.id, one.is_on, one.topics));
        names.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(names(ANN).await, "ci true [(\"builds\", false)]; noise true []");
    assert_eq!(names(BEN).await, "ci true [(\"builds\", true)]; noise false []");
}

pub async fn sent_again_under_a_key(world: &World) {
    let (key, recipients) = (Some(Uuid::new_v4()), to(&[ANN, BEN]));
    let payload = Payload::of(&json!({"title": "once"}));
    for to in [&recipients, &Recipients::Everybody] {
        for _ in 0..2 {
            let letter = Letter {
                origin: "ci",
                to,
                payload: &payload,
                key,
            };
            world.inbox.send(&letter).await.unwrap();
        }
    }
    assert_eq!(titles(world, &of(ANN)).await, "once once");
    assert_eq!(titles(world, &of(BEN)).await, "once once");
}

pub async fn forgotten_after_a_year(world: &World) {
    send(world, "ci", &to(&[ANN]), json!({"title": "old"})).await;
    send(world, "ci", &to(&[ANN]), json!({"title": "saved"})).await;
    send(world, "ci", &Recipients::Everybody, json!({"title": "all"})).await;
    send(
        world,
        "ci",
        &Recipients::Everybody,
        json!({"title": "kept", "scope": "s"}),
    )
    .await;
    let marks = Marks {
        read: Some(true),
        saved: Some(true),
    };
    let all = world.inbox.list(&of(ANN)).await.unwrap().notifications;
    world.inbox.mark(ANN, &[all[2].id], marks).await.unwrap();
    let year = Duration::from_hours(365 * 24);
    world.clock.advance(SignedDuration::from_hours(364 * 24));
    let retention = |kept| Retention::new(world.inbox.clone(), kept);
    assert_eq!(retention(Some(year)).remove().await.unwrap(), 0);
    send(
        world,
        "ci",
        &Recipients::Everybody,
        json!({"title": "kept", "scope": "s"}),
    )
    .await;
    world.clock.advance(SignedDuration::from_hours(2 * 24));
    assert_eq!(retention(None).remove().await.unwrap(), 0);
    assert_eq!(retention(Some(year)).remove().await.unwrap(), 2);
    assert_eq!(titles(world, &of(ANN)).await, "kept saved");
}

pub async fn sent_to_many(world: &World) {
    let people: Vec<String> = (0..450).map(|number| format!("user:default/p{number}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    for expected in [1, 1] {
        assert_eq!(
            send(world, "ci", &to(&people), json!({"title": "x", "scope": "s"})).await,
            450
        );
        let last = of("user:default/p449");
        assert_eq!(world.inbox.list(&last).await.unwrap().total, expected);
    }
    for number in 0..120 {
        send(world, "ci", &to(&[ANN]), json!({"title": number.to_string()})).await;
    }
    assert_eq!(
        world.inbox.unread(ANN, 100).await.unwrap(),
        100,
        "counted up to a bound"
    );
    world.inbox.mark_all(&of(ANN), true).await.unwrap();
    assert_eq!(world.inbox.status(&of(ANN)).await.unwrap().read, 120);
}

pub async fn empty_words_are_none(world: &World) {
    for title in ["one", "two"] {
        let payload = json!({"title": title, "topic": "", "scope": ""});
        send(world, "ci", &to(&[ANN]), payload).await;
    }
    assert_eq!(titles(world, &of(ANN)).await, "two one");
    let origins = world.inbox.origins(ANN).await.unwrap();
    assert!(
        origins.iter().all(|origin| origin.topics.is_empty()),
        "{origins:?}"
    );
}

pub async fn letters_beyond_ascii_are_found(world: &World) {
    send(world, "ci", &to(&[ANN]), json!({"title": "Ärger im Büro"})).await;
    for (text, expected) in [("Ärger", 1), ("IM Bü", 1), ("Ärgern", 0)] {
        let question = Question {
            text: Some(text.to_owned()),
            ..of(ANN)
        };
        assert_eq!(
            world.inbox.list(&question).await.unwrap().total,
            expected,
            "{text}"
        );
    }
}

pub async fn an_id_named_twice_is_marked_once(world: &World) {
    send(world, "ci", &Recipients::Everybody, json!({"title": "all"})).await;
    let id = world.inbox.list(&of(ANN)).await.unwrap().notifications[0].id;
    let marks = Marks {
        read: Some(true),
        saved: None,
    };
    world.inbox.mark(ANN, &vec![id; 600], marks).await.unwrap();
    assert_eq!(world.inbox.status(&of(ANN)).await.unwrap().read, 1);
}
