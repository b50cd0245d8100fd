//! Tasks whose process is killed, tasks that are cancelled, and tasks that are tried again.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use model::{Actor, Viewer};
use scaffolder::tasks::{StepState, TaskState};
use serde_json::{Value, json};

use crate::world::World;

fn steps() -> Value {
    json!([
        {"id": "first", "action": "test:gate", "input": {"name": "${{ parameters.name }}"}},
        {"id": "second", "action": "test:gate", "input": {"waits": true}},
        {"id": "third", "action": "test:gate", "input": {"before": "${{ steps.first.output.run }}"}},
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_goes_on_without_repeating_a_finished_step() {
    let world = World::new().await;
    let template = world.template(&steps(), &json!({"run": "${{ steps.first.output.run }}"}), &[]);
    let id = world.begin(&template, &[]).await;
    let process = world.process();
    world.runs_of_gate(2).await;
    process.kill().await;
    let task = world.tasks.show(id).await.unwrap().unwrap();
    assert_eq!(task.state, TaskState::Processing);
    world.gate.open.add_permits(8);
    let process = world.process();
    let task = world.ended(id).await;
    process.end().await;
    assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
    assert_eq!(task.output, Some(json!({"run": 1})));
    // First once, second twice because it was not finished, third once.
    assert_eq!(world.gate.runs.load(Ordering::SeqCst), 4);
    let messages = world.messages(id).await;
    assert_eq!(
        messages.matches("Beginning step test:gate").count(),
        4,
        "{messages}"
    );
    assert!(messages.contains("1 step(s) already completed"), "{messages}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stops_leaves_the_task_to_the_next_one() {
    let world = World::new().await;
    let template = world.template(&steps(), &json!({}), &[]);
    let id = world.begin(&template, &[]).await;
    let process = world.process();
    world.runs_of_gate(2).await;
    process.end().await;
    world.gate.open.add_permits(8);
    let process = world.process();
    let task = world.ended(id).await;
    process.end().await;
    assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_task_ends_at_once_and_says_so() {
    let world = World::new().await;
    let template = world.template(&steps(), &json!({}), &[]);
    let actor = Actor::caller(&Viewer::guest(), None);
    let process = world.process();
    let id = world.begin(&template, &[("token", "hush-hush")]).await;
    world.runs_of_gate(2).await;
    world.tasks.cancel(id, &actor).await.unwrap();
    let task = world.ended(id).await;
    assert_eq!((task.state, task.is_cancelled), (TaskState::Failed, true));
    assert_eq!(task.steps[1].state, StepState::Cancelled);
    assert!(task.problem.unwrap().message.contains("has been cancelled"));
    process.end().await;
    // Nobody runs this one: it ends without a process.
    let id = world.begin(&template, &[]).await;
    world.tasks.cancel(id, &actor).await.unwrap();
    let task = world.tasks.show(id).await.unwrap().unwrap();
    assert_eq!((task.state, task.is_cancelled), (TaskState::Failed, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_failed_goes_on_behind_its_finished_steps() {
    let world = World::new().await;
    let steps = json!([
        {"id": "first", "action": "test:gate", "input": {}},
        {"id": "second", "action": "fetch:plain:file", "input": {"url": "./late.txt", "targetPath": "late.txt"}},
        {"id": "third", "action": "test:gate", "input": {}},
        {"id": "always", "if": "${{ always() }}", "action": "test:gate", "input": {}},
    ]);
    let template = world.template(&steps, &json!({}), &[("other.txt", "x")]);
    let process = world.process();
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    let states: Vec<StepState> = task.steps.iter().map(|step| step.state).collect();
    let expected = [
        StepState::Completed,
        StepState::Failed,
        StepState::Skipped,
        StepState::Completed,
    ];
    assert_eq!(states, expected, "{}", world.messages(id).await);
    assert_eq!(world.gate.runs.load(Ordering::SeqCst), 2);
    std::fs::write(world.path("template/late.txt"), "here").unwrap();
    let actor = Actor::caller(&Viewer::guest(), None);
    world
        .tasks
        .retry(id, None, &BTreeMap::new(), &actor)
        .await
        .unwrap();
    let task = world.ended(id).await;
    process.end().await;
    assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
    // Only the third step was left.
    assert_eq!(world.gate.runs.load(Ordering::SeqCst), 3);
    let refused = world
        .tasks
        .retry(id, None, &BTreeMap::new(), &actor)
        .await
        .unwrap_err();
    assert_eq!(refused.name, "ConflictError");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_done_again_from_a_step_with_the_files_as_they_were() {
    let world = World::new().await;
    let fetch = |file: &str| json!({"url": format!("./{file}"), "targetPath": file});
    let steps = json!([
        {"id": "first", "action": "fetch:plain:file", "input": fetch("a.txt")},
        {"id": "count", "action": "test:gate", "input": {}},
        {"id": "second", "action": "fetch:plain:file", "input": fetch("b.txt")},
        {"id": "third", "action": "fetch:plain:file", "input": fetch("late.txt")},
        {"id": "look", "action": "debug:log", "input": {"listWorkspace": "with-contents"}},
    ]);
    let files = [("a.txt", "a of then"), ("b.txt", "b of then")];
    let template = world.template(&steps, &json!({}), &files);
    let process = world.process();
    let id = world.begin(&template, &[]).await;
    assert_eq!(world.ended(id).await.state, TaskState::Failed);
    for (file, text) in [("a.txt", "a of now"), ("b.txt", "b of now"), ("late.txt", "late")] {
        std::fs::write(world.path(&format!("template/{file}")), text).unwrap();
    }
    let actor = Actor::caller(&Viewer::guest(), None);
    for (step, expected) in [
        ("look", "the step 'third' before it is not finished"),
        ("none", "no step 'none'"),
    ] {
        let refused = world
            .tasks
            .retry(id, Some(step), &BTreeMap::new(), &actor)
            .await
            .unwrap_err();
        assert!(refused.message.contains(expected), "{refused}");
    }
    world
        .tasks
        .retry(id, Some("second"), &BTreeMap::new(), &actor)
        .await
        .unwrap();
    let task = world.ended(id).await;
    process.end().await;
    let messages = world.messages(id).await;
    assert_eq!(task.state, TaskState::Completed, "{messages}");
    assert_eq!(task.again_from.as_deref(), Some("second"));
    assert_eq!(
        world.gate.runs.load(Ordering::SeqCst),
        1,
        "the steps before it are not repeated"
    );
    assert!(
        messages.contains("a of then") && messages.contains("b of now"),
        "{messages}"
    );
    assert!(
        !messages.contains("a of now") && !messages.contains("b of then"),
        "{messages}"
    );
}

/// A step that keeps something and is finished, and one that fails.
fn keeping(first: &Value) -> Value {
    json!([
        {"id": "first", "action": "test:gate", "input": first},
        {"id": "second", "action": "fetch:plain:file", "input": {"url": "./late.txt", "targetPath": "late.txt"}},
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_step_knows_only_what_it_made_where_a_person_has_it_done_again() {
    let world = World::new().await;
    let template = world.template(
        &keeping(&json!({"keeps": true})),
        &json!({}),
        &[("other.txt", "x")],
    );
    let process = world.process();
    let id = world.begin(&template, &[]).await;
    assert_eq!(world.ended(id).await.state, TaskState::Failed);
    let actor = Actor::caller(&Viewer::guest(), None);
    for (run, from) in [(2, Some("first")), (2, None), (3, Some("first"))] {
        let none = BTreeMap::new();
        world.tasks.retry(id, from, &none, &actor).await.unwrap();
        assert_eq!(world.ended(id).await.state, TaskState::Failed);
        let messages = world.messages(id).await;
        assert_eq!(world.gate.runs.load(Ordering::SeqCst), run, "{messages}");
        let found = format!("run {run} finds {}", json!({"earlier": run - 1}));
        assert!(messages.contains(&found), "{messages}");
    }
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_a_step_knows_all_that_it_kept() {
    let world = World::new().await;
    let first = json!({"keeps": true, "waits": true});
    let template = world.template(&keeping(&first), &json!({}), &[("late.txt", "x")]);
    let id = world.begin(&template, &[]).await;
    let process = world.process();
    world.runs_of_gate(1).await;
    process.kill().await;
    world.gate.open.add_permits(8);
    let process = world.process();
    let task = world.ended(id).await;
    process.end().await;
    let messages = world.messages(id).await;
    assert_eq!(task.state, TaskState::Completed, "{messages}");
    assert!(messages.contains("run 2 finds 1"), "{messages}");
}

/// Two ways to one step, of which the first or the second is gone; behind them a step that waits.
fn two_ways(goes_first: bool) -> Value {
    json!([
        {"id": "make", "action": "test:gate", "if": goes_first, "input": {"way": "first"}},
        {"id": "make", "action": "test:gate", "if": !goes_first, "input": {"way": "second"}},
        {"id": "use", "action": "test:gate", "input": {"waits": true, "made": "${{ steps.make.output.run }}"}},
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_steps_with_one_id_the_one_whose_condition_holds_runs() {
    let done = StepState::Completed;
    for (goes_first, states) in [
        (true, [done, StepState::Skipped]),
        (false, [StepState::Skipped, done]),
    ] {
        let world = World::new().await;
        let output = json!({"made": "${{ steps.make.output.run }}"});
        let id = world
            .begin(&world.template(&two_ways(goes_first), &output, &[]), &[])
            .await;
        let process = world.process();
        world.runs_of_gate(2).await;
        process.kill().await;
        world.gate.open.add_permits(8);
        let process = world.process();
        let task = world.ended(id).await;
        process.end().await;
        let messages = world.messages(id).await;
        assert_eq!(task.output, Some(json!({"made": 1})), "{messages}");
        assert_eq!([task.steps[0].state, task.steps[1].state], states, "{messages}");
        // One of the two ways once, the step behind them twice because the process ended in it.
        assert_eq!(world.gate.runs.load(Ordering::SeqCst), 3, "{messages}");
        let events = world.tasks.events(id, 0).await.unwrap();
        let of_second = events
            .iter()
            .filter(|event| event.step_key.as_deref() == Some("make~2"));
        let is_clear = of_second
            .clone()
            .all(|event| event.step.as_deref() == Some("make"));
        assert!(of_second.count() > 0 && is_clear, "{events:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_done_again_from_the_second_of_two_steps_with_one_id() {
    let world = World::new().await;
    let steps = json!([
        {"id": "same", "action": "test:gate", "input": {}},
        {"id": "same", "action": "fetch:plain:file", "input": {"url": "./late.txt", "targetPath": "late.txt"}},
        {"id": "look", "action": "debug:log", "input": {"message": "gave ${{ steps.same.output | dump }}"}},
    ]);
    let template = world.template(&steps, &json!({}), &[("other.txt", "x")]);
    let process = world.process();
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    assert_eq!(
        (task.steps[0].state, task.steps[1].state),
        (StepState::Completed, StepState::Failed)
    );
    std::fs::write(world.path("template/late.txt"), "here").unwrap();
    let actor = Actor::caller(&Viewer::guest(), None);
    world
        .tasks
        .retry(id, Some("same~2"), &BTreeMap::new(), &actor)
        .await
        .unwrap();
    let task = world.ended(id).await;
    process.end().await;
    assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
    assert_eq!(
        world.gate.runs.load(Ordering::SeqCst),
        1,
        "the first is not repeated"
    );
    let messages = world.messages(id).await;
    assert!(
        messages.contains("gave {}"),
        "the output is that of the later one: {messages}"
    );
}
