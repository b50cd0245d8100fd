//! A portal with a catalog, nested groups, a large policy, people who are signed in, and tokens.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::wrk;
use crate::bench::catalog::{self, Generated};
use crate::bench::contender::Running;
use crate::bench::load::{FIGURES, Window};
use crate::server::{Server, free_port};

/// People who are signed in at the same time.
pub const SESSIONS: usize = 10_000;
/// A service's token in the configuration.
pub const FIXED: &str = "a-fixed-token-of-the-bench";
/// How often a start is looked at, and how long it may stand still.
pub const PAUSE: Duration = Duration::from_millis(50);
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Lines of groups, one in the other, and groups of each.
const CHAINS: usize = 50;
const DEPTH: usize = 20;
/// Lines of the policy.
const LINES: usize = 26_000;
/// Roles in it.
const ROLES: usize = 1_000;
/// Who is in all groups; also whom the guest's tokens name.
const PERSON: &str = "user:default/nested";

/// What is measured on.
pub struct Ground {
    catalog: Generated,
    folder: PathBuf,
}

impl Ground {
    /// Writes catalog, groups and policy.
    pub fn make(components: usize, folder: &Path) -> Result<Self> {
        let catalog = catalog::generate(components, &folder.join("catalog"))?;
        std::fs::write(folder.join("groups.yaml"), groups()?)?;
        std::fs::write(folder.join("roles.csv"), policy()?)?;
        Ok(Self {
            catalog,
            folder: folder.to_owned(),
        })
    }

    /// The address of an entity.
    pub fn by_name(&self) -> String {
        let name = &self.catalog.some_component;
        format!("/api/catalog/entities/by-name/component/default/{name}")
    }

    /// Starts the portal, with the policy or without, and waits for the catalog.
    pub fn start(&self, binary: &Path, has_policy: bool) -> Result<Running> {
        let port = free_port()?;
        let base = format!("http://127.0.0.1:{port}");
        let data = self.data();
        std::fs::create_dir_all(&data)?;
        let mut files: Vec<Value> = self
            .catalog
            .files
            .iter()
            .map(|file| json!({"type": "file", "target": file}))
            .collect();
        files.push(json!({"type": "file", "target": self.folder.join("groups.yaml")}));
        let mut config = json!({
            "app": {"baseUrl": base},
            "backend": {
                "baseUrl": base,
                "listen": {"host": "127.0.0.1", "port": port},
                "database": {"client": "better-sqlite3", "connection": {"directory": data}},
                "auth": {"externalAccess": [{"type": "static", "options": {"token": FIXED, "subject": "bench"}}]},
            },
            "auth": {"providers": {"guest": {"userEntityRef": PERSON}}},
            "catalog": {
                "processingInterval": {"minutes": 60},
                "rules": [{"allow": ["Component", "System", "API", "Resource", "Location", "Domain", "Group", "User"]}],
                "locations": files,
            },
        });
        if has_policy {
            config["permission"] =
                json!({"enabled": true, "rbac": {"policies-csv-file": self.folder.join("roles.csv")}});
        }
        let file = self.folder.join("app-config.json");
        std::fs::write(&file, config.to_string())?;
        let mut command = Command::new(binary);
        command
            .current_dir(&self.folder)
            .arg("serve")
            .arg("--config")
            .arg(file);
        let server = Server::start(&mut command, base, &self.folder.join("portal.log"), PATIENCE)?;
        // The policy may hide the catalog from callers without a token.
        let token = Some(FIXED.to_owned());
        let running = Running { server, token };
        running.wait_until_served(self.catalog.entities, PAUSE, PATIENCE)?;
        Ok(running)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Puts sessions of many people into the database, and gives the script that asks by each in turn.
    pub fn sign_in_everybody(&self, portal: &Running) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        let later = now + u128::from(Duration::from_hours(24).as_secs()) * 1_000_000;
        let mut statements = "BEGIN;\n".to_owned();
        let mut lua = "cookies = {".to_owned();
        for number in 0..SESSIONS {
            let secret = format!("session-of-the-bench-{number:023}");
            let digest: String = Sha256::digest(&secret)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            writeln!(
                statements,
                "INSERT INTO auth_sessions (id, digest, entity, claims, provider, browser, created, last_used, expires) VALUES \
                 ('{number}', X'{digest}', 'user:default/p{number}', '[\"user:default/p{number}\"]', 'bench', 'wrk', {now}, {now}, {later});"
            )?;
            write!(lua, "'portal-session={secret}',")?;
        }
        statements += "COMMIT;\n";
        let file = self.folder.join("sessions.sql");
        std::fs::write(&file, statements)?;
        let database = std::fs::read_dir(self.data())?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|end| end == "sqlite"))
            .with_context(|| format!("there is no database of {}", portal.server.base))?;
        let done = Command::new("sqlite3")
            .arg("-cmd")
            .arg(".timeout 10000")
            .arg(database)
            .stdin(Stdio::from(std::fs::File::open(file)?))
            .status()
            .context("could not start sqlite3")?;
        if !done.success() {
            bail!("sqlite3 ended with {done}");
        }
        lua += "}\nat = 0\nrequest = function()\n  at = at % #cookies + 1\n  \
                return wrk.format('GET', nil, {['cookie'] = cookies[at]})\nend\n";
        Ok(lua)
    }

    /// Loads one address for some seconds.
    pub fn load(&self, portal: &Running, path: &str, lua: Option<&str>, seconds: u32) -> Result<Window> {
        let script = self.folder.join("load.lua");
        std::fs::write(&script, format!("{}\n{FIGURES}", lua.unwrap_or_default()))?;
        wrk(&format!("{}{path}", portal.server.base), &script, seconds)
    }
}

