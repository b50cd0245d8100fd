//! Rows that another process of the same portal writes, and what a reader of the database sees.

use jiff::Timestamp;
use store::{Lane, Store};

use crate::replica::Replica;

/// A replica publishes its key, made at a moment.
pub async fn publish(store: &Store, replica: &Replica, made: Timestamp) {
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    let arguments = vec![(&replica.id).into(), replica.public.clone().into(), made.into()];
    let text = "INSERT INTO auth_keys (id, public_key, created) VALUES (?, ?, ?)";
    tx.execute(text, arguments).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the table of access tokens says, as a text.
pub async fn access_tokens(store: &Store) -> String {
    let text = "SELECT id || holder || name || scopes || made_by || hex(digest) FROM auth_access_tokens";
    let rows = store.read().await.unwrap().rows(text, Vec::new()).await.unwrap();
    let texts: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
    texts.join(" ")
}

/// Everything in the database, bytes in hex.
pub async fn everything(store: &Store) -> String {
    let mut session = store.read().await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables = session.rows(tables, Vec::new()).await.unwrap();
    let mut found = String::new();
    for table in tables {
        let table = table.text(0).unwrap();
        let columns = format!(
            "SELECT group_concat('quote(\"' || name || '\")', ' || ') FROM pragma_table_info('{table}')"
        );
        let columns = session.row(columns, Vec::new()).await.unwrap().unwrap();
        let text = format!("SELECT {} FROM \"{table}\"", columns.text(0).unwrap());
        for row in session.rows(text, Vec::new()).await.unwrap() {
            found += &format!("{table}: {}\n", row.text(0).unwrap());
        }
    }
    found
}
