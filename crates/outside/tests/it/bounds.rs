//! Calls at once, size, waits, and callers who give up.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::TryStreamExt;
use futures::future::join_all;
use outside::{HostPolicy, What};

use crate::server::{Scene, policy};

#[tokio::test]
async fn only_so_many_calls_at_once() {
    let scene = Scene::start().await;
    let answers = join_all((0..6).map(|_| scene.text("/hang"))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(scene.seen.most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_unread_answer_keeps_its_place_and_waiting_ends() {
    let policy = HostPolicy {
        concurrency: 1,
        queue_time: Duration::from_millis(50),
        ..policy()
    };
    let scene = Scene::with(policy).await;
    let unread = scene.get("/json").send().await.unwrap();
    assert_eq!(scene.host.status().under_way, 1);
    assert_eq!(
        scene.failure("/json").await,
        "grafana (/json) is not called: as many calls as allowed are under way, and none ended within 0.05 s"
    );
    drop(unread);
    assert_eq!(scene.text("/json").await.unwrap(), r#"{"ok":true}"#);
}

#[tokio::test]
async fn a_caller_that_gives_up_stops_the_call() {
    let scene = Scene::start().await;
    for _ in 0..5 {
        let call = tokio::time::timeout(Duration::from_millis(50), scene.text("/hang-long"));
        assert!(call.await.is_err());
    }
    assert!(
        scene.seen.most.load(Ordering::SeqCst) > 0,
        "the server was called"
    );
    assert_eq!(scene.host.status().under_way, 0);
    assert_eq!(scene.host.status().last_failure, None);
    let server_stops = async {
        while scene.seen.now.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), server_stops)
        .await
        .unwrap();
}

#[tokio::test]
async fn streams() {
    let scene = Scene::start().await;
    let request = scene.get("/drip").within(Duration::from_millis(800));
    let parts: Vec<_> = request
        .clone()
        .send()
        .await
        .unwrap()
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(parts.concat(), b"0;1;2;");
    let whole = request.send().await.unwrap().bytes().await.unwrap_err();
    assert_eq!(whole.what, What::TooSlow(Duration::from_millis(800)));
    let bounded = scene.get("/drip").max_bytes(3).send().await.unwrap().stream();
    let error = bounded.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.what, What::TooLarge(3));
}

#[tokio::test]
async fn streams_without_an_end() {
    let scene = Scene::start().await;
    let (short, long) = (Duration::from_millis(100), Duration::from_secs(2));
    let parts = async |request: outside::Request| {
        let answer = request.send().await?;
        answer.stream().try_collect::<Vec<_>>().await
    };
    let drip = || scene.get("/drip").within(Duration::from_millis(200)).max_bytes(3);
    assert_eq!(parts(drip().endless(long)).await.unwrap().concat(), b"0;1;2;");
    let error = parts(drip().endless(short)).await.unwrap_err();
    assert_eq!(error.what, What::TooSlow(short), "silence has a bound");
    let error = parts(scene.get("/hang-long").within(short).endless(long))
        .await
        .unwrap_err();
    assert_eq!(
        error.what,
        What::TooSlow(short),
        "the head comes in the usual time"
    );
}

#[tokio::test]
async fn large_answers() {
    let scene = Scene::start().await;
    let told = scene.failure("/large").await;
    assert_eq!(
        told,
        "grafana (/large) sends too much: the answer is larger than 10000 bytes"
    );
    let read = scene
        .get("/large")
        .max_bytes(20_000)
        .send()
        .await
        .unwrap()
        .bytes()
        .await;
    assert_eq!(read.unwrap().len(), 20_000);
}
