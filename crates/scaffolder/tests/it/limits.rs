//! Tasks whose author may run some actions only, and lists of tasks that show some authors only.

use plugin::Condition;
use scaffolder::tasks::{TaskFilter, TaskState};
use scaffolder::{ActionLimit, Authors};
use serde_json::{Value, json};

use crate::world::World;

fn limit(condition: &Value) -> ActionLimit {
    ActionLimit::under(Condition::from_wire(condition).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_judged_with_the_input_that_it_is_given() {
    let world = World::new().await;
    let _process = world.process();
    let steps = json!([
        {"id": "one", "action": "debug:log", "input": {"message": "about ${{ parameters.name }}"}},
        {"id": "two", "action": "debug:log", "input": {"message": "secret ${{ parameters.name }}"}},
    ]);
    let template = world.template(&steps, &json!({}), &[]);
    let property = |message: &str| json!({"rule": "HAS_STRING_PROPERTY", "params": {"key": "message", "value": message}});
    for (condition, expected) in [
        (
            json!({"rule": "HAS_ACTION_ID", "params": {"actionId": "debug:log"}}),
            [true, true],
        ),
        (json!({"not": property("secret orders")}), [true, false]),
        (property("secret orders"), [false, false]),
        (
            json!({"rule": "HAS_ACTION_ID", "params": {"actionId": "fetch:plain"}}),
            [false, false],
        ),
    ] {
        let id = world.begin_within(&template, &limit(&condition)).await;
        let task = world.ended(id).await;
        let said = world.messages(id).await;
        for (message, is_run) in ["about orders", "secret orders"].iter().zip(expected) {
            assert_eq!(said.contains(message), is_run, "{condition}: {said}");
        }
        let is_whole = expected == [true, true];
        assert_eq!(task.state == TaskState::Completed, is_whole, "{condition}");
        let refusal = "Unauthorized action: debug:log. The action is not allowed.";
        assert_eq!(said.contains(refusal), !is_whole, "{condition}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_counts_are_of_the_authors_that_are_seen() {
    let world = World::new().await;
    let _process = world.process();
    let steps = json!([{"id": "one", "action": "debug:log", "input": {"message": "x"}}]);
    let template = world.template(&steps, &json!({}), &[]);
    let id = world.begin(&template, &[]).await;
    world.ended(id).await;
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let guest = "user:default/guest";
    for (seen, expected) in [
        (Authors::default(), 1),
        (Authors::Only(names(&[guest, "user:default/ines"])), 1),
        (Authors::Only(names(&["user:default/ines"])), 0),
        (Authors::Only(names(&[])), 0),
        (Authors::AllBut(names(&["user:default/ines"])), 1),
        (Authors::AllBut(names(&[guest])), 0),
    ] {
        let filter = TaskFilter {
            seen: seen.clone(),
            ..TaskFilter::default()
        };
        let page = world.tasks.list(&filter).await.unwrap();
        assert_eq!((page.tasks.len(), page.total), (expected, expected), "{seen:?}");
        let own = TaskFilter {
            created_by: vec![guest.to_owned()],
            ..filter
        };
        assert_eq!(world.tasks.list(&own).await.unwrap().total, expected, "{seen:?}");
    }
}
