//! Limited tokens, and the cookie with which browsers load files.

use jiff::SignedDuration;
use serde_json::json;

use crate::replica::Replica;
use crate::tokens::{ADA, FAILED, WHO, ask, body, limited, refusal, token_of_ada};
use crate::world::{Answer, Browser, World};

const FILES: &str = "/api/lab/files";
const COOKIE: &str = "/api/lab/.backstage/auth/v1/cookie";

async fn ask_with_cookie(world: &World, path: &str, cookie: &str) -> Answer {
    let header = format!("backstage-auth={cookie}");
    let headers = [("cookie", header.as_str())];
    Browser::default().send(world, "GET", path, &headers, "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_token_is_good_for_files_only() {
    let world = World::start().await;
    let token = token_of_ada(&world).await;
    let small = limited(&token);
    assert_eq!(ask(&world, FILES, &small).await.text, ADA, "in the header");
    assert_eq!(
        ask_with_cookie(&world, FILES, &small).await.text,
        ADA,
        "as a cookie"
    );
    assert_eq!(ask(&world, "/api/auth/v1/userinfo", &small).await.status, 200);
    assert_eq!(
        refusal(&ask(&world, WHO, &small).await),
        (401, "Illegal limited user token".to_owned())
    );
    let missing = (401, "Missing credentials".to_owned());
    assert_eq!(refusal(&ask_with_cookie(&world, WHO, &small).await), missing);
    // A cookie is sent without being asked: one that counts no more is none.
    let (part, signature) = small.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{part}.{other}{}", &signature[1..]);
    for cookie in [forged.as_str(), token.as_str(), "abc"] {
        assert_eq!(
            refusal(&ask_with_cookie(&world, FILES, cookie).await),
            missing,
            "{cookie}"
        );
    }
    assert_eq!(refusal(&ask(&world, FILES, &forged).await).1, FAILED);
    // The token in the header counts, also where it is wrong.
    let headers = [
        ("authorization", "Bearer abc"),
        ("cookie", &format!("backstage-auth={small}")),
    ];
    let answer = Browser::default().send(&world, "GET", FILES, &headers, "").await;
    assert_eq!(refusal(&answer).1, "Illegal token");
    world.advance(SignedDuration::from_hours(1));
    assert_eq!(
        refusal(&ask_with_cookie(&world, FILES, &small).await),
        missing,
        "an hour later"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_a_cookie_for_files_and_keeps_it() {
    let world = World::start().await;
    let token = token_of_ada(&world).await;
    let answer = ask(&world, COOKIE, &token).await;
    let expires = body(&answer)["expiresAt"].as_str().unwrap().to_owned();
    let at: jiff::Timestamp = expires.parse().unwrap();
    assert_eq!(at.as_second(), world.provider_now() + 3600);
    assert_eq!(at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(), expires);
    let set = answer.cookies()[0].to_owned();
    let small = limited(&token);
    let shown = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
    assert_eq!(
        set,
        format!(
            "backstage-auth={small}; Domain=portal.example; Path=/; Expires={shown}; HttpOnly; Priority=High; SameSite=Lax"
        )
    );
    let again = |cookie: String| {
        let (world, authorization) = (&world, format!("Bearer {token}"));
        async move {
            let headers = [("authorization", authorization.as_str()), ("cookie", &cookie)];
            Browser::default().send(world, "GET", COOKIE, &headers, "").await
        }
    };
    let kept = again(format!("backstage-auth={small}")).await;
    assert_eq!(
        (body(&kept)["expiresAt"].as_str(), kept.cookies().len()),
        (Some(expires.as_str()), 0)
    );
    // Of somebody else, wrong, or at its end: a new one.
    let replica = Replica::new();
    world.publish(&replica, world.provider_now()).await;
    let now = world.provider_now();
    let of = |sub: &str, exp: i64| {
        let claims = json!({"sub": sub, "iat": now, "exp": exp});
        format!(
            "backstage-auth={}",
            replica.sign("vnd.backstage.limited-user", &claims)
        )
    };
    assert_eq!(again(of("user:default/ada", now + 301)).await.cookies().len(), 0);
    for old in [
        of("user:default/ada", now + 300),
        of("user:default/twin", now + 3000),
        "backstage-auth=x".to_owned(),
    ] {
        assert_eq!(again(old.clone()).await.cookies(), [set.as_str()], "{old}");
    }
    assert_eq!(
        refusal(&Browser::default().get(&world, COOKIE).await).1,
        "Missing credentials"
    );
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let gone = Browser::default()
        .send(&world, "DELETE", COOKIE, &headers, "")
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(
        gone.cookies(),
        [
            "backstage-auth=; Domain=portal.example; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Priority=High; SameSite=Lax"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_gets_the_cookie_too() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    let answer = browser.get(&world, COOKIE).await;
    assert_eq!((answer.status, answer.cookies().len()), (200, 1));
    let small = browser.cookies["backstage-auth"].clone();
    assert_eq!(ask_with_cookie(&world, FILES, &small).await.text, ADA);
}
