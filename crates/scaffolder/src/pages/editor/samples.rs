//! The editor in its states, for the snapshot test and for looking at.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::json;
use ui::Language;

use super::judge::judge;
use super::view::{EditorView, FormPart, editor};
use super::{Draft, FIRST, TrialFile, TrialStep, TrialView};
use crate::forms::check::Mistakes;
use crate::tasks::{EventKind, StepState, TaskEvent};

/// With a result, with a run that failed, and with a text that cannot be read.
pub(in crate::pages) fn samples() -> Vec<(&'static str, Markup)> {
    let unreadable = FIRST.replace("  steps:", "  steps: [");
    vec![
        ("editor", edited(FIRST, Some(&tried(false)))),
        ("editor-failed", edited(FIRST, Some(&tried(true)))),
        ("editor-unreadable", edited(&unreadable, None)),
    ]
}

fn edited(text: &str, trial: Option<&TrialView>) -> Markup {
    let (draft, mistakes) = (
        Draft {
            text: text.to_owned(),
            ..Draft::default()
        },
        Mistakes::new(),
    );
    let judged = judge(text, None);
    let form = judged.template.as_ref().map(|template| FormPart {
        template,
        page: 0,
        fields: html! { div.field { label for="sample-name" { "Name" } input.input id="sample-name" name="/name" value="orders"; } },
        mistakes: &mistakes,
    });
    editor(&EditorView {
        draft: &draft,
        judged: &judged,
        form,
        trial,
        templates: vec![(
            "template:default/typescript-service".to_owned(),
            "TypeScript service".to_owned(),
        )],
        state: "{}".to_owned(),
        secrets: None,
    })
}

fn tried(has_failed: bool) -> TrialView {
    let line = |status, message: &str| TaskEvent {
        at: Timestamp::UNIX_EPOCH,
        status,
        ..TaskEvent::of(EventKind::Log, message)
    };
    let step = |id: &str, state| TrialStep {
        key: id.to_owned(),
        name: format!("The step {id}"),
        action: "debug:log".to_owned(),
        state,
        log: vec![line(Some(state), "Made \u{1b}[32morders\u{1b}[39m")],
    };
    let last = if has_failed {
        StepState::Failed
    } else {
        StepState::Completed
    };
    let file = |path: &str, text: Option<&str>| TrialFile {
        path: path.to_owned(),
        size: 9,
        text: text.map(str::to_owned),
        language: Language::Plain,
    };
    TrialView {
        steps: vec![step("describe", StepState::Completed), step("say", last)],
        files: vec![file("docs/index.md", Some("# orders\n")), file("logo.png", None)],
        more_files: 0,
        output: json!({"text": [{"title": "Next", "content": "Look at `orders`."}]}),
        failure: has_failed.then(|| (Some("say".to_owned()), "InputError: no message".to_owned())),
    }
}
