//! What people keep: values by person, bucket and key.

use serde_json::Value;

use crate::{Lane, Store, StoreError, sql::Arg};

/// Names one value of one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SettingKey {
    /// Reference of the person.
    pub user: String,
    /// Group of keys.
    pub bucket: String,
    /// The key.
    pub key: String,
}

impl SettingKey {
    fn arguments(&self) -> Vec<Arg> {
        vec![
            Arg::from(&self.user),
            Arg::from(&self.bucket),
            Arg::from(&self.key),
        ]
    }
}

const PUT: &str = "INSERT INTO settings (user_ref, bucket, setting, value) VALUES (?, ?, ?, ?) \
     ON CONFLICT (user_ref, bucket, setting) DO UPDATE SET value = excluded.value";

impl Store {
    /// A value, if it was set.
    pub async fn setting_get(&self, key: &SettingKey) -> Result<Option<Value>, StoreError> {
        let text = "SELECT value FROM settings WHERE user_ref = ? AND bucket = ? AND setting = ?";
        let row = self.read().await?.row(text, key.arguments()).await?;
        row.map(|row| row.json(0)).transpose()
    }

    /// Sets a value.
    pub async fn setting_put(&self, key: &SettingKey, value: &Value) -> Result<(), StoreError> {
        let mut arguments = key.arguments();
        arguments.push(Arg::json(value)?);
        self.write_one(Lane::Person, PUT, arguments).await.map(drop)
    }

    /// Changes a value on the basis of what it is. No other change comes in between.
    pub async fn setting_change(
        &self,
        key: &SettingKey,
        change: impl FnOnce(Option<Value>) -> Value + Send,
    ) -> Result<(), StoreError> {
        let mut tx = self.write(Lane::Person).await?;
        let text = "SELECT value FROM settings WHERE user_ref = ? AND bucket = ? AND setting = ?";
        let rows = tx.session.rows(text, key.arguments()).await?;
        let known = rows.first().map(|row| row.json(0)).transpose()?;
        let mut arguments = key.arguments();
        arguments.push(Arg::json(&change(known))?);
        tx.session.execute(PUT, arguments).await?;
        tx.commit().await.map(drop)
    }

    /// Removes a value; nothing happens when there is none.
    pub async fn setting_delete(&self, key: &SettingKey) -> Result<(), StoreError> {
        let text = "DELETE FROM settings WHERE user_ref = ? AND bucket = ? AND setting = ?";
        self.write_one(Lane::Person, text, key.arguments())
            .await
            .map(drop)
    }
}
