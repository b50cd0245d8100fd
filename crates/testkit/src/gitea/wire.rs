//! Git over HTTP: who may fetch and push, and Git's own program that answers.
//!
//! Git takes a sign-in only: the words `token` and `Bearer` of the API count for nobody here, as at the real server.

use std::path::PathBuf;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;

use super::ask::Reply;
use super::server::{Asked, Shared, lock, respond};
use super::trouble;
use super::world::World;
use super::{bare, gate, record};
use crate::git_backend::{GitRequest, answer};

/// How long the server works a first push through, as the real one does.
const SETTLING: Duration = Duration::from_millis(200);

/// What a request of Git is about.
struct Wish {
    id: u64,
    folder: PathBuf,
    rest: String,
    is_push: bool,
}

/// Owner, name and the rest of the path of a request of Git.
fn parts<'a>(path: &'a str, sub_path: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (repository, rest) = path
        .strip_prefix(sub_path)?
        .strip_prefix('/')?
        .split_once(".git/")?;
    let (owner, name) = repository.split_once('/')?;
    let is_git = matches!(rest, "info/refs" | "git-upload-pack" | "git-receive-pack");
    (is_git && !name.contains('/')).then_some((owner, name, rest))
}

/// Whether a request is one of Git.
pub(super) fn is_git(world: &Shared, path: &str) -> bool {
    parts(path, &lock(world).settings.sub_path).is_some()
}

/// Answers a request of Git.
pub(super) async fn serve(world: Shared, asked: Asked) -> Response<Body> {
    let wish = {
        let mut world = lock(&world);
        let target = asked.uri.to_string();
        let kind = trouble::take(&mut world.troubles, &format!("{} {target}", asked.method));
        let replaced = kind.as_ref().and_then(|kind| trouble::reply(kind, &world.base()));
        replaced.map_or_else(|| prepared(&mut world, &asked), Err)
    };
    let reply = match wish {
        Ok(wish) => run(&world, wish, &asked).await,
        Err(reply) => reply,
    };
    lock(&world).record.add(record::Request {
        route: format!("{} git", asked.method),
        target: asked.uri.to_string(),
        viewer: None,
        headers: asked.headers.clone(),
        body: asked.body.to_vec(),
        status: reply.status,
    });
    respond(reply, false)
}

/// Checks who asks, and lays the repository out on disk.
fn prepared(world: &mut World, asked: &Asked) -> Result<Wish, Reply> {
    let sub_path = world.settings.sub_path.clone();
    let path = asked.uri.path().to_owned();
    let (owner, name, rest) = parts(&path, &sub_path).ok_or_else(|| Reply::empty(404))?;
    let query = asked.uri.query().unwrap_or_default();
    let is_push = rest == "git-receive-pack" || query.contains("service=git-receive-pack");
    let is_basic = asked.header("authorization").to_lowercase().starts_with("basic ");
    let viewer = if is_basic {
        gate::viewer(world, &asked.headers)
    } else {
        Ok(gate::Viewer::default())
    };
    let sign_in = || Reply::empty(401).with("www-authenticate", "Basic realm=\"Gitea\"");
    let viewer = viewer.map_err(|_| sign_in())?;
    let login = viewer.login.as_deref();
    let found = world.find(&format!("{owner}/{name}"));
    let access = found.map(|found| (found.id, found.archived, world.access(login, found)));
    match access {
        Some((_, _, (true, _))) if !is_push => {}
        _ if login.is_none() => return Err(sign_in()),
        Some((_, true, (true, true))) => return Err(refused("This repo is archived.")),
        Some((_, _, (true, false))) => return Err(refused("User permission denied for writing.")),
        Some((_, _, (true, true))) => {}
        _ => return Err(Reply::empty(404).body("Repository not found")),
    }
    if !viewer.allows("repository", is_push) {
        return Err(refused("token does not have the required scope"));
    }
    let id = access.map_or(0, |(id, ..)| id);
    let folder = world.git_folder().join(id.to_string());
    let closed = world.closed_branches(id);
    bare::write(&world.repositories[&id], &folder, &closed);
    let rest = rest.to_owned();
    Ok(Wish {
        id,
        folder,
        rest,
        is_push,
    })
}

fn refused(words: &str) -> Reply {
    Reply::empty(403).body(words)
}

async fn run(world: &Shared, wish: Wish, asked: &Asked) -> Reply {
    let (id, folder) = (wish.id, wish.folder.clone());
    let is_pushed = wish.is_push && wish.rest == "git-receive-pack";
    let header = |name: &str| asked.header(name).to_owned();
    let (kind, encoding, protocol) = (
        header("content-type"),
        header("content-encoding"),
        header("git-protocol"),
    );
    let (method, query) = (
        asked.method.to_string(),
        asked.uri.query().unwrap_or_default().to_owned(),
    );
    let body = asked.body.clone();
    let answering = tokio::task::spawn_blocking(move || {
        let path = format!("/{}/{}", wish.id, wish.rest);
        answer(&GitRequest {
            folder: wish.folder.parent().expect("it lies in a folder"),
            method: &method,
            path: &path,
            query: &query,
            content_type: &kind,
            content_encoding: &encoding,
            protocol: &protocol,
            user: "somebody",
            body: &body,
        })
    });
    let answer = answering.await.expect("the program does not panic");
    if is_pushed && world_took(world, id, &folder) {
        let world = world.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SETTLING).await;
            if let Some(found) = lock(&world).repositories.get_mut(&id) {
                found.settling = false;
            }
        });
    }
    Reply::empty(answer.status)
        .with("content-type", &answer.content_type)
        .body(answer.body)
}

/// Takes over what was pushed; whether it was the first push.
fn world_took(world: &Shared, id: u64, folder: &std::path::Path) -> bool {
    let mut world = lock(world);
    let now = world.tick();
    let Some(found) = world.repositories.get_mut(&id) else {
        return false;
    };
    let was_empty = found.is_empty();
    let is_first = bare::read(found, folder, now) && was_empty;
    found.settling |= is_first;
    is_first
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn requests_of_git_are_told_apart() {
        assert_eq!(
            parts("/shop/cart.git/info/refs", ""),
            Some(("shop", "cart", "info/refs"))
        );
        assert_eq!(
            parts("/git/shop/cart.git/git-upload-pack", "/git"),
            Some(("shop", "cart", "git-upload-pack"))
        );
        for other in [
            "/shop/cart.git",
            "/shop/cart.git/HEAD",
            "/api/v1/repos/a/b.git/info/refs",
            "/cart.git/info/refs",
        ] {
            assert_eq!(parts(other, ""), None, "{other}");
        }
    }
}
