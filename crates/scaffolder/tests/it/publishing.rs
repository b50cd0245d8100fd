//! From a skeleton to a local repository that Git itself accepts.

use std::path::Path;
use std::process::Command;

use scaffolder::tasks::TaskState;
use serde_json::{Value, json};

use crate::world::World;

fn git(folder: &Path, arguments: &[&str]) -> String {
    let ran = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

fn steps(name: &str) -> Value {
    json!([
        {"action": "fetch:template", "input": {
            "url": "./skeleton",
            "values": {"name": "${{ parameters.name }}", "extra": ""},
            "copyWithoutTemplating": ["raw"],
        }},
        {"action": "fs:rename", "input": {"files": [{"from": "old.txt", "to": "new/place.txt"}]}},
        {"action": "publish:folder", "input": {"name": name}},
    ])
}

const FILES: [(&str, &str); 5] = [
    ("skeleton/${{ values.name }}/main.ts", "// ${{ values.name }}\n"),
    ("skeleton/${{ values.extra }}", "left out, for its name is empty"),
    ("skeleton/raw/kept.txt", "${{ values.name }}"),
    (
        "skeleton/old.txt",
        "{% if values.name == 'orders' %}yes{% endif %}",
    ),
    ("skeleton/a.b/c", "sorted between a and a/"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_rendered_skeleton_becomes_a_repository() {
    let world = World::new().await;
    let template = world.template(
        &steps("orders"),
        &json!({"at": "${{ steps['step-3'].output.commitHash }}"}),
        &FILES,
    );
    let process = world.process();
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
    let repository = world.path("data/repositories/orders");
    assert_eq!(git(&repository, &["fsck", "--strict"]), "");
    assert_eq!(git(&repository, &["status", "--porcelain"]), "");
    let head = git(&repository, &["log", "--format=%H %an <%ae> %s"]);
    let commit = task.output.unwrap()["at"].as_str().unwrap().to_owned();
    assert_eq!(
        head.trim(),
        format!("{commit} Scaffolder <scaffolder@backstage.io> initial commit")
    );
    let files = git(&repository, &["ls-files"]);
    assert_eq!(files, "a.b/c\nnew/place.txt\norders/main.ts\nraw/kept.txt\n");
    assert_eq!(git(&repository, &["show", "HEAD:orders/main.ts"]), "// orders\n");
    assert_eq!(git(&repository, &["show", "HEAD:new/place.txt"]), "yes");
    assert_eq!(
        git(&repository, &["show", "HEAD:raw/kept.txt"]),
        "${{ values.name }}"
    );
    // Another task may not overwrite it.
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    process.end().await;
    assert!(task.problem.unwrap().message.contains("is there already"));
}
