//! Relations, edges and refresh keys.

use std::collections::{BTreeSet, HashMap};

use store::{Lane, RelationRow, SourceKey, WriteTx};

use crate::fixture::{Place, node, put, strings};

fn row(text: &str) -> RelationRow {
    let [origin, source, kind, target] = text.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{text} is not: origin source kind target");
    };
    RelationRow {
        origin: origin.to_owned(),
        source: source.to_owned(),
        kind: kind.to_owned(),
        target: target.to_owned(),
    }
}

async fn check(tx: &mut WriteTx, origin: &str, rows: &[&str], expected: &[&str]) {
    let stated = [(origin.to_owned(), rows.iter().map(|text| row(text)).collect())];
    let changed = tx.replace_relations(&stated).await.unwrap();
    assert!(changed.values().all(|by| by == origin), "{changed:?}");
    assert_eq!(
        changed.into_keys().collect::<BTreeSet<_>>(),
        BTreeSet::from_iter(strings(expected)),
        "{origin} {rows:?}"
    );
}

pub async fn differences_are_told(place: &Place) {
    let store = place.open().await;
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let owned = ["c c ownedBy g", "c g ownerOf c"];
    check(&mut tx, "c", &owned, &["c", "g"]).await;
    check(&mut tx, "c", &owned, &[]).await;
    check(
        &mut tx,
        "c",
        &["c c ownedBy g", "c g ownerOf c", "c c ownedBy g"],
        &[],
    )
    .await;
    check(&mut tx, "d", &["d d partOf s", "d s hasPart d"], &["d", "s"]).await;
    check(
        &mut tx,
        "c",
        &["c c ownedBy h", "c h ownerOf c", "c g ownerOf c"],
        &["c", "h"],
    )
    .await;
    let served = tx
        .relations_of(&strings(&["s", "g", "c", "nobody"]))
        .await
        .unwrap();
    let pair = |kind: &str, target: &str| vec![(kind.to_owned(), target.to_owned())];
    let expected = [
        ("s".to_owned(), pair("hasPart", "d")),
        ("g".to_owned(), pair("ownerOf", "c")),
        ("c".to_owned(), pair("ownedBy", "h")),
    ];
    assert_eq!(served, HashMap::from(expected));
    check(&mut tx, "c", &[], &["c", "g", "h"]).await;
    assert!(
        tx.relations_of(&strings(&["c", "g", "h"]))
            .await
            .unwrap()
            .is_empty()
    );
    let many: Vec<(String, Vec<RelationRow>)> = (0..700)
        .map(|n| {
            (
                format!("o{n}"),
                vec![
                    row(&format!("o{n} o{n} dependsOn x")),
                    row(&format!("o{n} x dependencyOf o{n}")),
                ],
            )
        })
        .collect();
    assert_eq!(tx.replace_relations(&many).await.unwrap().len(), 701);
    assert!(tx.replace_relations(&many).await.unwrap().is_empty());
}

pub async fn edges(place: &Place) {
    let store = place.open().await;
    put(&store, &[node("a"), node("b"), node("c")]).await;
    let (provider, entity) = (SourceKey::Provider("p".into()), SourceKey::Entity("a".into()));
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.set_edges(&provider, &strings(&["a", "b"]), &[]).await.unwrap();
    tx.set_edges(&provider, &strings(&["b", "c"]), &strings(&["a"]))
        .await
        .unwrap();
    tx.set_edges(&entity, &strings(&["c"]), &[]).await.unwrap();
    let children = tx.children(&provider).await.unwrap();
    let names: Vec<&str> = children.iter().map(|child| child.reference.as_str()).collect();
    assert_eq!(names, ["b", "c"]);
    assert_eq!(children[0].location_key.as_deref(), Some("file:a.yaml"));
    let expected = [
        ("b".to_owned(), provider.clone()),
        ("c".to_owned(), entity),
        ("c".to_owned(), provider),
    ];
    assert_eq!(tx.parents(&strings(&["a", "b", "c"])).await.unwrap(), expected);
    assert_eq!(tx.undeclared(10).await.unwrap(), strings(&["a"]));
    assert_eq!(tx.provider_names().await.unwrap(), strings(&["p"]));
    tx.commit().await.unwrap();
    assert_eq!(store.parents(&strings(&["b"])).await.unwrap(), expected[..1]);
    assert_eq!(store.parents(&strings(&["c"])).await.unwrap(), expected[1..]);
}

pub async fn refresh_keys(place: &Place) {
    let store = place.open().await;
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let keys = [
        ("a".to_owned(), strings(&["k", "l", "k"])),
        ("b".to_owned(), strings(&["l"])),
    ];
    tx.set_refresh_keys(&keys).await.unwrap();
    assert_eq!(
        tx.refs_by_refresh_keys(&strings(&["l", "none"])).await.unwrap(),
        strings(&["a", "b"])
    );
    assert_eq!(
        tx.refs_by_refresh_keys(&strings(&["k"])).await.unwrap(),
        strings(&["a"])
    );
    tx.set_refresh_keys(&[("a".to_owned(), vec![])]).await.unwrap();
    assert_eq!(
        tx.with_refresh_keys(&strings(&["a", "b"])).await.unwrap(),
        strings(&["b"])
    );
    let of_files = strings(&["url:https://h/a.yaml", "URL:https://h/b.yaml", "file:/url:c.yaml"]);
    tx.set_refresh_keys(&[("a".to_owned(), of_files.clone()), ("b".to_owned(), of_files)])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        store.refresh_addresses().await.unwrap(),
        strings(&["https://h/a.yaml"])
    );
}
