//! What concerns a `SQLite` file as a file.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;
use store::{Database, Lane, SettingKey, Store, StoreError};
use testkit::sqlite_file;

pub async fn removed_while_open() {
    let (folder, path) = sqlite_file();
    let store = Store::open(&Database::Sqlite(path.clone())).await.unwrap();
    store.ping().await.unwrap();
    let aside = folder.path().join("aside");
    fs::rename(&path, &aside).unwrap();
    for replaced in [false, true] {
        if replaced {
            fs::write(&path, "").unwrap();
        }
        let error = store.ping().await.unwrap_err();
        assert!(matches!(error, StoreError::Gone { .. }), "{error}");
        let error = store.write(Lane::Person).await.err().unwrap();
        assert!(matches!(error, StoreError::Gone { .. }), "{error}");
        assert!(error.is_outage() && !error.is_retryable());
    }
    fs::rename(&aside, &path).unwrap();
    store.ping().await.unwrap();
    assert!(store.write(Lane::Person).await.is_ok());
}

pub async fn private_to_its_owner() {
    let (folder, path) = sqlite_file();
    let store = Store::open(&Database::Sqlite(path.clone())).await.unwrap();
    let key = SettingKey {
        user: "user:default/guest".to_owned(),
        bucket: "test".to_owned(),
        key: "a".to_owned(),
    };
    store.setting_put(&key, &json!(1)).await.unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
        files += 1;
    }
    assert!(files >= 2, "the log of the database is a file of its own");
}

/// The file is not writable by permissions alone for everybody; `SQLite` is asked not to write instead.
pub async fn read_only() {
    let (_folder, path) = sqlite_file();
    let store = Store::open(&Database::Sqlite(path)).await.unwrap();
    let mut session = store.read().await.unwrap();
    let refused = session.rows("DELETE FROM settings RETURNING 1", vec![]).await;
    let error = refused.err().unwrap();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.is_outage() && !error.is_retryable());
}
