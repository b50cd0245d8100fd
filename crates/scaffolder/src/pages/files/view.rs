//! What the files of a task look like.

use maud::{Markup, html};
use ui::{Code, EmptyState, Language, Tab, code_block, empty_state, segmented, text_diff};

use super::changes;
use crate::kept::States;
use crate::pages::address;
use crate::pages::file_tree::{Change, Leaf, change_mark, file_tree};
use crate::pages::task::view::{Part, heading};
use crate::tasks::TaskReport;

/// Everything that the page shows.
pub(in crate::pages) struct FilesView<'a> {
    pub task: &'a TaskReport,
    pub states: &'a States,
    /// The place of the state that is shown.
    pub at: usize,
    pub path: Option<&'a str>,
    pub content: Option<&'a Content>,
    /// The file is shown, not what changed in it.
    pub is_whole: bool,
}

/// What there is to see of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) enum Content {
    /// Its text before and after the step.
    Text {
        before: Option<String>,
        now: Option<String>,
    },
    /// No text.
    Binary(u64),
    /// Too large to be shown.
    Large(u64),
}

/// The whole content of the page.
pub(in crate::pages) fn files(view: &FilesView<'_>) -> Markup {
    let state = view.states.states.get(view.at);
    let is_kept = state.is_some_and(|state| state.files.is_some());
    html! {
        (heading(view.task, Part::Files, true, &html! {}))
        p.page-lead { "The files of the task after each step. Secrets are shown as ***. They are kept for three days." }
        (steps(view))
        @if is_kept { (beside(view)) } @else { (empty_state(EmptyState {
            icon: "note",
            title: "The files are not kept",
            text: "After this step there were more than 2,000 files or 32 MB. The task itself went on with them.",
            actions: None,
        })) }
    }
}

fn steps(view: &FilesView<'_>) -> Markup {
    let name = |key: &str| {
        let step = view.task.steps.iter().find(|step| step.key == key);
        step.map_or(key.to_owned(), |step| step.name.clone())
    };
    let tab = |(at, state): (usize, &crate::kept::State)| {
        let href = address::task_file(view.task.id, &state.step, None, false);
        let changed = changes(view.states, at)
            .iter()
            .filter(|(_, change)| change.is_some())
            .count();
        Tab {
            count: (changed > 0).then_some(changed),
            ..Tab::new(name(&state.step), href, at == view.at)
        }
    };
    let tabs: Vec<Tab> = view.states.states.iter().enumerate().map(tab).collect();
    html! { div.files-steps { span.muted { "After" } (segmented("After the step", &tabs)) } }
}

fn beside(view: &FilesView<'_>) -> Markup {
    let all = changes(view.states, view.at);
    if all.is_empty() {
        return empty_state(EmptyState {
            icon: "note",
            title: "No files yet",
            text: "After this step the task had no files.",
            actions: None,
        });
    }
    let step = view.states.states.get(view.at).map_or("", |state| &state.step);
    let leaf = |(file, change): &(&crate::kept::KeptFile, Option<Change>)| Leaf {
        path: file.seen_path().to_owned(),
        href: address::task_file(view.task.id, step, Some(file.seen_path()), false),
        change: *change,
    };
    let leaves: Vec<Leaf> = all.iter().map(leaf).collect();
    let change = all.iter().find(|(file, _)| Some(file.seen_path()) == view.path);
    html! {
        div.files {
            nav.files-list aria-label="Files" { (file_tree(&leaves, view.path)) }
            section.file-shown aria-label="File" {
                @if let (Some(path), Some(content)) = (view.path, view.content) {
                    (file(view, step, path, content, change.and_then(|(_, change)| *change)))
                }
            }
        }
    }
}

fn file(view: &FilesView<'_>, step: &str, path: &str, content: &Content, change: Option<Change>) -> Markup {
    let is_compared = change == Some(Change::Changed) && !view.is_whole;
    let ways = [
        Tab::new(
            "Changes",
            address::task_file(view.task.id, step, Some(path), false),
            is_compared,
        ),
        Tab::new(
            "File",
            address::task_file(view.task.id, step, Some(path), true),
            !is_compared,
        ),
    ];
    html! {
        div.file-head {
            h2 { code { (path) } }
            @if let Some(change) = change { (change_mark(change)) }
            @if change == Some(Change::Changed) { (segmented("What is shown", &ways)) }
        }
        @match content {
            Content::Binary(size) => { p.muted { "No text: " (size) " bytes." } }
            Content::Large(size) => { p.muted { "Too large to be shown: " (size) " bytes." } }
            Content::Text { before: Some(before), now: Some(now) } if is_compared => { (text_diff(before, now)) }
            Content::Text { before: Some(before), now: None } => { (text_diff(before, "")) }
            Content::Text { now: Some(now), .. } => { (code_block(Code::new(now, Language::of_path(path)))) }
            Content::Text { .. } => { p.muted { "The text of this file is not kept any more." } }
        }
    }
}

/// A task of which nothing is kept.
pub(in crate::pages) fn nothing_kept(task: &TaskReport) -> Markup {
    html! {
        (heading(task, Part::Files, true, &html! {}))
        (empty_state(EmptyState {
            icon: "note",
            title: "No files are kept of this task",
            text: "Files are kept on the machine that ran the task, after its first step and for three days.",
            actions: None,
        }))
    }
}
