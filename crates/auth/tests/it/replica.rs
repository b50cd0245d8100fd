//! Another process of the same portal, whose key is published and which signs whatever it is told.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::Value;

pub struct Replica {
    pub id: String,
    pub public: Vec<u8>,
    pkcs8: Vec<u8>,
}

impl Replica {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            public: pair.public_key().as_ref().to_vec(),
            pkcs8: pkcs8.as_ref().to_vec(),
        }
    }

    /// The same key under another name.
    pub fn named(&self, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            public: self.public.clone(),
            pkcs8: self.pkcs8.clone(),
        }
    }

    /// A token of a type.
    pub fn sign(&self, kind: &str, claims: &Value) -> String {
        let header = serde_json::json!({"typ": kind, "alg": "ES256", "kid": self.id});
        self.sign_header(&header.to_string(), claims)
    }

    /// A token with any header.
    pub fn sign_header(&self, header: &str, claims: &Value) -> String {
        let [header, claims] =
            [header.to_owned(), claims.to_string()].map(|text| URL_SAFE_NO_PAD.encode(text));
        let part = format!("{header}.{claims}");
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8, &random).unwrap();
        let signature = pair.sign(&random, part.as_bytes()).unwrap();
        format!("{part}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// A token signed by HS256 with the bytes of the public key, which a library may take for a secret.
    pub fn sign_with_public_key_as_secret(&self, kind: &str, claims: &Value) -> String {
        let header = serde_json::json!({"typ": kind, "alg": "HS256", "kid": self.id});
        let [header, claims] = [header, claims.clone()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let part = format!("{header}.{claims}");
        let secret = EncodingKey::from_secret(&self.public).unwrap();
        let signature = crypto::sign(part.as_bytes(), &secret, Algorithm::HS256).unwrap();
        format!("{part}.{signature}")
    }
}
