//! What actions say when they cannot do their work.

use scaffolder::tasks::TaskState;
use serde_json::{Value, json};

use crate::world::World;

async fn failure(world: &World, action: &str, input: Value) -> String {
    let steps = json!([{"id": "one", "action": action, "input": input}]);
    let files = [
        ("skeleton/broken.txt", "line\n${{ values.x | nope }}"),
        ("fine/a.txt", "a"),
    ];
    let template = world.template(&steps, &json!({}), &files);
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    assert_eq!(
        task.state,
        TaskState::Failed,
        "{action} {input}: {}",
        world.messages(id).await
    );
    task.problem.unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_name_the_thing_and_the_way_out() {
    let gitea = json!({"gitea": [{"host": "gitea.example", "baseUrl": "http://127.0.0.1:1"}]});
    let world = World::with(json!({ "integrations": gitea })).await;
    let process = world.process();
    for (action, input, expected) in [
        ("no:such", json!({}), "'no:such' is not registered"),
        (
            "debug:wait",
            json!({"seconds": "long"}),
            "instance.seconds is not of a type(s) number",
        ),
        (
            "debug:wait",
            json!({"minutes": 11}),
            "longer than the maximum threshold of 10 minutes",
        ),
        (
            "fetch:template",
            json!({"url": "./skeleton"}),
            "line 2, column 16: Unknown template filter \"nope\" (in broken.txt)",
        ),
        (
            "fetch:template",
            json!({"url": "../"}),
            "NotAllowedError: Relative path is not allowed",
        ),
        (
            "fetch:template",
            json!({"url": "./fine", "targetPath": "../out"}),
            "NotAllowedError: Relative path",
        ),
        (
            "fetch:plain",
            json!({"url": "./nothing"}),
            "There are no files at ./nothing",
        ),
        (
            "fetch:plain",
            json!({"url": "https://elsewhere.example/a"}),
            "elsewhere.example",
        ),
        (
            "fetch:plain:file",
            json!({"url": "file:///etc/passwd", "targetPath": "x"}),
            "NotAllowedError",
        ),
        ("fs:delete", json!({"files": ["."]}), "NotAllowedError"),
        (
            "fs:rename",
            json!({"files": [{"from": "a", "to": "b"}]}),
            "There is no a in the workspace",
        ),
        (
            "catalog:register",
            json!({}),
            "no step before has published a repository",
        ),
        (
            "catalog:register",
            json!({"catalogInfoUrl": "file:///etc/passwd"}),
            "InputError",
        ),
        (
            "catalog:fetch",
            json!({"entityRef": "component:default/none"}),
            "Entity component:default/none not found",
        ),
        (
            "publish:folder",
            json!({"name": "../x"}),
            "is no name of a repository",
        ),
        (
            "publish:folder",
            json!({"name": "x"}),
            "There is nothing to publish",
        ),
        (
            "publish:gitea",
            json!({"repoUrl": "other.example?repo=x"}),
            "No matching integration configuration for host other.example",
        ),
        (
            "publish:gitea",
            json!({"repoUrl": "gitea.example"}),
            "missing repo",
        ),
        (
            "publish:gitea",
            json!({"repoUrl": "gitea.example?repo=x"}),
            "has no token; set integrations.gitea[].password",
        ),
    ] {
        let failure = failure(&world, action, input).await;
        assert!(failure.contains(expected), "{action}: {failure}");
    }
    process.end().await;
}
