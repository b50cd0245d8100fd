//! Sessions: their cookies, their end, and whose they are.

use jiff::SignedDuration;

use crate::world::{Answer, BASE, Browser, World};

const SAME: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

fn secret(browser: &Browser) -> String {
    browser.cookies.get("portal-session").cloned().unwrap_or_default()
}

async fn signed_in(world: &World) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(world).await;
    browser
}

/// Names of one's own sessions, as the forms of the settings page would send them.
async fn post(
    browser: &mut Browser,
    world: &World,
    path: &str,
    headers: &[(&str, &str)],
    form: &str,
) -> Answer {
    browser.send(world, "POST", path, headers, form).await
}

async fn is_in(browser: &mut Browser, world: &World) -> bool {
    browser.who(world).await.starts_with("user:default/ada")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_cookie_before_is_worth_nothing_afterwards() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let planted = "a".repeat(43);
    browser
        .cookies
        .insert("portal-session".to_owned(), planted.clone());
    browser.sign_in(&world).await;
    let first = secret(&browser);
    assert_ne!(first, planted);
    let mut attacker = Browser::default();
    attacker.cookies.insert("portal-session".to_owned(), planted);
    assert!(
        !is_in(&mut attacker, &world).await,
        "the planted session is not used"
    );
    // The next sign-in of the same browser ends the session before.
    let mut before = browser.clone();
    browser.sign_in(&world).await;
    assert_ne!(secret(&browser), first);
    assert!(is_in(&mut browser, &world).await && !is_in(&mut before, &world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_survive_a_restart_and_end_by_themselves() {
    let mut world = World::start().await;
    let (mut used, mut idle) = (signed_in(&world).await, signed_in(&world).await);
    world.restart();
    assert!(is_in(&mut used, &world).await && is_in(&mut idle, &world).await);
    for _ in 0..3 {
        world.advance(SignedDuration::from_hours(10));
        assert!(is_in(&mut used, &world).await);
    }
    assert!(!is_in(&mut idle, &world).await, "a day without use");
    world.advance(SignedDuration::from_hours(10));
    assert!(is_in(&mut used, &world).await);
    world.advance(SignedDuration::from_hours(9));
    assert!(!is_in(&mut used, &world).await, "two days after the sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_signs_a_person_out() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for path in ["/sign-out", "/sign-out/session"] {
            let answer = post(&mut browser, &world, path, &[foreign], "").await;
            assert_eq!(answer.status, 403, "{foreign:?} {path}");
        }
    }
    assert_eq!(browser.get(&world, "/sign-out").await.status, 405);
    let script = ("x-requested-with", "XMLHttpRequest");
    let answer = post(&mut browser, &world, "/api/auth/oidc/logout", SAME, "").await;
    assert_eq!(answer.status, 401, "a form of another site sends no such header");
    let evil = [script, ("origin", "https://evil.example")];
    let answer = post(&mut browser, &world, "/api/auth/oidc/logout", &evil, "").await;
    assert_eq!(answer.status, 403);
    assert!(is_in(&mut browser, &world).await);
    let answer = post(
        &mut browser,
        &world,
        "/api/auth/oidc/logout",
        &[script, ("origin", BASE)],
        "",
    )
    .await;
    assert!(answer.text.contains("logoutUrl"), "{answer:?}");
    assert!(!is_in(&mut browser, &world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_out_here_and_at_the_provider() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    let mut copy = browser.clone();
    let answer = post(&mut browser, &world, "/sign-out", SAME, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = world.provider.given().pop().unwrap();
    let next = answer.header("refresh").to_owned();
    let logout = format!(
        "0; url={}/logout?client_id=portal&post_logout_redirect_uri=",
        world.provider.base()
    );
    assert!(next.starts_with(&logout), "{next}");
    assert!(next.contains(&format!("id_token_hint={token}")), "{next}");
    assert!(!answer.text.contains(&token), "no token in a page");
    assert!(answer.cookies()[0].contains("Max-Age=0"), "{answer:?}");
    assert!(!is_in(&mut browser, &world).await);
    assert!(
        !is_in(&mut copy, &world).await,
        "a copy of the cookie is worth nothing"
    );
    let again = post(&mut browser, &world, "/sign-out", SAME, "").await;
    assert_eq!(
        (again.status, again.header("location")),
        (303, "/sign-in?notice=signed-out")
    );
    let last = world.heard().pop().unwrap();
    assert_eq!(
        last,
        "user:default/ada auth.session.delete user:default/ada, A program by development done"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_ends_its_own_sessions_only() {
    let world = World::start().await;
    let (mut here, mut there) = (signed_in(&world).await, signed_in(&world).await);
    world.provider.lies(
        crate::provider::Signing::Right,
        serde_json::json!({"email": "twins@example.com"}),
    );
    let mut stranger = Browser::default();
    assert_eq!(stranger.sign_in(&world).await.status, 403);
    let answer = post(&mut here, &world, "/sign-out/session", SAME, "id=not-mine").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/settings#sessions")
    );
    assert!(is_in(&mut here, &world).await && is_in(&mut there, &world).await);
    let answer = post(&mut here, &world, "/sign-out/session", SAME, "").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/sign-in?notice=signed-out")
    );
    assert!(
        !is_in(&mut here, &world).await && !is_in(&mut there, &world).await,
        "everywhere"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_cookie_is_nobody() {
    let world = World::start().await;
    let _somebody = signed_in(&world).await;
    for made_up in ["", "x", "' OR 1=1 --", &"a".repeat(43), &"a".repeat(5_000)] {
        let mut browser = Browser::default();
        browser
            .cookies
            .insert("portal-session".to_owned(), made_up.to_owned());
        assert_eq!(browser.who(&world).await, "401", "{made_up}");
    }
}
