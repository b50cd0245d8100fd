//! Sign-ins that are begun or fail too often are braked, each address and each person by itself.

use crate::world::{Browser, World, start};

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_begins_too_many_sign_ins_waits_and_others_do_not() {
    let world = World::start().await;
    let mut browser = Browser::default();
    for _ in 0..300 {
        assert_eq!(browser.get(&world, &start("/who")).await.status, 302);
    }
    for _ in 0..2 {
        let answer = browser.get(&world, &start("/who")).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "60"));
        assert!(answer.text.contains("Too many sign-ins"), "{answer:?}");
    }
    let told = |world: &World| {
        world
            .heard()
            .iter()
            .filter(|line| line.contains("192.0.2.7"))
            .count()
    };
    assert_eq!(told(&world), 1, "once a minute: {:?}", world.heard());
    world.another_address();
    let mut other = Browser::default();
    other.sign_in(&world).await;
    assert!(other.who(&world).await.starts_with("user:default/ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_whose_sign_ins_fail_is_not_asked_further() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let address = browser.begin(&world, "/who").await;
    let wrong = "/api/auth/oidc/handler/frame?code=x&state=made-up";
    for _ in 0..100 {
        assert_eq!(browser.get(&world, wrong).await.status, 400);
    }
    let back = crate::world::way_back(&world, &address);
    let answer = browser.get(&world, &back).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, "60"),
        "{answer:?}"
    );
    world.another_address();
    assert_eq!(browser.get(&world, &back).await.status, 303, "it was not lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_begins_so_many_sessions_a_minute() {
    let world = World::start().await;
    let mut last = 0;
    for _ in 0..31 {
        last = Browser::default().sign_in(&world).await.status;
    }
    assert_eq!(last, 429);
    let told = world
        .heard()
        .into_iter()
        .filter(|line| line.contains("user:default/ada refused"));
    assert_eq!(told.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_are_braked_and_right_ones_of_the_same_address_are_not() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    let body = r#"{"name": "x", "scopes": ["read"]}"#;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let made = browser
        .send(&world, "POST", "/api/auth/tokens", &headers, body)
        .await;
    let at = made.text.find("backstage_pat_").unwrap();
    let right = format!("Bearer {}", &made.text[at..at + 50]);
    let wrong = format!("Bearer backstage_pat_{}", "a".repeat(36));
    let mut statuses = Vec::new();
    for _ in 0..22 {
        let answer = Browser::default()
            .send(&world, "GET", "/api/lab/who", &[("authorization", &wrong)], "")
            .await;
        statuses.push(answer.status);
    }
    assert!(statuses[..20].iter().all(|status| *status == 401), "{statuses:?}");
    assert_eq!(statuses[20..], [429, 429]);
    let told = |line: &&String| line.contains("nobody auth.token.check 192.0.2.7 refused");
    assert_eq!(
        world.heard().iter().filter(told).count(),
        1,
        "{:?}",
        world.heard()
    );
    let answer = Browser::default()
        .send(&world, "GET", "/api/lab/who", &[("authorization", &right)], "")
        .await;
    assert_eq!(answer.status, 200, "nobody else is locked out");
}
