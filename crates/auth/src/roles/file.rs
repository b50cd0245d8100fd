//! The files of roles, read again when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use config::Config;
use model::{EntityRef, Fault, Viewer};
use parking_lot::Mutex;
use plugin::{Decision, Permission, Policy};
use serde_json::Value;

use super::csv::member_of;
use super::{Precedence, Roles};

/// Largest file, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// How often it is looked whether a file changed.
const LOOK: Duration = Duration::from_secs(2);

/// The roles that files give. Clones share them.
#[derive(Clone)]
pub struct RolesFile {
    inner: Arc<Inner>,
}

struct Inner {
    lines: Option<PathBuf>,
    conditions: Option<PathBuf>,
    superusers: Vec<EntityRef>,
    precedence: Precedence,
    state: Mutex<State>,
}

struct State {
    roles: Arc<Roles>,
    stamp: Stamp,
    looked: Instant,
    /// Why the files as they are now do not count.
    fault: Option<Fault>,
}

/// Size and time of each file.
type Stamp = [Option<(u64, SystemTime)>; 2];

impl RolesFile {
    /// The roles that a configuration names; nothing where permissions are switched off, or no policy is configured.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a line of it is no policy: a mistake there must neither open nor close anything unseen. Later
    /// mistakes leave the roles as they were.
    pub fn open(config: &Config) -> Result<Option<Self>, Fault> {
        let section = &config.value()["permission"];
        let Some(lines) = config.roles_file() else {
            return Ok(None);
        };
        let conditions = section
            .pointer("/rbac/conditionalPoliciesFile")
            .and_then(Value::as_str);
        let mut inner = Inner {
            lines: Some(lines),
            conditions: conditions.map(|file| config.directory().join(file)),
            superusers: superusers(section)?,
            precedence: precedence(section)?,
            state: Mutex::new(State {
                roles: Arc::default(),
                stamp: Stamp::default(),
                looked: Instant::now(),
                fault: None,
            }),
        };
        let stamp = inner.stamp();
        let roles = Arc::new(inner.read()?);
        let state = inner.state.get_mut();
        (state.roles, state.stamp) = (roles, stamp);
        Ok(Some(Self {
            inner: Arc::new(inner),
        }))
    }

    /// The roles as the files say now, or said last.
    pub(crate) fn current(&self) -> Arc<Roles> {
        let inner = &self.inner;
        let known = {
            let mut state = inner.state.lock();
            if state.looked.elapsed() < LOOK {
                return state.roles.clone();
            }
            // Others go on with what is known while this one looks.
            state.looked = Instant::now();
            state.stamp
        };
        let stamp = inner.stamp();
        if stamp == known {
            return inner.state.lock().roles.clone();
        }
        let read = inner.read();
        let mut state = inner.state.lock();
        state.stamp = stamp;
        match read {
            Ok(roles) => {
                tracing::info!("the roles of the policy are those of the changed files");
                (state.roles, state.fault) = (Arc::new(roles), None);
            }
            Err(fault) => {
                tracing::error!("the changed policy does not count, the one before does: {fault}");
                state.fault = Some(fault);
            }
        }
        state.roles.clone()
    }

    /// Why the files as they are now do not count.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.inner.state.lock().fault.clone()
    }

    /// The names of the files for people, without their folders.
    pub(crate) fn names(&self) -> [String; 2] {
        [&self.inner.lines, &self.inner.conditions].map(|path| {
            let name = path.as_ref().and_then(|path| path.file_name());
            name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        })
    }
}

impl Inner {
    fn stamp(&self) -> Stamp {
        [&self.lines, &self.conditions].map(|path| {
            let about = std::fs::metadata(path.as_ref()?).ok()?;
            Some((about.len(), about.modified().ok()?))
        })
    }

    fn read(&self) -> Result<Roles, Fault> {
        let mut roles = Roles {
            superusers: self.superusers.iter().cloned().collect(),
            precedence: self.precedence,
            ..Roles::default()
        };
        if let Some(path) = &self.lines {
            roles.add_lines(&text_of(path, "policies-csv-file")?, &path.display().to_string())?;
        }
        if let Some(path) = &self.conditions {
            roles.add_conditions(
                &text_of(path, "conditionalPoliciesFile")?,
                &path.display().to_string(),
            )?;
        }
        Ok(roles)
    }
}

#[async_trait]
impl Policy for RolesFile {
    async fn decide(&self, viewer: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        Ok(self.current().decide(viewer, asked))
    }
}

fn text_of(path: &Path, key: &str) -> Result<String, Fault> {
    let read = || {
        let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
        if size > MAX_BYTES {
            return Err(format!("it is larger than {MAX_BYTES} bytes"));
        }
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    };
    read().map_err(|reason| {
        Fault::input(format!(
            "permission.rbac.{key}: {} cannot be read: {reason}",
            path.display()
        ))
    })
}

/// `permission.rbac.policyDecisionPrecedence`.
fn precedence(section: &Value) -> Result<Precedence, Fault> {
    let written = section.pointer("/rbac/policyDecisionPrecedence");
    match written.filter(|written| !written.is_null()) {
        None => Ok(Precedence::default()),
        Some(written) => match written.as_str() {
            Some("conditional") => Ok(Precedence::Conditions),
            Some("basic") => Ok(Precedence::Lines),
            _ => Err(Fault::input(format!(
                "permission.rbac.policyDecisionPrecedence is {written}, expected conditional or basic"
            ))),
        },
    }
}

/// `permission.rbac.admin.superUsers`.
fn superusers(section: &Value) -> Result<Vec<EntityRef>, Fault> {
    let listed = section
        .pointer("/rbac/admin/superUsers")
        .and_then(Value::as_array);
    let names = listed
        .into_iter()
        .flatten()
        .map(|entry| entry["name"].as_str().unwrap_or_default());
    let parsed = names.map(|name| {
        member_of(name).map_err(|reason| Fault::input(format!("permission.rbac.admin.superUsers: {reason}")))
    });
    parsed.collect()
}
