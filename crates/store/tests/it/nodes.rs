//! Entities and the scan over them.

use model::{Fault, Place as Written, Problem};
use store::{Lane, Node, ScanPosition, SourceKey, StoreError};
use uuid::Uuid;

use crate::fixture::{Place, node, put, strings};

pub async fn written_read_and_replaced(place: &Place) {
    let store = place.open().await;
    let mut first = Node {
        raw: Some("{\"quote\": \"it's ? \\\" ü 🎉\"}".to_owned()),
        problems: vec![Problem::error(Fault::input("bad").caused_by(Fault::error("worse"))).hint("mend it")],
        place: Some(Written {
            source: "file:a.yaml".to_owned(),
            line: Some(3),
            ..Written::default()
        }),
        orphan: true,
        ..node("component:default/a")
    };
    put(&store, std::slice::from_ref(&first)).await;
    assert_eq!(
        store.node("component:default/a").await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(store.node("component:default/b").await.unwrap(), None);

    first.location_key = None;
    first.final_json = None;
    first.place = None;
    first.problems.clear();
    first.orphan = false;
    put(&store, std::slice::from_ref(&first)).await;
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let found = tx
        .nodes(&strings(&["component:default/a", "component:default/b"]))
        .await;
    assert_eq!(found.unwrap(), [first.clone()]);
    let found = tx.nodes_by_uid(&[first.uid, Uuid::new_v4()]).await.unwrap();
    assert_eq!(found, [first]);
    assert!(tx.nodes(&[]).await.unwrap().is_empty());
}

pub async fn deleted_with_what_belongs_to_them(place: &Place) {
    let store = place.open().await;
    let (gone, kept) = (node("location:default/a"), node("component:default/b"));
    put(&store, &[gone.clone(), kept.clone()]).await;
    let [gone, kept] = [gone.reference, kept.reference];
    let key = SourceKey::Entity(gone.clone());
    let provider = SourceKey::Provider("p".to_owned());
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.set_edges(&provider, &[gone.clone(), kept.clone()], &[])
        .await
        .unwrap();
    tx.set_edges(&key, std::slice::from_ref(&kept), &[])
        .await
        .unwrap();
    tx.set_refresh_keys(&[(gone.clone(), strings(&["k"]))])
        .await
        .unwrap();
    tx.mark_due(std::slice::from_ref(&key), crate::fixture::time(0))
        .await
        .unwrap();
    tx.delete_nodes(std::slice::from_ref(&gone)).await.unwrap();
    assert!(tx.nodes(std::slice::from_ref(&gone)).await.unwrap().is_empty());
    assert_eq!(tx.children(&provider).await.unwrap().len(), 1);
    assert!(tx.children(&key).await.unwrap().is_empty());
    assert!(
        tx.refs_by_refresh_keys(&strings(&["k"]))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(tx.source_state(&[key]).await.unwrap().is_empty());
    assert!(tx.undeclared(10).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert!(store.node(&kept).await.unwrap().is_some());
}

pub async fn many_at_once(place: &Place) {
    let store = place.open().await;
    let nodes: Vec<Node> = (0..1_537)
        .map(|n| node(&format!("component:default/n{n}")))
        .collect();
    put(&store, &nodes).await;
    put(&store, &nodes).await;
    assert_eq!(store.size().await.unwrap().nodes, 1_537);
    assert!(store.size().await.unwrap().bytes > 100_000);
    let uids: Vec<Uuid> = nodes.iter().map(|node| node.uid).collect();
    let bodies = store.bodies(&uids).await.unwrap();
    assert_eq!(bodies.len(), 1_537);
    assert_eq!(Some(&*bodies[&uids[700]]), nodes[700].final_json.as_deref());
    let references: Vec<String> = nodes.into_iter().map(|node| node.reference).collect();
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    assert_eq!(tx.nodes(&references[..530]).await.unwrap().len(), 530);
    tx.delete_nodes(&references[1..]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.size().await.unwrap().nodes, 1);
}

pub async fn listed_by_state(place: &Place) {
    let store = place.open().await;
    let good = node("component:default/a");
    let bad = Node {
        problems: vec![Problem::warning(Fault::input("odd"))],
        ..node("component:default/b")
    };
    let never = Node {
        final_json: None,
        problems: vec![Problem::error(Fault::input("bad"))],
        ..node("component:default/c")
    };
    let orphan = Node {
        orphan: true,
        ..node("component:default/d")
    };
    put(&store, &[orphan.clone(), never.clone(), bad.clone(), good]).await;
    let first = store.nodes_with_problems("", 1).await.unwrap();
    assert_eq!(first, std::slice::from_ref(&bad));
    let next = store.nodes_with_problems(&bad.reference, 5).await.unwrap();
    assert_eq!(next, std::slice::from_ref(&never));
    assert_eq!(store.nodes_without_final("", 5).await.unwrap(), [never]);
    assert_eq!(store.nodes_orphaned("", 5).await.unwrap(), [orphan]);
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    assert_eq!(
        tx.undeclared(2).await.unwrap(),
        strings(&["component:default/a", "component:default/b"])
    );
}

pub async fn conflicts_and_bad_text_are_told(place: &Place) {
    let store = place.open().await;
    let first = node("component:default/a");
    put(&store, std::slice::from_ref(&first)).await;
    let same_id = Node {
        uid: first.uid,
        ..node("component:default/b")
    };
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let error = tx.upsert_nodes(&[same_id]).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    tx.rollback().await.unwrap();
    let bad = Node {
        raw_hash: "a\0b".to_owned(),
        ..node("component:default/c")
    };
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let error = tx.upsert_nodes(&[bad]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a text with a NUL character cannot be stored: \"a\""
    );
}

pub async fn scanned_in_pieces(place: &Place) {
    let store = place.open().await;
    let mut nodes: Vec<Node> = (0..25)
        .map(|n| node(&format!("component:default/n{n}")))
        .collect();
    nodes[3].final_json = None;
    put(&store, &nodes).await;
    put(&store, &nodes[..5]).await;
    let (mut seen, mut position, mut pieces) = (vec![], Some(ScanPosition::default()), 0);
    while let Some(after) = position {
        let (rows, next) = store.scan_finals(after, 10).await.unwrap();
        seen.extend(
            rows.into_iter()
                .map(|row| (row.uid, row.reference, Some(row.json), row.changed_at)),
        );
        (position, pieces) = (next, pieces + 1);
    }
    nodes.remove(3);
    let expected = nodes
        .into_iter()
        .map(|node| (node.uid, node.reference, node.final_json, node.updated_at));
    assert_eq!(seen, expected.collect::<Vec<_>>());
    assert_eq!(pieces, 4);
}
