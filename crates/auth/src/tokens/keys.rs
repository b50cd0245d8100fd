//! The keys that sign tokens.
//!
//! Every process makes its own key when it signs for the first time, and a new one once that is as old as a token may get. The
//! private half never leaves its memory; the public half is in the database, where all processes find it by its name. It is
//! kept three times as long, so that every token can be verified until it expires.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use model::{Clock, Fault};
use moka::sync::Cache;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};
use store::{Lane, Store, StoreError};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::tables::{self, Row};
use crate::session::unavailable;

/// The only algorithm that signs, and the only one that is accepted.
pub(super) const ALGORITHM: &str = "ES256";
/// Lifetimes of a token for which its key is kept (`@backstage/plugin-auth-backend` 0.30.1).
const KEPT_LIFETIMES: i32 = 3;
/// Public keys that are remembered.
const REMEMBERED: u64 = 1_000;

/// The keys of a portal. Clones share them.
#[derive(Clone)]
pub(crate) struct Keys {
    store: Store,
    clock: Arc<dyn Clock>,
    /// How long a key signs, which is how long its tokens last.
    lifetime: SignedDuration,
    own: Arc<Mutex<Option<Arc<SigningKey>>>>,
    known: Cache<String, Row>,
}

/// A key of this process.
pub(super) struct SigningKey {
    /// Its name, which is public.
    pub id: String,
    pair: EcdsaKeyPair,
    until: Timestamp,
}

impl SigningKey {
    fn new(until: Timestamp) -> Result<Self, Fault> {
        let random = SystemRandom::new();
        let failed = || Fault::error("No key for tokens could be made");
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| failed())?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
            .map_err(|_| failed())?;
        Ok(Self {
            id: Uuid::new_v4().to_string(),
            pair,
            until,
        })
    }

    /// The signature of a text: 64 bytes, R and S.
    pub fn sign(&self, text: &str) -> Result<Vec<u8>, Fault> {
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.map_err(|_| Fault::error("A token could not be signed"))?;
        Ok(signature.as_ref().to_vec())
    }
}

impl Keys {
    /// The keys in a database, each of which signs for so long.
    pub fn new(store: Store, clock: Arc<dyn Clock>, lifetime: SignedDuration) -> Self {
        Self {
            store,
            clock,
            lifetime,
            own: Arc::default(),
            known: Cache::new(REMEMBERED),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn lifetime(&self) -> SignedDuration {
        self.lifetime
    }

    /// The key that signs at present. Its public half is in the database before it signs anything.
    pub(super) async fn signing(&self) -> Result<Arc<SigningKey>, Fault> {
        let mut own = self.own.lock().await;
        let now = self.clock.now();
        if let Some(key) = own.as_ref().filter(|key| key.until > now) {
            return Ok(key.clone());
        }
        let key = Arc::new(SigningKey::new(now + self.lifetime)?);
        let row = Row {
            id: key.id.clone(),
            public_key: key.pair.public_key().as_ref().to_vec(),
            created: now,
        };
        self.publish(&row).await.map_err(|error| unavailable(&error))?;
        *own = Some(key.clone());
        Ok(key)
    }

    async fn publish(&self, row: &Row) -> Result<(), StoreError> {
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        tables::forget(&mut tx, self.oldest()).await?;
        tables::insert(&mut tx, row).await?;
        tx.commit().await
    }

    /// Whether a key of this name signed a text. A key that is too old, or that nobody published, signed nothing.
    pub(super) async fn verifies(&self, id: &str, text: &str, signature: &[u8]) -> Result<bool, Fault> {
        // Names are made here: a text that is none is not looked for.
        if !Uuid::parse_str(id).is_ok_and(|uuid| uuid.to_string() == id) {
            return Ok(false);
        }
        let Some(row) = self.public_key(id).await? else {
            return Ok(false);
        };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &row.public_key);
        Ok(key.verify(text.as_bytes(), signature).is_ok())
    }

    async fn public_key(&self, id: &str) -> Result<Option<Row>, Fault> {
        let row = match self.known.get(id) {
            Some(row) => Some(row),
            None => self.looked_up(id).await.map_err(|error| unavailable(&error))?,
        };
        Ok(row.filter(|row| row.created > self.oldest()))
    }

    async fn looked_up(&self, id: &str) -> Result<Option<Row>, StoreError> {
        let found = tables::find(&mut self.store.read().await?, id).await?;
        if let Some(row) = &found {
            self.known.insert(row.id.clone(), row.clone());
        }
        Ok(found)
    }

    /// The public keys of all processes as a set of JSON web keys.
    pub async fn set(&self) -> Result<Value, Fault> {
        let since = self.oldest();
        let rows = async { tables::since(&mut self.store.read().await?, since).await };
        let rows = rows.await.map_err(|error: StoreError| unavailable(&error))?;
        let keys: Vec<Value> = rows.iter().filter_map(web_key).collect();
        Ok(json!({ "keys": keys }))
    }

    /// Keys that were made up to then count no more.
    fn oldest(&self) -> Timestamp {
        self.clock.now() - self.lifetime * KEPT_LIFETIMES
    }
}

/// A public key as the contract writes it.
fn web_key(row: &Row) -> Option<Value> {
    let [4, point @ ..] = row.public_key.as_slice() else {
        return None;
    };
    let (x, y) = point.split_at_checked(32)?;
    let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
    Some(json!({"kty": "EC", "x": x, "y": y, "crv": "P-256", "kid": row.id, "alg": ALGORITHM}))
}
