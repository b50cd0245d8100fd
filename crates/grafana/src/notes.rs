//! What Grafana has noted about an entity: annotations of a dashboard, and those of the whole organisation with a tag of the
//! entity. Flux notes deployments there by itself, where a provider of the type `grafana` is set up.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Mutex;
use ui::Marker;

use crate::grafana::Grafana;
use crate::trouble::Trouble;

/// How long notes are good.
const GOOD: Duration = Duration::from_mins(1);
/// Questions whose answers are kept.
const KEPT: usize = 200;
/// Longest text of a note, in characters.
const LONGEST: usize = 120;
/// How Flux writes what it applied.
const REVISION: &str = "revision: ";
/// How a deployment is told.
pub(crate) const DEPLOYED: &str = " was deployed";
/// Digits of a commit that are shown.
const SHORT: usize = 7;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    /// The dashboard.
    pub(crate) board: String,
    /// Tags, one of which is enough.
    pub(crate) tags: Vec<String>,
    pub(crate) span: (i64, i64),
}

type Kept = HashMap<Question, (Instant, Arc<Vec<Note>>)>;

/// The notes that are kept of an instance.
#[derive(Default)]
pub(crate) struct Notes(Mutex<Kept>);

/// A note.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Note {
    marker: Marker,
    /// The panel that it is about; nothing for all.
    panel: Option<i64>,
}

impl Grafana {
    /// What was noted, of all panels or of this one. One question for all charts of a page; a chart does not fail for want of it.
    pub(crate) async fn notes(&self, question: &Question, panel: i64) -> Vec<Marker> {
        let mut kept = self.notes.0.lock().await;
        let known = kept.get(question).filter(|(at, _)| at.elapsed() < GOOD);
        let notes = if let Some((_, notes)) = known {
            notes.clone()
        } else {
            let asked = self.ask_notes(question).await.unwrap_or_else(|trouble| {
                tracing::debug!("annotations could not be read: {}", trouble.message);
                Vec::new()
            });
            let notes = Arc::new(asked);
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(question.clone(), (Instant::now(), notes.clone()));
            notes
        };
        drop(kept);
        let own = notes
            .iter()
            .filter(|note| note.panel.is_none_or(|of| of == panel));
        own.map(|note| note.marker.clone()).collect()
    }

    async fn ask_notes(&self, question: &Question) -> Result<Vec<Note>, Trouble> {
        let board = (!question.board.is_empty()).then_some(question.board.as_str());
        let of_board = async {
            match board {
                Some(board) => self.client.annotations(question.span, Some(board), &[]).await,
                None => Ok(Value::Null),
            }
        };
        let of_tags = async {
            if question.tags.is_empty() {
                return Ok(Value::Null);
            }
            self.client.annotations(question.span, None, &question.tags).await
        };
        let (board, tags) = futures::try_join!(of_board, of_tags)?;
        let mut notes: Vec<Note> = [board, tags].iter().flat_map(read).collect();
        notes.sort_by(|one, other| {
            (one.marker.at, &one.marker.text).cmp(&(other.marker.at, &other.marker.text))
        });
        notes.dedup();
        Ok(notes)
    }
}

/// The notes of an answer; states of alerts are none.
fn read(answer: &Value) -> Vec<Note> {
    let all = answer.as_array().into_iter().flatten();
    all.filter(|note| note["newState"].as_str().is_none_or(str::is_empty))
        .filter_map(note)
        .collect()
}

fn note(note: &Value) -> Option<Note> {
    let tags: Vec<&str> = note["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let text = deployed(&tags).unwrap_or_else(|| plain(note["text"].as_str().unwrap_or_default()));
    let text = if text.is_empty() { tags.join(", ") } else { text };
    Some(Note {
        marker: Marker {
            at: note["time"].as_i64()?,
            text: text.chars().take(LONGEST).collect(),
            ..Marker::default()
        },
        panel: note["panelId"].as_i64().filter(|panel| *panel != 0),
    })
}

/// What Flux applied: `main@sha1|4f1c…` as `main@4f1c2ab was deployed`.
fn deployed(tags: &[&str]) -> Option<String> {
    if !tags.contains(&"flux") {
        return None;
    }
    let revision = tags.iter().find_map(|tag| tag.strip_prefix(REVISION))?;
    let (branch, commit) = revision.split_once('@').unwrap_or(("", revision));
    let commit = commit.rsplit(['|', ':']).next().unwrap_or_default();
    let is_digest = commit.len() > 12 && commit.bytes().all(|digit| digit.is_ascii_hexdigit());
    let commit = if is_digest { &commit[..SHORT] } else { commit };
    let at = if branch.is_empty() { "" } else { "@" };
    Some(format!("{branch}{at}{commit}{DEPLOYED}"))
}

/// A text without its HTML.
fn plain(text: &str) -> String {
    let (mut plain, mut is_tag) = (String::new(), false);
    for letter in text.chars().take(LONGEST * 10) {
        match letter {
            '<' => is_tag = true,
            '>' if is_tag => {
                is_tag = false;
                plain.push(' ');
            }
            letter if !is_tag => plain.push(letter),
            _ => {}
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn notes_are_read_in_words() {
        let sha = "4f1c2ab5e0c8e9b4f1c2ab5e0c8e9b4f1c2ab5e0";
        for (tags, text, expected) in [
            (
                json!([
                    "flux",
                    "kustomize-controller",
                    format!("revision: main@sha1|{sha}"),
                    "name: orders"
                ]),
                "kustomization/orders.shop",
                "main@4f1c2ab was deployed",
            ),
            (
                json!(["flux", "revision: 6.5.4"]),
                "helmrelease/orders.shop",
                "6.5.4 was deployed",
            ),
            (
                json!(["flux"]),
                "kustomization/orders.shop",
                "kustomization/orders.shop",
            ),
            (
                json!(["drill"]),
                "<b>Failover</b>\n  <a href=\"x\">drill</a> & more",
                "Failover drill & more",
            ),
            (json!(["drill", "shop"]), "", "drill, shop"),
            (json!(null), "a < b", "a"),
        ] {
            let notes = read(&json!([{"time": 5, "tags": tags, "text": text, "panelId": 0}]));
            assert_eq!(
                (notes[0].marker.text.as_str(), notes[0].panel),
                (expected, None),
                "{tags}"
            );
        }
        let others = json!([{"time": 1, "newState": "Alerting", "text": "x"}, {"text": "no time"}, null]);
        assert_eq!(read(&others), []);
        assert_eq!(read(&json!({"message": "no"})), []);
    }
}
