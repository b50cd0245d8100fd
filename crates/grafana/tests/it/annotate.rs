//! Templates note in Grafana what they have done, where the configuration allows it.

use model::{Actor, Fault};
use plugin::{ActionContext, Secrets};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use work::{Checkpoint, JobLog};
use workspace::Workspace;

use crate::fake::Mode;
use crate::world::World;

async fn world(annotate: bool) -> World {
    let section = move |address: &str| json!({"domain": "https://g", "url": address, "token": "geheim", "annotate": annotate});
    World::configured("grafana/dashboard-selector: app=orders", section).await
}

async fn run(world: &World, input: Value, is_dry: bool, checkpoint: Option<Value>) -> Result<Value, Fault> {
    let folder = tempfile::tempdir().unwrap();
    let context = ActionContext {
        input,
        actor: Actor::system("test"),
        workspace: Workspace::open(&folder.path().join("files.log")).unwrap(),
        secrets: Secrets::default(),
        log: JobLog::in_memory(),
        checkpoint: Checkpoint::in_memory(checkpoint),
        stop: CancellationToken::new(),
        dry_run: is_dry,
        template_run: None,
    };
    world.contributions.actions[0].run(context).await
}

#[tokio::test]
async fn a_note_is_written_once() {
    let world = world(true).await;
    let input = json!({"text": "orders moved", "tags": ["app=orders"], "dashboardUid": "orders"});
    assert_eq!(run(&world, input.clone(), true, None).await.unwrap(), json!({}));
    assert!(world.grafana.notes().is_empty(), "a dry run writes nothing");
    let done = run(&world, input.clone(), false, None).await.unwrap();
    assert_eq!(done, json!({"id": 7}));
    assert_eq!(
        run(&world, input.clone(), false, Some(done.clone()))
            .await
            .unwrap(),
        done
    );
    let notes = world.grafana.notes();
    assert_eq!(
        notes.len(),
        1,
        "a step that is done again after a crash writes nothing twice"
    );
    assert_eq!(
        (&notes[0]["text"], &notes[0]["tags"], &notes[0]["dashboardUID"]),
        (&json!("orders moved"), &json!(["app=orders"]), &json!("orders"))
    );
    world.grafana.set(Mode::Forbidden);
    let refused = run(&world, input, false, None).await.unwrap_err();
    assert!(refused.message.contains("403 Forbidden"), "{refused:?}");
    let elsewhere = json!({"text": "x", "tags": ["y"], "hostId": "z"});
    let unknown = run(&world, elsewhere, false, None).await.unwrap_err();
    assert!(unknown.message.contains("\"z\" not found"), "{unknown:?}");
}

#[tokio::test]
async fn nothing_is_written_unless_the_configuration_says_so() {
    assert!(world(false).await.contributions.actions.is_empty());
}
