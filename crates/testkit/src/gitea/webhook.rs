//! Webhooks as they are sent: bodies, signatures, headers.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::git::hex;
use super::hooks::{Hook, Target};
use super::payload::payload;
use super::repository::Repository;
use super::server::lock;
use super::world::World;
use super::{FakeGitea, Push};

/// A branch or a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefType {
    /// `branch`.
    Branch,
    /// `tag`.
    Tag,
}

impl RefType {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Tag => "tag",
        }
    }
}

/// Something that a webhook is sent for. Repositories are named `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Commits came to a branch, or the branch is new ([`FakeGitea::push`], [`FakeGitea::branch`]).
    Push(Push),
    /// A branch or tag was made.
    Create(String, RefType, String),
    /// A branch or tag was removed.
    Delete(String, RefType, String),
    /// A repository was `created` or `deleted`; say so of a deleted one before it is deleted.
    Repository(String, &'static str),
}

impl From<Push> for Event {
    fn from(push: Push) -> Self {
        Self::Push(push)
    }
}

impl Event {
    /// The word of the header `X-Gitea-Event`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Push(_) => "push",
            Self::Create(..) => "create",
            Self::Delete(..) => "delete",
            Self::Repository(..) => "repository",
        }
    }

    /// `owner/name` of the repository.
    pub fn repository(&self) -> &str {
        match self {
            Self::Push(push) => &push.repository,
            Self::Create(name, ..) | Self::Delete(name, ..) | Self::Repository(name, _) => name,
        }
    }

    fn branch(&self) -> Option<&str> {
        match self {
            Self::Push(push) => Some(&push.branch),
            Self::Create(_, RefType::Branch, name) | Self::Delete(_, RefType::Branch, name) => Some(name),
            _ => None,
        }
    }
}

/// A webhook ready to be sent.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where to.
    pub url: String,
    /// Names as Gitea writes them.
    pub headers: Vec<(&'static str, String)>,
    /// The exact bytes, which the signature is of unless they are a form.
    pub body: Vec<u8>,
}

impl FakeGitea {
    /// Sets a webhook up from inside, as the API would: active, for all events of the portal, with a secret (none: the signature is empty).
    pub fn hook(&self, target: Target, url: &str, secret: &str) -> u64 {
        let mut world = lock(&self.world);
        let (id, now) = (world.next_id(), world.tick());
        let events = ["push", "delete", "create", "repository"]
            .map(str::to_owned)
            .to_vec();
        let hook = Hook {
            id,
            target,
            url: url.to_owned(),
            content_type: "json".to_owned(),
            secret: secret.to_owned(),
            events,
            branch_filter: String::new(),
            authorization: String::new(),
            active: true,
            created: now,
            updated: now,
        };
        world.hooks.insert(id, hook);
        id
    }

    /// Changes a webhook, for example to `form`.
    ///
    /// # Panics
    ///
    /// When there is no webhook of this number.
    pub fn edit_hook(&self, id: u64, change: impl FnOnce(&mut Hook)) {
        let mut world = lock(&self.world);
        let now = world.tick();
        let hook = world.hooks.get_mut(&id).expect("the webhook is there");
        change(hook);
        hook.updated = now;
    }

    /// What a webhook sends for an event, whether or not it is set up for it.
    ///
    /// # Panics
    ///
    /// When there is no such webhook, or no such repository.
    pub fn delivery(&self, hook: u64, event: &Event) -> Delivery {
        let world = lock(&self.world);
        prepared(&world, &world.hooks[&hook], event)
    }

    /// Sends an event to every webhook that is set up for it, one try each; the answers are their statuses, `None` for one that was not reached.
    ///
    /// # Panics
    ///
    /// When there is no such repository.
    pub async fn deliver(&self, event: &Event) -> Vec<(u64, Option<u16>)> {
        let ready: Vec<(u64, Delivery)> = {
            let world = lock(&self.world);
            let wanting = world.hooks.values().filter(|hook| wants(&world, hook, event));
            wanting
                .map(|hook| (hook.id, prepared(&world, hook, event)))
                .collect()
        };
        let mut answers = Vec::new();
        for (id, delivery) in ready {
            answers.push((id, send(&delivery).await.ok()));
            self.note_try(id);
        }
        answers
    }

    /// Gitea keeps the outcome of a try at the webhook, which is a change of it.
    fn note_try(&self, id: u64) {
        let mut world = lock(&self.world);
        let now = world.tick();
        if let Some(hook) = world.hooks.get_mut(&id) {
            hook.updated = now;
        }
    }
}

