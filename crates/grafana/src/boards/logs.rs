//! Answers of data sources as lines of a log.

use serde_json::Value;
use ui::Tone;

use super::frames::{Answer, columns, fields, moment};

/// Most lines that are kept.
const MOST: usize = 200;
/// Longest line, in characters.
const LONGEST: usize = 2_000;
/// Labels that say how bad a line is.
const LEVELS: [&str; 4] = ["detected_level", "level", "severity", "lvl"];

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogLine {
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) text: String,
    /// How bad it is.
    pub(crate) tone: Option<Tone>,
}

/// The lines of frames, the newest first.
pub(crate) fn lines(frames: &[Answer<'_>]) -> Vec<LogLine> {
    let mut all: Vec<LogLine> = frames.iter().flat_map(|frame| of_frame(frame.value)).collect();
    all.sort_by_key(|line| std::cmp::Reverse(line.at));
    all.truncate(MOST);
    all
}

fn of_frame(frame: &Value) -> Vec<LogLine> {
    let (fields, columns) = (fields(frame), columns(frame));
    let typed = |kind: &str| {
        let mut both = fields.iter().zip(&columns);
        both.find(|(field, _)| field["type"] == kind)
            .map(|(_, column)| *column)
    };
    let named = |names: &[&str]| {
        let mut both = fields.iter().zip(&columns);
        let found = both.find(|(field, _)| field["name"].as_str().is_some_and(|name| names.contains(&name)));
        found.map(|(_, column)| *column)
    };
    let text = named(&["Line", "body", "message", "line"]).or_else(|| typed("string"));
    let Some(text) = text.and_then(Value::as_array) else {
        return Vec::new();
    };
    let (times, labels) = (typed("time"), named(&["labels"]));
    let line = |(row, text): (usize, &Value)| LogLine {
        at: times.map(|column| moment(&column[row])).unwrap_or_default(),
        text: text.as_str().unwrap_or_default().chars().take(LONGEST).collect(),
        tone: labels.and_then(|column| tone(&column[row])),
    };
    text.iter().take(MOST * 10).enumerate().map(line).collect()
}

fn tone(labels: &Value) -> Option<Tone> {
    let level = LEVELS.iter().find_map(|name| labels[*name].as_str())?;
    match level.to_ascii_lowercase().as_str() {
        "critical" | "crit" | "fatal" | "error" | "err" | "alert" | "emerg" => Some(Tone::Red),
        "warning" | "warn" => Some(Tone::Amber),
        "info" | "notice" => Some(Tone::Blue),
        _ => None,
    }
}
