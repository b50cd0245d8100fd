//! Keys under which an entity asks to be processed again, mostly URLs it was made from.

use crate::{Store, StoreError, WriteTx, sql::Arg};

impl Store {
    /// Entities that have one of these keys.
    pub async fn refs_by_refresh_keys(&self, keys: &[String]) -> Result<Vec<String>, StoreError> {
        let text = "SELECT DISTINCT reference FROM refresh_keys WHERE refresh_key IN {list}";
        let rows = self.read().await?.rows_in(text, keys).await?;
        let mut found = rows
            .iter()
            .map(|row| row.text(0))
            .collect::<Result<Vec<_>, _>>()?;
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Every key that begins with `url:`, without that beginning.
    pub async fn refresh_addresses(&self) -> Result<Vec<String>, StoreError> {
        let text = "SELECT DISTINCT refresh_key FROM refresh_keys WHERE refresh_key LIKE 'url:%'";
        let rows = self.read().await?.rows(text, vec![]).await?;
        let keys: Vec<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        let addresses = keys.iter().filter_map(|key| key.strip_prefix("url:"));
        Ok(addresses.map(str::to_owned).collect())
    }
}

impl WriteTx {
    /// Replaces the keys of each entity.
    pub async fn set_refresh_keys(&mut self, keys: &[(String, Vec<String>)]) -> Result<(), StoreError> {
        let references: Vec<String> = keys.iter().map(|(reference, _)| reference.clone()).collect();
        self.session
            .execute_in("DELETE FROM refresh_keys WHERE reference IN {list}", &references)
            .await?;
        let rows: Vec<(&String, &String)> = keys
            .iter()
            .flat_map(|(reference, keys)| keys.iter().map(move |key| (reference, key)))
            .collect();
        let head = "INSERT INTO refresh_keys (reference, refresh_key) VALUES";
        self.session
            .insert(head, "ON CONFLICT DO NOTHING", &rows, |(reference, key)| {
                Ok(vec![Arg::from(*reference), Arg::from(*key)])
            })
            .await
            .map(drop)
    }

    /// Entities that have one of these keys.
    pub async fn refs_by_refresh_keys(&mut self, keys: &[String]) -> Result<Vec<String>, StoreError> {
        let text = "SELECT DISTINCT reference FROM refresh_keys WHERE refresh_key IN {list}";
        let mut found: Vec<String> = self
            .session
            .rows_in(text, keys)
            .await?
            .iter()
            .map(|row| row.text(0))
            .collect::<Result<_, _>>()?;
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Which of these entities have a refresh key.
    pub async fn with_refresh_keys(&mut self, references: &[String]) -> Result<Vec<String>, StoreError> {
        let text = "SELECT DISTINCT reference FROM refresh_keys WHERE reference IN {list}";
        self.session
            .rows_in(text, references)
            .await?
            .iter()
            .map(|row| row.text(0))
            .collect()
    }
}