/// Groups of the person.
pub fn groups_of_person() -> usize {
    CHAINS * DEPTH
}

/// A user token, as clients of the original get it.
pub fn guest_token(portal: &Running) -> Result<String> {
    let answer: Value = ureq::get(format!("{}/api/auth/guest/refresh", portal.server.base))
        .header("x-requested-with", "XMLHttpRequest")
        .call()?
        .body_mut()
        .read_json()?;
    let token = answer["backstageIdentity"]["token"].as_str();
    Ok(token.context("there is no token of the guest")?.to_owned())
}

/// An access token of a service account, which the guest of this machine may make.
pub fn access_token(portal: &Running) -> Result<String> {
    let answer: Value = ureq::post(format!("{}/api/auth/service-tokens", portal.server.base))
        .send_json(json!({"account": "bench", "name": "bench", "scopes": ["read"]}))?
        .body_mut()
        .read_json()?;
    Ok(answer["token"]
        .as_str()
        .context("there is no access token")?
        .to_owned())
}

/// A script that sends a token.
pub fn header(token: &str) -> String {
    format!("wrk.headers['authorization'] = 'Bearer {token}'")
}

/// A script that sends a body.
pub fn post(body: &str) -> String {
    format!("wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = '{body}'")
}

/// One question about a permission.
pub fn questions() -> String {
    let permission =
        json!({"type": "basic", "name": "catalog.location.create", "attributes": {"action": "create"}});
    json!({"items": [{"id": "1", "permission": permission}]}).to_string()
}

/// Groups in each other, and a person in the innermost of each line.
fn groups() -> Result<String> {
    let mut text = String::new();
    let mut member_of = Vec::new();
    for chain in 0..CHAINS {
        for level in 0..DEPTH {
            let parent = match level {
                0 => String::new(),
                _ => format!("parent: nest-{chain}-{}, ", level - 1),
            };
            writeln!(
                text,
                "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: nest-{chain}-{level} }}\n\
                 spec: {{ type: team, {parent}children: [] }}\n---"
            )?;
        }
        member_of.push(format!("nest-{chain}-{}", DEPTH - 1));
    }
    writeln!(
        text,
        "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {{ name: nested }}\nspec: {{ memberOf: [{}] }}",
        member_of.join(", ")
    )?;
    Ok(text)
}

/// Roles with lines about permissions that the portal has and that others have, held by the groups.
fn policy() -> Result<String> {
    let known = [
        "catalog-entity, read",
        "catalog.location.read, read",
        "catalog.location.create, create",
        "scaffolder.task.create, create",
    ];
    let mut text = String::new();
    for line in 0..LINES - ROLES {
        let role = line % ROLES;
        match known.get(line / ROLES) {
            Some(about) => writeln!(text, "p, role:default/r{role}, {about}, allow")?,
            None => writeln!(text, "p, role:default/r{role}, other.thing{line}.use, use, allow")?,
        }
    }
    for role in 0..ROLES {
        let (chain, level) = (role % CHAINS, role / CHAINS % DEPTH);
        writeln!(
            text,
            "g, group:default/nest-{chain}-{level}, role:default/r{role}"
        )?;
    }
    Ok(text)
}
