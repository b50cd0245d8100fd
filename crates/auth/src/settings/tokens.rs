//! Tokens of people, as `auth` configures them.

use config::HumanDuration;
use jiff::SignedDuration;
use model::{Fault, Problem};
use serde::Deserialize;
use serde_json::Value;

use super::at;

/// How long a token lasts unless `backstageTokenExpiration` says otherwise (`@backstage/plugin-auth-backend` 0.30.1).
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// What other lifetimes are brought to.
const SHORTEST: SignedDuration = SignedDuration::from_mins(10);
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How tokens of people are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenSettings {
    pub lifetime: SignedDuration,
    /// A token says what its person owns by.
    pub names_owners: bool,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            lifetime: LIFETIME,
            names_owners: false,
        }
    }
}

impl TokenSettings {
    /// Reads the keys of the section `auth` that are about tokens.
    pub fn read(section: &Value) -> Result<Self, Box<Problem>> {
        let wrong = |key: &str, reason: String| {
            let fault = Fault::input(format!("auth.{key}: {reason}"));
            Box::new(at(key, Problem::error(fault)))
        };
        if let Some(algorithm) = section["identityTokenAlgorithm"]
            .as_str()
            .filter(|name| *name != "ES256")
        {
            let reason = format!("'{algorithm}' does not sign tokens here; ES256 does, remove the key");
            return Err(wrong("identityTokenAlgorithm", reason));
        }
        Ok(Self {
            lifetime: lifetime(&section["backstageTokenExpiration"])
                .map_err(|reason| wrong("backstageTokenExpiration", reason))?,
            names_owners: section["omitIdentityTokenOwnershipClaim"] == false,
        })
    }
}

fn lifetime(written: &Value) -> Result<SignedDuration, String> {
    if written.is_null() {
        return Ok(LIFETIME);
    }
    let wanted = HumanDuration::deserialize(written).map_err(|error| error.to_string())?;
    let wanted = SignedDuration::try_from(wanted.0).unwrap_or(LONGEST);
    Ok(wanted.clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_lifetime_stays_within_bounds() {
        for (written, minutes) in [
            (json!(null), 60),
            (json!({"minutes": 30}), 30),
            (json!({"seconds": 1}), 10),
            (json!({"days": 9}), 24 * 60),
        ] {
            let section = json!({"backstageTokenExpiration": written});
            let settings = TokenSettings::read(&section).unwrap();
            assert_eq!(settings.lifetime, SignedDuration::from_mins(minutes), "{section}");
        }
    }

    #[test]
    fn another_algorithm_is_refused() {
        let problem = TokenSettings::read(&json!({"identityTokenAlgorithm": "none"})).unwrap_err();
        assert!(problem.fault.message.contains("ES256"), "{problem:?}");
        assert!(TokenSettings::read(&json!({"identityTokenAlgorithm": "ES256"})).is_ok());
    }
}
