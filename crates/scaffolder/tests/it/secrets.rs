//! Secrets stand in no event, no error and no stored task.

use serde_json::json;

use crate::world::World;

const SECRET: &str = "correct-horse-battery";

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_used_and_shown_nowhere() {
    let world = World::new().await;
    let steps = json!([
        {"id": "log", "action": "debug:log", "input": {"message": "n=5 s=${{ secrets.token }}"}},
        {"id": "upper", "action": "debug:log", "input": {"message": "${{ secrets.token | upper }}"}},
        {
            "id": "open", "action": "debug:log", "if": "${{ secrets.token }}",
            "input": {"message": "a condition sees a secret"},
        },
        {"id": "fail", "action": "test:gate", "input": {"fails": true, "why": "${{ secrets.token }}"}},
    ]);
    let template = world.template(&steps, &json!({"leak": "${{ secrets.token }}"}), &[]);
    let process = world.process();
    let id = world.begin(&template, &[("token", SECRET)]).await;
    let task = world.ended(id).await;
    process.end().await;
    let messages = world.messages(id).await;
    assert!(messages.contains("***"), "{messages}");
    assert!(
        !messages.contains("n=5"),
        "a text with a secret is hidden as a whole: {messages}"
    );
    assert!(!messages.contains("a condition sees"), "{messages}");
    let problem = task.problem.clone().unwrap().message;
    assert_eq!(problem, "refused with \"***\"");
    let events = world.tasks.events(id, 0).await.unwrap();
    for shown in [
        messages,
        problem,
        format!("{events:?}"),
        task.to_wire().to_string(),
    ] {
        let shown = shown.to_lowercase();
        assert!(!shown.contains(SECRET), "{shown}");
    }
}
