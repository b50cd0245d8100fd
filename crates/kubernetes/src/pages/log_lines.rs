//! A line of a log for people: its level, and what a line of JSON says.

use maud::{Markup, html};
use serde_json::{Map, Value};

/// Fields of a line of JSON that are shown.
const MOST_FIELDS: usize = 24;
/// Letters of a field.
const MAX_FIELD: usize = 300;
/// Words of a line among which a level is looked for.
const HEAD: usize = 6;

/// How bad it is what a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

impl Level {
    /// The word in class names and events.
    pub fn word(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn named(word: &str) -> Option<Self> {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        Some(match word.to_ascii_lowercase().as_str() {
            "trace" | "debug" | "dbg" | "verbose" | "fine" => Self::Debug,
            "info" | "information" | "notice" | "inf" => Self::Info,
            "warn" | "warning" | "wrn" => Self::Warning,
            "error" | "err" | "fatal" | "critical" | "crit" | "panic" | "emerg" | "alert" | "severe" => {
                Self::Error
            }
            _ => return None,
        })
    }

    /// Programs of Node write numbers.
    fn numbered(number: i64) -> Option<Self> {
        Some(match number {
            10 | 20 => Self::Debug,
            30 => Self::Info,
            40 => Self::Warning,
            50 | 60 => Self::Error,
            _ => return None,
        })
    }
}

/// A line that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadLine {
    /// How bad it is, if the line says so.
    pub level: Option<Level>,
    /// The line without the marks of terminals.
    pub plain: String,
    /// What it says, if it is JSON.
    pub said: Option<Said>,
}

/// What a line of JSON says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// The sentence.
    pub message: String,
    /// What else it has, as names and values.
    pub fields: Vec<(String, String)>,
}

impl ReadLine {
    /// Looks at a line.
    pub fn of(text: &str) -> Self {
        let plain = without_marks(text);
        let json = plain
            .trim_start()
            .starts_with('{')
            .then(|| serde_json::from_str(plain.trim()).ok());
        match json.flatten() {
            Some(Value::Object(map)) => {
                let (level, said) = from_json(&map);
                Self {
                    level,
                    plain,
                    said: Some(said),
                }
            }
            _ => Self {
                level: level_of(&plain),
                plain,
                said: None,
            },
        }
    }
}

/// Terminals take colours from the text, pages do not.
fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            plain.push(letter);
        } else if letters.next_if_eq(&'[').is_some() {
            letters.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    plain
}

/// The level that a line of text says: `level=warn`, `[ERROR]`, `E0131 12:00:00`, or a word in capitals near its begin.
fn level_of(text: &str) -> Option<Level> {
    if let Some((_, rest)) = text.split_once("level=").or_else(|| text.split_once("lvl=")) {
        return Level::named(rest.split([' ', ',']).next()?);
    }
    if let Some(level) = of_klog(text) {
        return Some(level);
    }
    let mut words = text
        .split([' ', '\t', '|'])
        .filter(|word| !word.is_empty())
        .take(HEAD);
    words.find_map(|word| {
        let word = word.trim_end_matches(':');
        let is_marked =
            word.starts_with(['[', '<', '(']) || word.chars().all(|letter| !letter.is_lowercase());
        Level::named(word).filter(|_| is_marked)
    })
}

/// Programs of Kubernetes write a letter, and month and day: `W0131 …`.
fn of_klog(text: &str) -> Option<Level> {
    let head = text.as_bytes().get(..6)?;
    let is_date = head[1..5].iter().all(u8::is_ascii_digit) && head[5] == b' ';
    let level = match head[0] {
        b'I' => Level::Info,
        b'W' => Level::Warning,
        b'E' | b'F' => Level::Error,
        _ => return None,
    };
    is_date.then_some(level)
}

fn from_json(map: &Map<String, Value>) -> (Option<Level>, Said) {
    let mut level = None;
    let mut message = None;
    let mut fields = Vec::new();
    for (key, value) in map {
        match key.to_ascii_lowercase().as_str() {
            "level" | "lvl" | "severity" | "log.level" | "loglevel" if level.is_none() => {
                level = match value {
                    Value::Number(number) => number.as_i64().and_then(Level::numbered),
                    other => other.as_str().and_then(Level::named),
                };
            }
            "msg" | "message" | "event" | "log" if message.is_none() && value.is_string() => {
                message = value.as_str().map(str::to_owned);
            }
            // The time stands before the line already.
            "time" | "ts" | "timestamp" | "@timestamp" | "t" => {}
            _ if fields.len() < MOST_FIELDS => fields.push((key.clone(), field(value))),
            _ => {}
        }
    }
    let message = message.unwrap_or_default();
    (level, Said { message, fields })
}

fn field(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_FIELD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A line's text; what was searched for is marked.
pub(crate) fn shown(line: &ReadLine, search: &str) -> Markup {
    html! {
        @match &line.said {
            Some(said) => {
                span.k8s-said data-raw=(line.plain) { (marked(&said.message, search)) }
                @for (name, value) in &said.fields { " " span.k8s-field { span.k8s-key { (name) "=" } (marked(value, search)) } }
            }
            None => { (marked(&line.plain, search)) }
        }
    }
}

fn marked(text: &str, search: &str) -> Markup {
    html! {
        @if search.is_empty() { (text) } @else {
            @for (index, part) in text.split(search).enumerate() {
                @if index > 0 { mark { (search) } }
                (part)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_lines() {
        for (text, expected) in [
            ("2026-01-01 12:00:00 ERROR no database", Some("error")),
            ("[warn] slow", Some("warning")),
            ("ts=1 level=info msg=ready", Some("info")),
            ("E0131 12:00:00.1 1 main.go:1] failed", Some("error")),
            ("W0131 late", Some("warning")),
            (r#"{"level":"error","msg":"no"}"#, Some("error")),
            (r#"{"level":40,"msg":"hm"}"#, Some("warning")),
            (r#"{"severity":"CRITICAL","message":"no"}"#, Some("error")),
            ("\u{1b}[31mERROR\u{1b}[0m no", Some("error")),
            ("an error page was sent", None),
            ("listening on :3000", None),
            ("E", None),
            ("", None),
        ] {
            let level = ReadLine::of(text).level.map(Level::word);
            assert_eq!(level, expected, "{text}");
        }
    }

    #[test]
    fn json_is_taken_apart_and_colours_are_left_out() {
        let read = ReadLine::of(r#"{"time":"x","msg":"served","status":200,"user":{"id":1}}"#);
        let said = read.said.unwrap();
        assert_eq!(said.message, "served");
        let fields: Vec<String> = said
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(fields, ["status=200", r#"user={"id":1}"#]);
        assert_eq!(ReadLine::of("\u{1b}[1;32mok\u{1b}[0m done").plain, "ok done");
        assert_eq!(ReadLine::of("{not json").said, None);
    }

    #[test]
    fn what_was_searched_for_is_marked_and_nothing_is_markup() {
        let line = ReadLine::of("<b>no</b> database, no");
        assert_eq!(
            shown(&line, "no").0,
            "&lt;b&gt;<mark>no</mark>&lt;/b&gt; database, <mark>no</mark>"
        );
    }
}
