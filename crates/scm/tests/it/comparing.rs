//! What one commit has beyond another one, at a Gitea.

use scm::Comparison;
use testkit::gitea::{Change, Kind, Trouble};

use crate::gitea_world::{CART, gitea, reader_of};

#[tokio::test]
async fn commits_between_two_are_counted() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let first = gitea.push("shop/cart", "trunk", Change::new("One").file("a", "1"));
    let second = gitea.push("shop/cart", "trunk", Change::new("Two").file("a", "2"));
    let last = gitea.push("shop/cart", "trunk", Change::new("Three").file("a", "3"));
    gitea.forget_calls();
    let compare = async |base: &str, head: &str| reader.compare(&format!("{CART}.git"), base, head).await;
    let behind = compare(&first.after, &last.after).await.unwrap().unwrap();
    assert_eq!(behind.commits, 2);
    let commit = reader.about_commit(CART, &second.after).await.unwrap().unwrap();
    assert_eq!(
        behind.since, commit.at,
        "with the second it went on from the first"
    );
    let none = Comparison {
        commits: 0,
        since: None,
    };
    assert_eq!(compare(&last.after, &first.after).await, Ok(Some(none)));
    let unknown = compare(&"0".repeat(40), &last.after).await.unwrap_err();
    assert!(
        unknown.message.contains("of shop/cart cannot be compared"),
        "{unknown}"
    );
    gitea.trouble(Trouble::with("GET /repos/shop/cart", Kind::TooMany(Some(1))));
    assert!(compare(&first.after, &last.after).await.is_err());
}

#[tokio::test]
async fn a_host_that_is_not_asked_says_nothing() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    for repository in [
        "https://other.example/shop/cart.git",
        "oci://git.example.com/shop/cart",
    ] {
        assert_eq!(
            reader.compare(repository, "a", "b").await,
            Ok(None),
            "{repository}"
        );
    }
}
