//! The API and the pages, with a runner at work.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use config::Config;
use http_body_util::BodyExt;
use model::{Actor, Fault};
use plugin::{AuditEvent, AuditLog};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Site, Stage};
use work::{Job, JobFailure, JobHandler, JobOptions, JobRunner, Jobs, Pace};

struct World {
    jobs: Jobs,
    heard: Arc<Heard>,
    router: Router,
    _stop: DropGuard,
}

/// Does what its payload says.
struct Obedient;

#[async_trait]
impl JobHandler for Obedient {
    fn kind(&self) -> &'static str {
        "test.obey"
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        job.log.info(format!("asked to {}", job.payload));
        match job.payload.as_str() {
            Some("fail") => Err(JobFailure::GiveUp(Fault::error("as asked"))),
            Some("wait") => {
                job.stop.cancelled().await;
                Err(Fault::error("interrupted").into())
            }
            _ => Ok(()),
        }
    }
}

/// Keeps audit events in memory, unless the test breaks it.
#[derive(Default)]
struct Heard {
    events: Mutex<Vec<String>>,
    is_broken: AtomicBool,
}

#[async_trait]
impl AuditLog for Heard {
    async fn record(&self, _: &mut Tx, event: AuditEvent) -> Result<(), StoreError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable {
                reason: "as the test wants it".to_owned(),
            });
        }
        self.record_attempt(event).await;
        Ok(())
    }

    async fn record_attempt(&self, event: AuditEvent) {
        let (who, id) = (event.actor.name(), event.subject);
        let text = format!("{who} {} {id} {}", event.action, event.outcome.word());
        self.events.lock().unwrap().push(text);
    }
}

async fn world() -> World {
    let store = Store::open_with(&Database::SqliteMemory, &[(work::PLUGIN, work::MIGRATIONS)])
        .await
        .unwrap();
    let jobs = Jobs::new(store);
    let stop = CancellationToken::new();
    let pace = Pace {
        poll: Duration::from_millis(20),
        ..Pace::default()
    };
    let runner = JobRunner::builder(jobs.clone())
        .handler(Arc::new(Obedient))
        .pace(pace);
    let (runner, soft) = (runner.build().unwrap(), stop.clone());
    tokio::spawn(async move { runner.run(&soft).await });
    let readiness = Readiness::new();
    readiness.enter(Stage::Ready);
    let config = Config::from_value(json!({}), std::path::Path::new(".")).unwrap();
    let heard = Arc::new(Heard::default());
    let routes = work_web::contributions(&jobs, heard.clone(), plugin::Slot::default()).routes;
    let shell = Arc::new(ui::Shell::default());
    let surrounded =
        |set: plugin::Routes| set.wrapped(|_, endpoint| endpoint.route_layer(axum::Extension(shell.clone())));
    let options = ServerOptions::from_config(&config).unwrap();
    let site = Site::new(routes.into_iter().map(surrounded).collect(), options, readiness);
    World {
        jobs,
        heard,
        router: site.into_router(),
        _stop: stop.drop_guard(),
    }
}

