//! The change log: what followers and readers of the history may rely on.

use serde_json::json;
use store::{ChangeKind, Lane, LogMark, NewChange, Node, Store};

use crate::fixture::{Place, append, change, node, put, time};

pub async fn appended_in_order(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.last_seq().await.unwrap(), 0);
    assert_eq!(store.oldest_seq().await.unwrap(), 0);
    let served = node("a");
    put(&store, std::slice::from_ref(&served)).await;
    let created = NewChange {
        uid: served.uid,
        ..change("a", time(0))
    };
    assert_eq!(append(&store, &[created, change("gone", time(0))]).await, 2);
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.append_changes(&[]).await.unwrap();
    tx.append_changes(&[change("b", time(1))]).await.unwrap();
    tx.append_changes(&[change("c", time(1))]).await.unwrap();
    assert_eq!(tx.commit().await.unwrap(), Some(4));
    let read = store.changes_since(0, 3).await.unwrap();
    let seen: Vec<_> = read.iter().map(|row| (row.seq, row.reference.as_str())).collect();
    assert_eq!(seen, [(1, "a"), (2, "gone"), (3, "b")]);
    assert_eq!(read[0].body.as_deref(), served.final_json.as_deref());
    assert_eq!(read[1].body, None);
    assert_eq!(store.changes_since(3, 9).await.unwrap()[0].reference, "c");
    assert!(store.changes_since(4, 9).await.unwrap().is_empty());
    let back = async |before, limit| {
        let rows = store.log_before(before, limit).await.unwrap();
        rows.into_iter().map(|row| row.seq).collect::<Vec<_>>()
    };
    assert_eq!(back(None, 3).await, [4, 3, 2]);
    assert_eq!(back(Some(2), 3).await, [1]);
    assert!(back(Some(1), 3).await.is_empty());
    assert_eq!(store.size().await.unwrap().changes, 4);
}

const WRITERS: i64 = 8;
const ROUNDS: i64 = 5;

/// Appends, giving up every other transaction.
async fn write(store: Store, writer: i64) {
    for round in 0..ROUNDS * 2 {
        let changes = vec![change(&format!("{writer}"), time(round)); 3];
        let mut tx = store.write(Lane::Bulk).await.unwrap();
        tx.append_changes(&changes).await.unwrap();
        if round % 2 == 0 {
            tx.commit().await.unwrap();
        }
    }
}

pub async fn gapless_with_many_writers(place: &Place) {
    let handles = [place.open().await, place.open().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (writer, handle) in (0..WRITERS).zip(handles.iter().cycle()) {
        tasks.spawn(write(handle.clone(), writer));
    }
    let (mut next, total) = (1, WRITERS * ROUNDS * 3);
    while next <= total {
        for row in handles[0].changes_since(next - 1, 7).await.unwrap() {
            assert_eq!(row.seq, next, "an entry appears only after all before it");
            next += 1;
        }
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    assert_eq!(handles[1].last_seq().await.unwrap(), total);
}

pub async fn history_of_an_entity(place: &Place) {
    let store = place.open().await;
    let changed = NewChange {
        kind: ChangeKind::Changed,
        diff: json!([{ "path": "/spec/owner", "before": "a", "after": null }]),
        ..change("a", time(2))
    };
    let deleted = NewChange {
        kind: ChangeKind::Deleted,
        body_before: Some("{}".to_owned()),
        ..change("a", time(3))
    };
    append(
        &store,
        &[
            change("a", time(1)),
            change("b", time(1)),
            changed.clone(),
            deleted,
        ],
    )
    .await;
    assert_eq!(store.history_length("a", 3).await.unwrap(), 2);
    assert_eq!(store.history_length("a", 9).await.unwrap(), 3);
    let large = NewChange {
        body_before: Some("x".repeat(9 << 20)),
        ..change("b", time(3))
    };
    append(&store, &[large.clone(), large]).await;
    let rows = store.log_before(None, 9).await.unwrap();
    assert_eq!(rows.len(), 1, "two of them are too much at once");
    let rows = store.log_before(Some(6), 9).await.unwrap();
    assert_eq!(rows.len(), 5);
    let rows = store.history("a", None, 2).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [4, 3]);
    assert_eq!(
        (rows[0].kind, rows[0].body_before.as_deref()),
        (ChangeKind::Deleted, Some("{}"))
    );
    assert_eq!(
        (rows[1].kind, &rows[1].diff),
        (ChangeKind::Changed, &changed.diff)
    );
    assert_eq!((rows[1].at, &rows[1].cause), (time(2), &changed.cause));
    let rows = store.history("a", Some(3), 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1]);
    assert!(store.history("none", None, 9).await.unwrap().is_empty());
}

