//! Tables of a plugin: made by it, written alone or together with entities.

use store::{Lane, Migration, Session, Store, Tx};
use uuid::Uuid;

use crate::fixture::{Place, change, node, time};

pub const NOTES: &[Migration] = &[
    Migration {
        version: 1,
        sql: "-- What people note.\nCREATE TABLE notes_notes (id {bytes} NOT NULL PRIMARY KEY, text TEXT, at BIGINT NOT NULL) \
              {clustered};",
    },
    Migration {
        version: 2,
        sql: "ALTER TABLE notes_notes ADD COLUMN done BIGINT NOT NULL DEFAULT 0;",
    },
];

async fn note(tx: &mut Tx, id: Uuid, text: Option<&str>) {
    let statement = "INSERT INTO notes_notes (id, text, at) VALUES (?, ?, ?)";
    let arguments = vec![id.into(), text.into(), time(1).into()];
    assert_eq!(tx.execute(statement, arguments).await.unwrap(), 1);
}

/// Works with everything that reads.
async fn texts(session: &mut Session) -> Vec<Option<String>> {
    let rows = session
        .rows("SELECT text, done, at, id FROM notes_notes ORDER BY text", vec![])
        .await
        .unwrap();
    let text = |row: &store::Row| {
        assert!(!row.flag(1).unwrap());
        assert_eq!(row.time(2).unwrap(), time(1));
        assert!(row.maybe_uuid(3).unwrap().is_some());
        row.maybe_text(0).unwrap()
    };
    rows.iter().map(text).collect()
}

async fn opened(place: &Place) -> Store {
    place.open_with(&[("notes", NOTES)]).await
}

pub async fn written_and_read(place: &Place) {
    let store = opened(place).await;
    let ids: Vec<Uuid> = (0..600).map(|_| Uuid::new_v4()).collect();
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    note(&mut tx, ids[0], Some("one")).await;
    assert_eq!(texts(&mut tx).await, [Some("one".to_owned())]);
    tx.commit().await.unwrap();
    assert_eq!(
        texts(&mut store.read().await.unwrap()).await,
        [Some("one".to_owned())]
    );
    let mut tx = store.write_unordered(Lane::Bulk).await.unwrap();
    let head = "INSERT INTO notes_notes (id, text, at) VALUES";
    let tail = "ON CONFLICT (id) DO UPDATE SET text = excluded.text";
    let row = |id: &Uuid| Ok(vec![(*id).into(), None::<&str>.into(), time(1).into()]);
    tx.insert(head, tail, &ids, row).await.unwrap();
    assert_eq!(texts(&mut tx).await.len(), 600);
    let gone = tx
        .execute_in("DELETE FROM notes_notes WHERE id IN {list}", &ids[1..])
        .await
        .unwrap();
    assert_eq!(gone, 599);
    tx.rollback().await.unwrap();
    assert_eq!(texts(&mut store.read().await.unwrap()).await.len(), 1);
    let touched = store
        .write_one(
            Lane::Person,
            "DELETE FROM notes_notes WHERE id = ?",
            vec![ids[0].into()],
        )
        .await
        .unwrap();
    assert_eq!(touched, 1);
}

pub async fn kept_together_with_entities(place: &Place) {
    let store = opened(place).await;
    for (name, is_kept) in [("a", false), ("b", true)] {
        let mut tx = store.write(Lane::Bulk).await.unwrap();
        tx.upsert_nodes(&[node(name)]).await.unwrap();
        tx.append_changes(&[change(name, time(0))]).await.unwrap();
        note(&mut tx, Uuid::new_v4(), Some(name)).await;
        if is_kept {
            assert_eq!(tx.commit().await.unwrap(), Some(1));
        }
    }
    assert_eq!(
        texts(&mut store.read().await.unwrap()).await,
        [Some("b".to_owned())]
    );
    assert_eq!(store.node("a").await.unwrap(), None);
    assert!(store.node("b").await.unwrap().is_some());
    // Without the plugin its tables stay as they are.
    place.open().await;
    assert_eq!(
        texts(&mut opened(place).await.read().await.unwrap()).await.len(),
        1
    );
}
