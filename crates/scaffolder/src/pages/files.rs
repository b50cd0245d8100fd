//! The files of a task after each of its steps, and what a step changed.

pub(super) mod view;

use std::path::PathBuf;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::Fault;
use ui::{Chrome, PageHead};
use web::ApiError;

use super::task::crumbs;
use super::{Pages, address};
use crate::TASK_READ;
use crate::api::access::Caller;
use crate::kept::{Kept, KeptFile, State as KeptState, States};
use crate::pages::file_tree::{Change, telling};
use view::{Content, FilesView};

/// Largest text that is shown.
const MOST_SHOWN: u64 = 256 << 10;

/// What is kept of a task.
pub(super) async fn kept(pages: &Pages, id: crate::tasks::TaskId) -> Option<(Kept, States)> {
    let folder: PathBuf = pages.scaffolder.workspaces.join(id.to_string());
    let load = move || {
        let kept = Kept::of(&folder);
        let states = kept.load()?;
        Some((kept, states))
    };
    tokio::task::spawn_blocking(load).await.ok().flatten()
}

/// The files after a step, one of them with its text or with what changed in it.
pub(super) async fn show(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_READ).await?;
    let head = PageHead::new(format!("Files of {}", task.title())).crumbs(crumbs(&task, Some("Files")));
    let Some((kept, states)) = kept(&pages, task.id).await else {
        return Ok(chrome.page(head, view::nothing_kept(&task)).into_response());
    };
    let asked = Asked::read(&chrome.query);
    let at = match &asked.step {
        Some(step) => states
            .position(step)
            .ok_or_else(|| Fault::not_found(format!("Nothing is kept of a step '{step}' of this task")))?,
        None => states.states.len().saturating_sub(1),
    };
    let path = asked.path.or_else(|| usual_path(&states, at));
    let (states, content) = {
        let path = path.clone();
        let read = move || {
            let content = path.map(|path| content(&kept, &states, at, &path));
            (states, content)
        };
        let done = tokio::task::spawn_blocking(read).await;
        done.map_err(|error| Fault::error(error.to_string()))?
    };
    let content = content.transpose()?;
    let files = FilesView {
        task: &task,
        states: &states,
        at,
        path: path.as_deref(),
        content: content.as_ref(),
        is_whole: asked.is_whole,
    };
    Ok(chrome.page(head, view::files(&files)).into_response())
}

/// What the address asks for.
struct Asked {
    step: Option<String>,
    path: Option<String>,
    /// The file itself, also where it was changed.
    is_whole: bool,
}

impl Asked {
    fn read(query: &str) -> Self {
        Self {
            step: address::first(query, "step"),
            path: address::first(query, "path"),
            is_whole: address::first(query, "view").as_deref() == Some("file"),
        }
    }
}

/// What became of each file in the step at a place, in the order of the paths.
pub(super) fn changes(states: &States, at: usize) -> Vec<(&KeptFile, Option<Change>)> {
    let files = |state: Option<&'_ KeptState>| -> Vec<KeptFile> {
        state.and_then(|state| state.files.clone()).unwrap_or_default()
    };
    let before = files(states.before(at));
    let now = states
        .states
        .get(at)
        .and_then(|state| state.files.as_deref())
        .unwrap_or_default();
    let change = |file: &KeptFile| match before.binary_search_by(|known| known.path.cmp(&file.path)) {
        Err(_) => Some(Change::Added),
        Ok(known) if before[known].stored.digest != file.stored.digest => Some(Change::Changed),
        Ok(_) => None,
    };
    let mut all: Vec<(&KeptFile, Option<Change>)> = now.iter().map(|file| (file, change(file))).collect();
    let was = states
        .before(at)
        .and_then(|state| state.files.as_deref())
        .unwrap_or_default();
    let is_gone = |file: &&KeptFile| now.binary_search_by(|known| known.path.cmp(&file.path)).is_err();
    if states.states.get(at).is_some_and(|state| state.files.is_some()) {
        all.extend(
            was.iter()
                .filter(is_gone)
                .map(|file| (file, Some(Change::Removed))),
        );
    }
    all.sort_by(|(left, _), (right, _)| left.path.cmp(&right.path));
    all
}

fn usual_path(states: &States, at: usize) -> Option<String> {
    let all = changes(states, at);
    let changed = all.iter().position(|(_, change)| change.is_some());
    let chosen = telling(all.iter().map(|(file, _)| file.seen_path()))
        .or(changed)
        .unwrap_or_default();
    all.get(chosen).map(|(file, _)| file.seen_path().to_owned())
}

fn content(kept: &Kept, states: &States, at: usize, path: &str) -> Result<Content, Fault> {
    let now = states.states.get(at).and_then(|state| state.file(path));
    let before = states.before(at).and_then(|state| state.file(path));
    let file = now
        .or(before)
        .ok_or_else(|| Fault::not_found(format!("The task has no file {path} after this step")))?;
    let size = now
        .into_iter()
        .chain(before)
        .map(|file| file.stored.size)
        .max()
        .unwrap_or_default();
    if size > MOST_SHOWN {
        return Ok(Content::Large(size));
    }
    if !file.is_text {
        return Ok(Content::Binary(file.stored.size));
    }
    let text = |file: Option<&KeptFile>| file.and_then(|file| kept.text(file));
    Ok(Content::Text {
        before: text(before),
        now: text(now),
    })
}
