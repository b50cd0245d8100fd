//! Topics under which open pages hear of a person's notifications.
//!
//! Everybody may follow every topic below [`TOPIC`], and nobody that one itself. So that nobody hears when another person gets
//! something, a person's topic is made with a secret of the portal, and only pages of that person name it.

use sha2::{Digest, Sha256};
use store::{Lane, Store, StoreError};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::tables;

/// What all topics begin with.
pub(crate) const TOPIC: &str = "notifications";
/// News for everybody.
pub(crate) const EVERYBODY: &str = "notifications.all";

/// The topics of people.
#[derive(Default)]
pub(crate) struct Topics {
    secret: OnceCell<Uuid>,
}

impl Topics {
    /// The topic of a person. The first call writes, so that no transaction may be open.
    pub(crate) async fn of(&self, store: &Store, person: &str) -> Result<String, StoreError> {
        let secret = self.secret.get_or_try_init(|| secret(store)).await?;
        let digest = Sha256::new()
            .chain_update(secret.as_bytes())
            .chain_update(person)
            .finalize();
        let word: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{TOPIC}.{word}"))
    }
}

async fn secret(store: &Store) -> Result<Uuid, StoreError> {
    let mut tx = store.write_unordered(Lane::Person).await?;
    let secret = tables::secret(&mut tx, Uuid::new_v4()).await?;
    tx.commit().await?;
    Ok(secret)
}
