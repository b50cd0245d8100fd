//! Bringing tables up to date: those of before, those of plugins, and those that cannot be.

use std::time::Duration;

use store::{Database, Lane, Migration, Store, StoreError};

use crate::{
    fixture::{Place, append, change, time},
    plugin_tables::NOTES,
};

pub async fn a_start_with_nothing_to_do_waits_for_no_writer(place: &Place) {
    let store = place.open_with(&[("notes", NOTES)]).await;
    let _writing = store.write(Lane::Bulk).await.unwrap();
    let opening = Store::open_with(&place.database, &[("notes", NOTES)]);
    let opened = tokio::time::timeout(Duration::from_secs(5), opening).await;
    opened.expect("it waits for nobody").unwrap();
}

/// The tables as they were made before plugins had tables, word by word.
fn old_tables(database: &Database) -> String {
    let texts = [
        include_str!("../../src/migrations/0001_catalog.sql"),
        include_str!("../../src/migrations/0002_stitches.sql"),
        include_str!("../../src/migrations/0003_stitches_of_new_entities.sql"),
    ]
    .join("\n");
    let words = match database {
        Database::Postgres { .. } => [
            "BYTEA",
            "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "BIGINT PRIMARY KEY",
            "",
        ],
        _ => [
            "BLOB",
            "INTEGER PRIMARY KEY",
            "INTEGER PRIMARY KEY",
            "WITHOUT ROWID",
        ],
    };
    ["{bytes}", "{number_key}", "{sequence_key}", "{clustered}"]
        .into_iter()
        .zip(words)
        .fold(texts, |text, (word, meaning)| text.replace(word, meaning))
}

pub async fn a_database_of_before_is_taken_over(place: &Place) {
    let versions = "CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY); \
         INSERT INTO schema_version (version) VALUES (1), (2), (3);";
    let data = "INSERT INTO nodes (reference, uid, raw_hash, result_hash, orphan, updated_at, problems, final_json) \
         VALUES ('component:default/old', {uid}, 'a', 'b', 0, 0, '[]', '{}'); \
         INSERT INTO changes (seq, reference, uid, kind, at, cause, diff) \
         VALUES (1, 'component:default/old', {uid}, 'created', 0, '{}', '[]');";
    let uid = match place.database {
        Database::Postgres { .. } => "decode('0123456789abcdef0123456789abcdef', 'hex')",
        _ => "x'0123456789abcdef0123456789abcdef'",
    };
    place
        .run(format!(
            "{}; {versions} {}",
            old_tables(&place.database),
            data.replace("{uid}", uid)
        ))
        .await;
    let (one, other) = tokio::join!(place.open_with(&[("notes", NOTES)]), place.open());
    let old = one.node("component:default/old").await.unwrap().unwrap();
    assert_eq!(old.final_json.as_deref(), Some("{}"));
    assert_eq!(append(&other, &[change("new", time(0))]).await, 2);
    assert_ne!(one.log_mark().await.unwrap().epoch, 0);
    drop((one, other));
    assert_eq!(place.open().await.last_seq().await.unwrap(), 2);
    // A program of before counts the versions of the catalog there and refuses more than three.
    place
        .run("UPDATE schema_version SET version = 40 WHERE version = 4".to_owned())
        .await;
    place.run("DROP TABLE plugin_migrations".to_owned()).await;
    let error = Store::open(&place.database).await.err().unwrap();
    assert!(matches!(error, StoreError::TooNew { found: 40, .. }), "{error}");
}

pub async fn another_text_is_refused(place: &Place) {
    place.open_with(&[("notes", NOTES)]).await;
    let other = [
        NOTES[0],
        Migration {
            version: 2,
            sql: "ALTER TABLE notes_notes ADD COLUMN other TEXT;",
        },
    ];
    let error = Store::open_with(&place.database, &[("notes", &other)])
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&error, StoreError::Migration { plugin, version: 2, .. } if plugin == "notes"),
        "{error}"
    );
    let error = Store::open_with(&place.database, &[("notes", &NOTES[..1])])
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&error, StoreError::TooNew { plugin, found: 2, known: 1 } if plugin == "notes"),
        "{error}"
    );
}

pub async fn a_version_that_fails_leaves_nothing(place: &Place) {
    let broken = [
        NOTES[0],
        Migration {
            version: 2,
            sql: "ALTER TABLE no_such_table ADD COLUMN other TEXT;",
        },
    ];
    let error = Store::open_with(&place.database, &[("notes", &broken)])
        .await
        .err()
        .unwrap();
    let text = error.to_string();
    assert!(text.contains("\"notes\"") && text.contains("version 2"), "{text}");
    place.open_with(&[("notes", NOTES)]).await;
}

pub async fn odd_lists_are_refused(place: &Place) {
    let refused = async |plugins: &[(&str, &[Migration])]| {
        let error = Store::open_with(&place.database, plugins).await.err().unwrap();
        assert!(matches!(error, StoreError::Migration { .. }), "{error}");
    };
    refused(&[("notes", NOTES), ("notes", NOTES)]).await;
    refused(&[("catalog", NOTES)]).await;
    refused(&[("notes", &NOTES[1..])]).await;
}
