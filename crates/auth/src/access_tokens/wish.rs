//! What somebody wants a token for, checked: its name, its scopes, how long it lasts.

use jiff::SignedDuration;
use model::{Fault, Scope};
use serde_json::Value;

use super::KnownScopes;

/// Longest name, in characters.
const LONGEST_NAME: usize = 60;
/// Longest name of a service account, in letters.
const LONGEST_ACCOUNT: usize = 40;
/// Most scopes of one token.
const MAX_SCOPES: usize = 50;
/// Longest life of a token, in days.
pub(super) const MAX_DAYS: i64 = 366;
/// The life of a token that nobody says more about.
pub(super) const USUAL_DAYS: i64 = 90;

/// A token that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub lasts: SignedDuration,
}

impl Wish {
    /// Checks what was asked for.
    pub fn new(name: &str, scopes: &[&str], days: i64, known: &KnownScopes) -> Result<Self, Fault> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Fault::input(format!(
                "A token has a name of 1 to {LONGEST_NAME} characters, by which you know it again"
            )));
        }
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(Fault::input(format!(
                "A token lasts between 1 and {MAX_DAYS} days"
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            scopes: checked(scopes, known)?,
            lasts: SignedDuration::from_hours(24 * days),
        })
    }

    /// The same from the body of a request: `{name, scopes, expiresInDays?}`.
    pub fn from_json(body: &Value, known: &KnownScopes) -> Result<Self, Fault> {
        let name = body["name"]
            .as_str()
            .ok_or_else(|| Fault::input("name has to be a text"))?;
        let scopes = body["scopes"]
            .as_array()
            .and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<&str>>>())
            .ok_or_else(|| Fault::input("scopes has to be a list of texts"))?;
        let days = match body.get("expiresInDays") {
            None => USUAL_DAYS,
            Some(days) => days
                .as_i64()
                .ok_or_else(|| Fault::input("expiresInDays has to be a whole number"))?,
        };
        Self::new(name, &scopes, days, known)
    }
}

fn checked(words: &[&str], known: &KnownScopes) -> Result<Vec<Scope>, Fault> {
    if words.is_empty() || words.len() > MAX_SCOPES {
        return Err(Fault::input(format!(
            "A token has at least one scope and at most {MAX_SCOPES}"
        )));
    }
    let mut scopes = Vec::with_capacity(words.len());
    for word in words {
        let scope: Scope = word.parse()?;
        known.check(&scope)?;
        scopes.push(scope);
    }
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

/// The name of a service account.
pub(super) fn account(name: &str) -> Result<String, Fault> {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_ACCOUNT || !name.bytes().all(is_fine) {
        return Err(Fault::input(format!(
            "A service account has a name of 1 to {LONGEST_ACCOUNT} small letters, digits and '-', for example 'ci'"
        )));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use plugin::{Declaration, Permission, PermissionAction, PluginId};
    use serde_json::json;

    use super::*;

    static READ: Permission = Permission::new("catalog.entity.read", PermissionAction::Read);
    static ALL: [&Permission; 1] = [&READ];

    fn known() -> KnownScopes {
        KnownScopes::of(&[Declaration {
            permissions: &ALL,
            ..Declaration::new(PluginId::built_in("catalog"))
        }])
    }

    #[test]
    fn what_is_wanted_is_checked() {
        let fine = json!({"name": " ci ", "scopes": ["read", "catalog:write", "read"], "expiresInDays": 7});
        let wish = Wish::from_json(&fine, &known()).unwrap();
        assert_eq!((wish.name.as_str(), wish.scopes.len()), ("ci", 2));
        assert_eq!(wish.lasts, SignedDuration::from_hours(168));
        let usual = Wish::from_json(&json!({"name": "x", "scopes": ["catalog.entity.read"]}), &known());
        assert_eq!(usual.unwrap().lasts, SignedDuration::from_hours(24 * 90));
        for (name, value, reason) in [
            ("name", json!(""), "has a name of 1 to 60"),
            ("name", json!("a\nb"), "has a name of 1 to 60"),
            ("name", json!("x".repeat(61)), "has a name of 1 to 60"),
            ("name", json!(1), "name has to be a text"),
            ("scopes", json!([]), "at least one scope"),
            ("scopes", json!(vec!["read"; 51]), "at most 50"),
            ("scopes", json!("read"), "scopes has to be a list"),
            ("scopes", json!(["admin"]), "'admin' is no scope"),
            (
                "scopes",
                json!(["catlog:read"]),
                "about no plugin of this portal; they are catalog",
            ),
            (
                "scopes",
                json!(["catalog.entity.eat"]),
                "no permission 'catalog.entity.eat'",
            ),
            ("expiresInDays", json!(0), "between 1 and 366"),
            ("expiresInDays", json!(367), "between 1 and 366"),
            ("expiresInDays", json!(1.5), "whole number"),
        ] {
            let mut body = fine.clone();
            body[name] = value.clone();
            let fault = Wish::from_json(&body, &known()).unwrap_err();
            assert!(fault.message.contains(reason), "{name} {value}: {fault}");
        }
    }

    #[test]
    fn accounts_have_plain_names() {
        assert_eq!(account(" ci-2 ").unwrap(), "ci-2");
        for wrong in ["", "CI", "a/b", "a:b", "a b", &"a".repeat(41)] {
            assert!(account(wrong).is_err(), "{wrong}");
        }
    }
}
