//! Clusters of a kubeconfig file, the file of `kubectl`: one for each context that is named, or for each that it has.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use config::Secret;
use serde_json::Value;

use super::access::{Access, Pem, Trust, address, stamp};
use crate::engine::Token;

/// Largest file, in bytes.
const MAX_BYTES: u64 = 4 << 20;
/// Contexts that are taken of one file.
const MOST: usize = 50;

/// A context of a file, which is read again when it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    file: PathBuf,
    /// Its name.
    pub name: String,
}

/// The contexts of a locator of the type `kubeconfig`.
///
/// # Errors
///
/// Why the file says nothing: it is not named, cannot be read, is no kubeconfig, or has no context.
pub(super) fn contexts(locator: &Value, folder: &Path) -> Result<Vec<Context>, String> {
    let file = locator["file"].as_str().filter(|file| !file.is_empty());
    let file =
        folder.join(file.ok_or("a locator of the type kubeconfig needs file, the path of a kubeconfig")?);
    let names: Vec<String> = match locator["contexts"].as_array() {
        Some(names) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        None => names(&read(&file)?),
    };
    if names.is_empty() {
        return Err(format!("{} has no contexts", file.display()));
    }
    let contexts = names.into_iter().take(MOST).map(|name| Context {
        file: file.clone(),
        name,
    });
    Ok(contexts.collect())
}

impl Context {
    /// How its cluster is called, as the file is now.
    ///
    /// # Errors
    ///
    /// Why it cannot be called.
    pub fn access(&self) -> Result<Access, String> {
        let content = read(&self.file)?;
        let base = self.file.parent().unwrap_or(Path::new(""));
        context(&content, &self.name, base).map_err(|reason| {
            let names = names(&content);
            let known = if names.contains(&self.name) {
                String::new()
            } else {
                format!("; it has {}", names.join(", "))
            };
            format!("{}: {reason}{known}", self.file.display())
        })
    }

    /// Changes when the file does.
    pub fn stamp(&self) -> Option<(SystemTime, u64)> {
        stamp(&self.file)
    }
}

fn names(content: &Value) -> Vec<String> {
    entries(content, "contexts")
        .filter_map(|one| one["name"].as_str().map(str::to_owned))
        .collect()
}

fn read(file: &Path) -> Result<Value, String> {
    let named = |reason: String| format!("the kubeconfig {} {reason}", file.display());
    let size = std::fs::metadata(file)
        .map_err(|error| named(format!("cannot be read: {error}")))?
        .len();
    if size > MAX_BYTES {
        return Err(named(format!("has more than {MAX_BYTES} bytes")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| named(format!("cannot be read: {error}")))?;
    // The parser's words may repeat the text, in which secrets are.
    yaml::parse_one(&text, &yaml::Limits::default()).map_err(|_| named("is no YAML".to_owned()))
}

fn entries<'a>(content: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    content[list].as_array().into_iter().flatten()
}

fn entry<'a>(content: &'a Value, list: &str, part: &str, name: &str) -> Result<&'a Value, String> {
    let mut all = entries(content, list);
    let found = all.find(|one| one["name"] == name).map(|one| &one[part]);
    found.ok_or_else(|| format!("there is no {part} \"{name}\""))
}

fn context(content: &Value, name: &str, base: &Path) -> Result<Access, String> {
    let context = entry(content, "contexts", "context", name)?;
    let of = |key: &str| context[key].as_str().unwrap_or_default();
    let cluster = entry(content, "clusters", "cluster", of("cluster"))?;
    let user = match of("user") {
        "" => &Value::Null,
        name => entry(content, "users", "user", name)?,
    };
    refuse(cluster, user)?;
    let trust = Trust {
        authority: pem(
            cluster,
            "certificate-authority-data",
            "certificate-authority",
            base,
        ),
        identity: pem(user, "client-certificate-data", "client-certificate", base).zip(pem(
            user,
            "client-key-data",
            "client-key",
            base,
        )),
        is_unverified: cluster["insecure-skip-tls-verify"].as_bool() == Some(true),
    };
    if !trust.has_files() {
        trust.read()?;
    }
    Ok(Access {
        url: address(cluster["server"].as_str().unwrap_or_default())?,
        token: token(user, base),
        trust,
    })
}