impl World {
    async fn send(&self, method: &str, path: &str) -> (u16, String) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let to = answer.headers().get("location").cloned();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        (status, to.map_or(text, |to| to.to_str().unwrap().to_owned()))
    }

    async fn json(&self, method: &str, path: &str) -> (u16, Value) {
        let (status, text) = self.send(method, path).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn enqueue(&self, payload: &str) -> String {
        let options = JobOptions::of(Actor::system("test"));
        let id = self
            .jobs
            .enqueue_alone("test.obey", &payload, options)
            .await
            .unwrap();
        id.to_string()
    }

    async fn until(&self, id: &str, state: &str) -> Value {
        for _ in 0..1_000 {
            let (_, job) = self.json("GET", &format!("/api/work/jobs/{id}")).await;
            if job["state"] == state {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{id} is not {state} in time");
    }
}

#[tokio::test]
async fn jobs_are_listed_shown_and_done_again() {
    let world = world().await;
    let (good, bad) = (world.enqueue("be good").await, world.enqueue("fail").await);
    world.until(&good, "done").await;
    let job = world.until(&bad, "failed").await;
    assert_eq!(job["problem"]["message"], "as asked");
    assert_eq!(job["actor"], json!({"type": "system", "reason": "test"}));
    let (_, failed) = world
        .json("GET", "/api/work/jobs?state=failed&kind=test.obey")
        .await;
    assert_eq!(failed["items"], json!([job]));
    assert_eq!(failed["pageInfo"], json!({"nextCursor": null}));
    let (_, first) = world.json("GET", "/api/work/jobs?kind=test.obey&limit=1").await;
    let cursor = first["pageInfo"]["nextCursor"].as_str().unwrap();
    let path = format!("/api/work/jobs?kind=test.obey&limit=1&cursor={cursor}");
    let (_, second) = world.json("GET", &path).await;
    assert_eq!(
        [&first["items"][0]["id"], &second["items"][0]["id"]],
        [&json!(bad), &json!(good)]
    );
    let (_, log) = world
        .json("GET", &format!("/api/work/jobs/{bad}/log?after=1"))
        .await;
    assert_eq!(log["items"][0]["text"], "attempt 1 failed: as asked");

    let (status, job) = world.json("POST", &format!("/api/work/jobs/{bad}/retry")).await;
    // The runner may have begun it again already.
    let attempt = job["attempt"].as_u64();
    assert!(
        status == 200 && attempt.is_some_and(|attempt| attempt <= 1),
        "{job}"
    );
    world.until(&bad, "failed").await;
    let page = world.send("GET", &format!("/work/jobs/{bad}")).await.1;
    for part in [
        "to be done again, says guest",
        "Try again",
        "as asked",
        "&quot;fail&quot;",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let list = world.send("GET", "/work?kind=test.obey&state=failed").await.1;
    assert!(list.contains(&bad) && !list.contains(&good));
}

#[tokio::test]
async fn a_job_is_cancelled_after_a_question() {
    let world = world().await;
    let id = world.enqueue("wait").await;
    world.until(&id, "running").await;
    let page = world.send("GET", &format!("/work/jobs/{id}")).await.1;
    assert!(page.contains(&format!("/work/jobs/{id}/cancel")));
    let question = world.send("GET", &format!("/work/jobs/{id}/cancel")).await.1;
    assert!(question.contains("Cancel this job?"), "{question}");
    world.until(&id, "running").await;
    let (status, to) = world.send("POST", &format!("/work/jobs/{id}/cancel")).await;
    assert_eq!((status, to), (303, format!("/work/jobs/{id}?done=cancelled")));
    world.until(&id, "cancelled").await;
    let (status, refused) = world.json("POST", &format!("/api/work/jobs/{id}/cancel")).await;
    assert_eq!(
        (status, refused["error"]["name"].as_str()),
        (409, Some("ConflictError"))
    );
    let events = world.heard.events.lock().unwrap().clone();
    let event = |outcome: &str| format!("guest work.job.cancel job:{id} {outcome}");
    assert_eq!(events, [event("done"), event("failed")]);
}

#[tokio::test]
async fn a_job_is_not_changed_without_its_audit_event() {
    let world = world().await;
    let (running, failed) = (world.enqueue("wait").await, world.enqueue("fail").await);
    world.until(&running, "running").await;
    let before = world.until(&failed, "failed").await;
    world.heard.is_broken.store(true, Ordering::SeqCst);
    for path in [format!("{running}/cancel"), format!("{failed}/retry")] {
        let status = world.send("POST", &format!("/api/work/jobs/{path}")).await.0;
        assert_eq!(status, 503, "{path}");
    }
    let job = world.until(&running, "running").await;
    assert_eq!(job["cancelling"], false, "{job}");
    assert_eq!(world.until(&failed, "failed").await, before);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let world = world().await;
    for path in [
        "/api/work/jobs/x",
        "/api/work/jobs/00000000-0000-0000-0000-000000000000/log",
    ] {
        let (status, body) = world.json("GET", path).await;
        assert_eq!(
            (status, body["error"]["name"].as_str()),
            (404, Some("NotFoundError")),
            "{path}"
        );
    }
    assert_eq!(world.json("GET", "/api/work/jobs?state=lost").await.0, 400);
    assert_eq!(world.json("GET", "/api/work/jobs?cursor=x").await.0, 400);
    assert_eq!(world.send("GET", "/work/jobs/x").await.0, 404);
    let done = world.enqueue("be good").await;
    world.until(&done, "done").await;
    for way in ["cancel", "retry"] {
        assert_eq!(
            world.send("GET", &format!("/work/jobs/{done}/{way}")).await.0,
            409
        );
    }
    let (_, schedules) = world.json("GET", "/api/work/schedules").await;
    assert_eq!(schedules["items"][0]["name"], "work.retention");
    assert_eq!(schedules["items"][0]["periodSeconds"], 3_600.0);
    let page = world.send("GET", "/work/schedules").await.1;
    assert!(page.contains("work.retention") && page.contains("1 h"));
    let (_, kinds) = world.json("GET", "/api/work/kinds").await;
    assert!(
        kinds["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["kind"] == "test.obey")
    );
}
