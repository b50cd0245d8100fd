//! Signing commits with an `OpenPGP` key, as `git commit -S` does it: a detached signature in the commit's header.
//!
//! Keys are those that `gpg --export-secret-keys --armor` writes without a passphrase: RSA and Ed25519, of version 4 (RFC 9580).
//! Signatures are made by `ring`; here are only the bytes around them. Nothing is verified, and no other message is read.

mod armor;
mod key;
mod packets;
#[cfg(test)]
mod tests;

use model::Fault;
use ring::digest::{SHA512, digest};
use ring::rand::SystemRandom;
use ring::signature::RSA_PKCS1_SHA512;

use key::{Private, SigningKey};

/// The numbers of RFC 9580 for a signature of bytes, SHA-512, and the parts of a signature.
const VERSION: u8 = 4;
const OF_BYTES: u8 = 0;
const OF_SHA512: u8 = 10;
const SIGNATURE: u8 = 2;
const MADE_AT: u8 = 2;
const KEY_NUMBER: u8 = 16;
const FINGERPRINT: u8 = 33;

/// Signs commits with one key.
pub struct Signer(SigningKey);

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Signer({})", self.key_number())
    }
}

impl Signer {
    /// Reads a private key. Of a key with subkeys the newest that may sign is used, else the key itself. `now` is in seconds since
    /// 1970; a key that has ended by then does not sign.
    pub fn of(armored: &str, now: i64) -> Result<Self, Fault> {
        let key = key::read(armored, now).map_err(|reason| {
            Fault::input(format!(
                "commitSigningKey of the integration cannot be used: {reason}; it must be a private OpenPGP key (RSA or Ed25519) as \
                 `gpg --export-secret-keys --armor` writes it, without a passphrase"
            ))
        })?;
        Ok(Self(key))
    }

    /// The number of the key, as `gpg` shows it.
    pub fn key_number(&self) -> String {
        let number = &self.0.fingerprint[12..];
        number.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// The signature of a text, armored. Equal texts and times have equal signatures.
    pub(super) fn sign(&self, text: &[u8], time: i64) -> Result<String, Fault> {
        let key = &self.0;
        let mut head = vec![VERSION, OF_BYTES, key.algorithm, OF_SHA512];
        let time = u32::try_from(time).unwrap_or_default();
        let mut hashed = part(FINGERPRINT, &[&[VERSION], &key.fingerprint[..]].concat());
        hashed.extend(part(MADE_AT, &time.to_be_bytes()));
        head.extend(length(&hashed));
        head.extend(hashed);
        let end = [
            &[VERSION, 0xff][..],
            &u32::try_from(head.len()).unwrap_or_default().to_be_bytes(),
        ]
        .concat();
        let signed = [text, &head, &end].concat();
        let digest = digest(&SHA512, &signed);
        let mut body = head;
        let number = part(KEY_NUMBER, &key.fingerprint[12..]);
        body.extend(length(&number));
        body.extend(number);
        body.extend_from_slice(&digest.as_ref()[..2]);
        body.extend(self.values(&signed, digest.as_ref())?);
        Ok(armor::written("SIGNATURE", &packets::written(SIGNATURE, &body)))
    }

    /// The numbers of a signature, in the form of the key's algorithm.
    fn values(&self, signed: &[u8], digest: &[u8]) -> Result<Vec<u8>, Fault> {
        match &self.0.private {
            Private::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let random = SystemRandom::new();
                pair.sign(&RSA_PKCS1_SHA512, &random, signed, &mut signature)
                    .map_err(|_| Fault::error("The commit cannot be signed with this RSA key"))?;
                Ok(packets::integer(&signature))
            }
            Private::Ed25519(pair) => {
                let signature = pair.sign(digest);
                let (first, second) = signature.as_ref().split_at(32);
                if self.0.algorithm == key::ED25519 {
                    return Ok(signature.as_ref().to_vec());
                }
                Ok([packets::integer(first), packets::integer(second)].concat())
            }
        }
    }
}

/// A part of a signature with its length before it.
fn part(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len() + 1).unwrap_or_default();
    [&[length, kind], bytes].concat()
}

/// The length of parts.
fn length(parts: &[u8]) -> [u8; 2] {
    u16::try_from(parts.len()).unwrap_or_default().to_be_bytes()
}