/// What the portal does not do for a context.
fn refuse(cluster: &Value, user: &Value) -> Result<(), String> {
    let refused = [
        (
            user,
            "exec",
            "its user signs in by a program (exec), which the portal does not run; give it a token or a client certificate",
        ),
        (
            user,
            "auth-provider",
            "its user signs in by an auth-provider, which the portal does not speak; give it a token or a client certificate",
        ),
        (
            user,
            "username",
            "its user signs in by a password, which API servers do not take any more; give it a token or a client certificate",
        ),
        (
            user,
            "as",
            "its user acts as somebody else (as), which the portal does not do",
        ),
        (
            cluster,
            "proxy-url",
            "its cluster has a proxy-url; set HTTPS_PROXY for the portal",
        ),
        (
            cluster,
            "tls-server-name",
            "its cluster has a tls-server-name; write that name into server, or add the name of server to the certificate",
        ),
    ];
    let found = refused.iter().find(|(part, key, _)| !part[*key].is_null());
    found.map_or(Ok(()), |(_, _, sentence)| Err((*sentence).to_owned()))
}

fn file(part: &Value, key: &str, base: &Path) -> Option<PathBuf> {
    part[key]
        .as_str()
        .filter(|file| !file.is_empty())
        .map(|file| base.join(file))
}

fn token(user: &Value, base: &Path) -> Token {
    // As kubectl reads it: the file before the text.
    match (file(user, "tokenFile", base), user["token"].as_str()) {
        (Some(file), _) => Token::File(file),
        (None, Some(token)) => Token::Text(Secret::new(token)),
        (None, None) => Token::Nobody,
    }
}

fn pem(part: &Value, data: &'static str, key: &str, base: &Path) -> Option<Pem> {
    let text = part[data].as_str().filter(|text| !text.is_empty());
    let text = text.map(|text| Pem::Text(data, Secret::new(text)));
    text.or_else(|| file(part, key, base).map(Pem::File))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str = "
apiVersion: v1
kind: Config
clusters:
- name: north
  cluster: {server: 'https://north.example.com:6443', certificate-authority: ca.pem}
- name: far
  cluster: {server: 'https://far.example.com', proxy-url: 'http://proxy'}
users:
- {name: robot, user: {token: geheim}}
- {name: file, user: {tokenFile: token, token: old}}
- {name: program, user: {exec: {command: aws}}}
contexts:
- {name: robot@north, context: {cluster: north, user: robot}}
- {name: file@north, context: {cluster: north, user: file}}
- {name: program@north, context: {cluster: north, user: program}}
- {name: robot@far, context: {cluster: far, user: robot}}
- {name: broken, context: {cluster: south, user: robot}}
";

    type Read = Vec<(String, Result<Access, String>)>;

    fn read(locator: Value) -> Result<Read, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), FILE).unwrap();
        let found = contexts(&locator, folder.path())?.into_iter();
        Ok(found.map(|one| (one.name.clone(), one.access())).collect())
    }

    #[test]
    fn contexts_become_clusters_or_say_why_not() {
        let all = read(json!({"file": "config"})).unwrap();
        let told: Vec<(&str, Result<&Access, &String>)> = all
            .iter()
            .map(|(name, access)| (name.as_str(), access.as_ref()))
            .collect();
        let access = told[0].1.unwrap();
        assert_eq!(told[0].0, "robot@north");
        assert_eq!(access.url.as_str(), "https://north.example.com:6443/");
        assert_eq!(access.token, Token::Text(Secret::new("geheim")));
        assert!(matches!(&access.trust.authority, Some(Pem::File(file)) if file.ends_with("ca.pem")));
        assert!(matches!(&told[1].1.unwrap().token, Token::File(file) if file.ends_with("token")));
        for (place, expected) in [
            (2, "(exec), which the portal does not run"),
            (3, "proxy-url"),
            (4, "no cluster \"south\""),
        ] {
            let reason = told[place].1.unwrap_err();
            assert!(
                reason.contains(expected) && !reason.contains("geheim"),
                "{reason}"
            );
        }
    }

    #[test]
    fn named_contexts_alone_are_taken() {
        let some = read(json!({"file": "config", "contexts": ["file@north", "gone"]})).unwrap();
        assert_eq!(some[0].0, "file@north");
        assert!(some[0].1.is_ok());
        let reason = some[1].1.as_ref().unwrap_err();
        assert!(
            reason.contains("there is no context \"gone\"; it has robot@north, "),
            "{reason}"
        );
        for (locator, expected) in [
            (json!({}), "needs file"),
            (json!({"file": "missing"}), "cannot be read"),
            (json!({"file": "config", "contexts": []}), "has no contexts"),
        ] {
            let reason = read(locator.clone()).unwrap_err();
            assert!(reason.contains(expected), "{locator}: {reason}");
        }
    }
}