pub async fn only_old_history_is_pruned(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.history_prune(time(9)).await.unwrap(), 0);
    let mut changes = vec![change("a", time(0)); 10_050];
    for new in &mut changes[30..] {
        new.at = time(100);
    }
    append(&store, &changes).await;
    assert_eq!(store.history_prune(time(0)).await.unwrap(), 0);
    assert_eq!(store.history_prune(time(50)).await.unwrap(), 30);
    assert_eq!(store.oldest_seq().await.unwrap(), 31);
    assert_eq!(
        store.history_prune(time(500)).await.unwrap(),
        20,
        "followers keep the last 10,000"
    );
    assert_eq!(store.oldest_seq().await.unwrap(), 51);
    assert_eq!(append(&store, &[change("a", time(600))]).await, 10_051);
}

pub async fn read_in_pieces_of_bounded_size(place: &Place) {
    let store = place.open().await;
    let beginning = store.log_mark().await.unwrap();
    let large: Vec<Node> = (0..40)
        .map(|number| Node {
            final_json: Some("x".repeat(1 << 20)),
            processed: None,
            ..node(&format!("n{number}"))
        })
        .collect();
    put(&store, &large).await;
    let changes: Vec<NewChange> = large
        .iter()
        .map(|node| NewChange {
            uid: node.uid,
            ..change(&node.reference, time(0))
        })
        .collect();
    append(&store, &changes).await;
    // An entity that changes often is read once.
    append(&store, &vec![changes[39].clone(); 500]).await;
    let (mut mark, mut sizes) = (beginning, Vec::new());
    loop {
        let followed = store.changes_after(&mark, 1_000).await.unwrap().unwrap();
        if followed.changes.is_empty() {
            break;
        }
        sizes.push(followed.changes.len());
        mark = followed.mark;
    }
    assert_eq!(sizes, [16, 16, 508]);
    let (mut position, mut pieces) = (store::ScanPosition::default(), Vec::new());
    while let (rows, Some(next)) = store.scan_finals(position, 1_000).await.unwrap() {
        pieces.push(rows.len());
        position = next;
    }
    assert_eq!(pieces, [16, 16, 8]);
}

pub async fn a_mark_is_known_in_its_own_log_only(place: &Place) {
    let store = place.open().await;
    let beginning = store.log_mark().await.unwrap();
    assert!(store.has_mark(&beginning).await.unwrap());
    append(&store, &[change("a", time(0)), change("b", time(1))]).await;
    let mark = store.log_mark().await.unwrap();
    assert_eq!(mark.seq, 2);
    assert!(store.has_mark(&mark).await.unwrap() && store.has_mark(&beginning).await.unwrap());
    let all = store.changes_after(&beginning, 9).await.unwrap().unwrap();
    assert_eq!((all.changes.len(), all.mark), (2, mark));
    assert_eq!(all.changes[1].at, time(1));
    for other in [
        LogMark { seq: 3, ..mark },
        LogMark {
            at: mark.at + 1,
            ..mark
        },
        LogMark {
            uid: uuid::Uuid::nil(),
            ..mark
        },
        LogMark {
            epoch: mark.epoch ^ 1,
            ..mark
        },
        LogMark {
            epoch: mark.epoch ^ 1,
            ..beginning
        },
    ] {
        assert!(!store.has_mark(&other).await.unwrap(), "{other:?}");
    }
    store.begin_epoch().await.unwrap();
    assert!(!store.has_mark(&mark).await.unwrap() && !store.has_mark(&beginning).await.unwrap());
}
