//! Named leases: work that only one of several processes does at a time.

use jiff::Timestamp;

use crate::{Lane, Store, StoreError, sql::Arg};

impl Store {
    /// Takes or renews a lease until `until`; whether `holder` has it now.
    pub async fn lease_acquire(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let text = "INSERT INTO leases (name, holder, expires_at) VALUES (?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
             WHERE leases.holder = excluded.holder OR leases.expires_at <= ?";
        let arguments = vec![name.into(), holder.into(), until.into(), now.into()];
        Ok(self.write_one(Lane::Bulk, text, arguments).await? > 0)
    }

    /// Whether anybody but `holder` has a lease whose name begins like this. Those that ran out are forgotten.
    pub async fn is_leased_elsewhere(
        &self,
        prefix: &str,
        holder: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let pattern = format!("{prefix}%");
        let text = "DELETE FROM leases WHERE name LIKE ? AND expires_at <= ?";
        self.write_one(Lane::Bulk, text, vec![Arg::from(&pattern), now.into()])
            .await?;
        let text = "SELECT count(*) FROM leases WHERE name LIKE ? AND holder <> ?";
        let row = self
            .read()
            .await?
            .row(text, vec![Arg::from(&pattern), holder.into()])
            .await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
    }

    /// Gives a lease back; nothing happens when somebody else has it.
    pub async fn lease_release(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let text = "DELETE FROM leases WHERE name = ? AND holder = ?";
        self.write_one(Lane::Bulk, text, vec![name.into(), holder.into()])
            .await
            .map(drop)
    }
}
