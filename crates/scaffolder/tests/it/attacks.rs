//! What a hostile template tries: paths and links out of its folder, work without end, addresses inside the network, and
//! more tasks than fit.

use scaffolder::tasks::TaskState;
use serde_json::{Value, json};

use crate::world::World;

/// Tasks that are begun at once.
const MANY: usize = 1_000;

/// Runs steps beside these files; why they fail.
async fn failure(world: &World, steps: Value, files: &[(&str, &str)]) -> String {
    let template = world.template(&steps, &json!({}), files);
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    assert_eq!(task.state, TaskState::Failed, "{steps}");
    task.problem.unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out() {
    let world = World::new().await;
    let process = world.process();
    let outside = world.path("outside.txt");
    std::fs::write(&outside, "untouched").unwrap();
    let up = "../../../outside.txt";
    let absolute = outside.display().to_string();
    let files = [("skeleton/a.txt", "a"), ("names/${{ values.path }}", "written")];
    let fetch = json!({"action": "fetch:template", "input": {"url": "./skeleton", "values": {}}});
    for path in [up, absolute.as_str()] {
        for step in [
            json!({"action": "fs:delete", "input": {"files": [path]}}),
            json!({"action": "fs:rename", "input": {"files": [{"from": "a.txt", "to": path}]}}),
            json!({"action": "fs:rename", "input": {"files": [{"from": path, "to": "b.txt"}]}}),
            json!({"action": "fs:read", "input": {"path": path}}),
            json!({"action": "roadiehq:utils:fs:write", "input": {"path": path, "content": "x"}}),
            json!({"action": "roadiehq:utils:fs:append", "input": {"file": path, "content": "x"}}),
            json!({"action": "roadiehq:utils:zip", "input": {"path": path, "outputPath": "x.zip"}}),
            json!({"action": "catalog:write", "input": {"filePath": path, "entity": {}}}),
            json!({"action": "fetch:template", "input": {"url": "./skeleton", "targetPath": path, "values": {}}}),
            json!({"action": "fetch:plain", "input": {"url": path}}),
            json!({"action": "publish:folder", "input": {"name": "x", "sourcePath": path}}),
        ] {
            let why = failure(&world, json!([fetch, step]), &files).await;
            assert!(!why.contains("untouched"), "{step}: {why}");
            assert_eq!(std::fs::read_to_string(&outside).unwrap(), "untouched", "{step}");
        }
    }
    for path in [up, "a/../../b"] {
        let step = json!({"action": "fetch:template", "input": {"url": "./names", "values": {"path": path}}});
        failure(&world, json!([step]), &files).await;
        assert_eq!(std::fs::read_to_string(&outside).unwrap(), "untouched", "{path}");
    }
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_leads_out() {
    let world = World::new().await;
    let process = world.process();
    let secret = world.path("secret.txt");
    std::fs::write(&secret, "hush-hush").unwrap();
    let folder = world.path("template/skeleton");
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(&secret, folder.join("link.txt")).unwrap();
    let steps = json!([
        {"action": "fetch:plain", "input": {"url": "./skeleton"}},
        {"id": "read", "action": "fs:read", "input": {"path": "link.txt"}},
    ]);
    let output = json!({"all": "${{ steps['read'].output }}"});
    let template = world.template(&steps, &output, &[("skeleton/a.txt", "a")]);
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    assert_eq!(task.state, TaskState::Failed);
    let all = format!("{}{:?}", world.messages(id).await, task.output);
    assert!(!all.contains("hush-hush"), "{all}");
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_without_end_ends() {
    let world = World::new().await;
    let process = world.process();
    let grows = "{% set s = 'xxxxxxxxxx' %}{% for a in range(60) %}{% set s = s + s %}{% endfor %}${{ s }}";
    let steps = json!([{"action": "fetch:template", "input": {"url": "./skeleton", "values": {}}}]);
    let why = failure(&world, steps, &[("skeleton/bomb.txt", grows)]).await;
    assert!(why.contains("longer than") && why.contains("bomb.txt"), "{why}");
    let rounds = json!([{"action": "debug:log", "each": "${{ range(99999) }}", "input": {"message": "x"}}]);
    let why = failure(&world, rounds, &[]).await;
    assert!(why.contains("are allowed") || why.contains("range"), "{why}");
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_inside_the_network_are_not_read() {
    let world = World::new().await;
    let process = world.process();
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/x",
        "http://[::1]:1/x",
        "http://localhost:1/x",
        "file:///etc/passwd",
    ] {
        for action in ["fetch:plain", "fetch:template", "fetch:plain:file"] {
            let step = json!([{"action": action, "input": {"url": url, "targetPath": "x"}}]);
            let why = failure(&world, step, &[]).await;
            assert!(!why.contains("root:"), "{action} {url}: {why}");
        }
        let step = json!([{"action": "http:request", "input": {"method": "GET", "url": url}}]);
        failure(&world, step, &[]).await;
    }
    assert_eq!(world.calls(), Vec::<String>::new(), "nobody was called");
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tasks_at_once_all_end() {
    let world = World::new().await;
    let steps = json!([{"action": "test:gate", "input": {}}]);
    let template = world.template(&steps, &json!({}), &[]);
    let mut tasks = Vec::new();
    for _ in 0..MANY {
        tasks.push(world.begin(&template, &[]).await);
    }
    let process = world.process();
    for id in tasks {
        let task = world.ended(id).await;
        assert_eq!(task.state, TaskState::Completed);
    }
    let runs = world.gate.runs.load(std::sync::atomic::Ordering::SeqCst);
    process.end().await;
    assert_eq!(runs, MANY, "each ran once");
}
