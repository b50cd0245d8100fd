//! Addresses of the list.

use super::*;
use plugin::{BadgeTone, StateValue};

static RUNTIME: StateColumn = StateColumn {
    name: "runtime",
    title: "Runtime",
    values: &[
        StateValue {
            value: "down",
            title: "Down",
            tone: BadgeTone::Bad,
        },
        StateValue {
            value: "well",
            title: "Well",
            tone: BadgeTone::Good,
        },
    ],
};

fn check(query: &str, expected: &str) {
    assert_eq!(
        ListState::parse(query, &[&RUNTIME]).href("/catalog"),
        expected,
        "{query}"
    );
}

#[test]
fn addresses_are_read_and_written() {
    check("", "/catalog");
    check(
        "kind=API&owner=group%3Adefault%2Fa&owner=b",
        "/catalog?kind=api&owner=group:default/a&owner=b",
    );
    check(
        "q=+talent+&sort=-owner&limit=9999",
        "/catalog?q=talent&sort=-owner&limit=200",
    );
    check(
        "sort=description&columns=owner,nothing,tags",
        "/catalog?columns=owner,tags",
    );
    check("scope=owned&scope=nothing&unknown=1", "/catalog");
    check(
        "runtime=Down&runtime=down&runtime=odd&columns=runtime&tag=a",
        "/catalog?tag=a&runtime=down&columns=runtime",
    );
    check("cursor=abc%3D", "/catalog?cursor=abc%3D");
    // As the original's page writes them.
    check(
        "filters%5Bkind%5D=user&filters[owners][0]=group:default/a&filters[user]=owned&filters[text]=x",
        "/catalog?kind=user&scope=owned&owner=group:default/a&q=x",
    );
    check(
        "filters[kind]=api&filters[user]=all&filters[tags]=java&filters[lifecycles]=production",
        "/catalog?kind=api&lifecycle=production&tag=java",
    );
}

#[test]
fn a_change_starts_the_list_again() {
    let state = ListState::parse("tag=a&cursor=x", &[]);
    let tag = FILTERS.iter().position(|filter| filter.name == "tag").unwrap();
    assert_eq!(state.toggled(tag, "b").href("/catalog"), "/catalog?tag=a&tag=b");
    assert_eq!(state.toggled(tag, "a").href("/catalog"), "/catalog");
    assert_eq!(
        state.ordered("name").href("/catalog"),
        "/catalog?tag=a&sort=-name"
    );
    assert_eq!(
        state.ordered("owner").ordered("owner").href("/catalog"),
        "/catalog?tag=a&sort=-owner"
    );
    assert_eq!(
        state.ordered("name").ordered("name").href("/catalog"),
        "/catalog?tag=a"
    );
}

#[test]
fn the_kind_column_is_for_lists_of_several_kinds() {
    assert!(ListState::parse("", &[]).shown().contains(&"kind"));
    assert!(!ListState::parse("kind=api", &[]).shown().contains(&"kind"));
}

#[test]
fn states_of_plugins_are_columns_behind_the_lifecycle() {
    let shown = ListState::parse("kind=api", &[&RUNTIME]).shown();
    assert_eq!(shown[3..5], ["lifecycle", "runtime"]);
    let state = ListState::parse("runtime=down", &[&RUNTIME]);
    assert_eq!(state.active(), 1);
    assert_eq!(
        state.with_state_toggled(0, "well").states[0].chosen,
        ["down", "well"]
    );
    assert_eq!(state.cleared().href("/catalog"), "/catalog");
}