/// The repository of an event.
pub(super) fn found<'a>(world: &'a World, event: &Event) -> &'a Repository {
    let name = event.repository();
    world
        .find(name)
        .unwrap_or_else(|| panic!("there is no repository {name}"))
}

/// Whether a webhook is sent for an event. That a repository was removed reaches only owners and the server.
fn wants(world: &World, hook: &Hook, event: &Event) -> bool {
    let repository = found(world, event);
    let gone = matches!(event, Event::Repository(_, "deleted"));
    let near = match &hook.target {
        Target::Repository(id) => *id == repository.id && !gone,
        Target::Organization(login) | Target::User(login) => login.eq_ignore_ascii_case(&repository.owner),
        Target::System => true,
        Target::Default => false,
    };
    let filter = hook.branch_filter.trim_end_matches('*');
    let branch = event.branch().is_none_or(|branch| branch.starts_with(filter));
    hook.active && near && branch && hook.events.iter().any(|known| known == event.word())
}

fn prepared(world: &World, hook: &Hook, event: &Event) -> Delivery {
    let payload = serde_json::to_string_pretty(&payload(world, event)).expect("values are text");
    let form = hook.content_type == "form";
    let content_type = if form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let mut headers = vec![("Content-Type", content_type.to_owned())];
    headers.extend(signed(hook, event, &payload));
    if world.settings.minor() < 24 {
        headers.retain(|(name, _)| !name.ends_with("Installation-Target-Type"));
    }
    if world.settings.is_forgejo() {
        headers.extend(of_forgejo(&headers));
    }
    if !hook.authorization.is_empty() {
        headers.push(("Authorization", hook.authorization.clone()));
    }
    let body = if form {
        format!("payload={}", utf8_percent_encode(&payload, NON_ALPHANUMERIC))
    } else {
        payload
    };
    Delivery {
        url: hook.url.clone(),
        headers,
        body: body.into_bytes(),
    }
}

/// Forgejo says everything under its own name, too.
fn of_forgejo(headers: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let own = headers.iter().filter_map(|(name, value)| {
        let own = match *name {
            "X-Gitea-Delivery" => "X-Forgejo-Delivery",
            "X-Gitea-Event" => "X-Forgejo-Event",
            "X-Gitea-Event-Type" => "X-Forgejo-Event-Type",
            "X-Gitea-Signature" => "X-Forgejo-Signature",
            _ => return None,
        };
        Some((own, value.clone()))
    });
    own.collect()
}

fn signed(hook: &Hook, event: &Event, payload: &str) -> Vec<(&'static str, String)> {
    let sign = |algorithm| {
        let key = hmac::Key::new(algorithm, hook.secret.as_bytes());
        let signature = hmac::sign(&key, payload.as_bytes());
        if hook.secret.is_empty() {
            String::new()
        } else {
            hex(signature.as_ref())
        }
    };
    let long = sign(hmac::HMAC_SHA256);
    let short = sign(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY);
    let delivery = uuid::Uuid::new_v4().to_string();
    let (word, target) = (event.word().to_owned(), hook.target.word().to_owned());
    vec![
        ("X-Gitea-Delivery", delivery.clone()),
        ("X-Gitea-Event", word.clone()),
        ("X-Gitea-Event-Type", word.clone()),
        ("X-Gitea-Signature", long.clone()),
        ("X-Gitea-Hook-Installation-Target-Type", target.clone()),
        ("X-Gogs-Delivery", delivery.clone()),
        ("X-Gogs-Event", word.clone()),
        ("X-Gogs-Event-Type", word.clone()),
        ("X-Gogs-Signature", long.clone()),
        ("X-Hub-Signature", format!("sha1={short}")),
        ("X-Hub-Signature-256", format!("sha256={long}")),
        ("X-GitHub-Delivery", delivery),
        ("X-GitHub-Event", word.clone()),
        ("X-GitHub-Event-Type", word),
        ("X-GitHub-Hook-Installation-Target-Type", target),
    ]
}

/// Sends it to an address of this machine, and reads the status.
async fn send(delivery: &Delivery) -> std::io::Result<u16> {
    let rest = delivery.url.trim_start_matches("http://");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut head = format!("POST /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Go-http-client/1.1\r\n");
    for (name, value) in &delivery.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        delivery.body.len()
    ));
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&delivery.body).await?;
    let mut answer = String::new();
    stream.take(64 << 10).read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}
