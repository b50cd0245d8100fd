//! Logs of a container, line by line, within bounds.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, Stream, StreamExt};
use jiff::Timestamp;
use model::{Clock, SystemClock};
use outside::{Answer, OutsideError};
use serde_json::Value;

use super::failure::{Failure, Sort};

/// Most bytes of the last lines.
const MAX_TAIL_BYTES: u64 = 2 << 20;
/// Longest line, in bytes; the rest is cut.
const MAX_LINE: usize = 16 << 10;
/// Longest silence of a container whose log is followed.
const SILENCE: Duration = Duration::from_hours(6);

/// Whose log is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogQuestion {
    pub cluster: String,
    pub namespace: String,
    pub pod: String,
    pub container: String,
    /// That of the run before this one.
    pub is_previous: bool,
    /// Only lines after those that were seen.
    pub after: Option<Mark>,
    /// Only lines of the last so many seconds.
    pub since: Option<u64>,
    /// At most so many lines before those to come.
    pub tail: usize,
    /// At most so many bytes of them.
    pub tail_bytes: u64,
}

impl LogQuestion {
    /// The last lines of a container.
    pub fn new(cluster: &str, namespace: &str, pod: &str, container: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: container.to_owned(),
            is_previous: false,
            after: None,
            since: None,
            tail: 500,
            tail_bytes: MAX_TAIL_BYTES,
        }
    }
}

/// How far a log was seen: the moment of the last line, and how many lines of that moment were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub at: Timestamp,
    pub seen: u32,
}

impl Mark {
    /// The mark after a line.
    pub fn after(before: Option<Self>, at: Timestamp) -> Self {
        match before {
            Some(before) if before.at == at => Self {
                at,
                seen: before.seen.saturating_add(1),
            },
            // Lines of a moment before it are late ones of the same log; what was seen stays seen.
            Some(before) if before.at > at => before,
            _ => Self { at, seen: 1 },
        }
    }
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogLine {
    /// When it was written.
    pub at: Option<Timestamp>,
    /// The line.
    pub text: String,
}

impl super::Kubernetes {
    /// The last lines.
    pub(crate) async fn last_lines(&self, question: &LogQuestion) -> Result<Vec<LogLine>, Failure> {
        let answer = self.open_log(question, false).await?;
        let bytes = answer.bytes().await;
        let bytes = bytes.map_err(|error| Failure::of_call(&error, SystemClock.now()))?;
        Ok(String::from_utf8_lossy(&bytes).lines().map(line).collect())
    }

    /// The last lines and all that follow.
    pub(crate) async fn follow_lines(
        &self,
        question: &LogQuestion,
    ) -> Result<BoxStream<'static, Result<LogLine, Failure>>, Failure> {
        let answer = self.open_log(question, true).await?;
        let mut unseen = Unseen::after(question.after);
        let lines = split(answer.stream().boxed());
        let is_new = move |line: &Result<LogLine, Failure>| {
            futures::future::ready(line.as_ref().map_or(true, |line| unseen.is_new(line)))
        };
        Ok(lines.filter(is_new).boxed())
    }

    async fn open_log(&self, question: &LogQuestion, follows: bool) -> Result<Answer, Failure> {
        let now = SystemClock.now();
        let cluster = self
            .cluster(&question.cluster)
            .ok_or_else(|| Failure::new(Sort::Unusable, "there is no such cluster", now))?;
        let line = cluster.usable_line()?;
        let path = format!(
            "/api/v1/namespaces/{}/pods/{}/log",
            ui::href::encode(&question.namespace),
            ui::href::encode(&question.pod)
        );
        let call = line
            .host
            .get(line.address(&path, &query(question, follows)))
            .any_status();
        let call = match line.token().await? {
            Some(token) => call.bearer(&token),
            None => call,
        };
        let call = if follows {
            // The head comes with the first line.
            call.within(SILENCE).endless(SILENCE)
        } else {
            call.max_bytes(2 * question.tail_bytes)
        };
        let answer = call.send().await.map_err(|error| Failure::of_call(&error, now))?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(refusal(answer, now).await)
    }
}

/// Tells lines that were seen before from others, since the server takes whole seconds.
struct Unseen {
    after: Option<Mark>,
    met: u32,
}

impl Unseen {
    fn after(after: Option<Mark>) -> Self {
        Self { after, met: 0 }
    }

    fn is_new(&mut self, line: &LogLine) -> bool {
        let (Some(after), Some(at)) = (self.after, line.at) else {
            return true;
        };
        if at == after.at {
            self.met = self.met.saturating_add(1);
            return self.met > after.seen;
        }
        at > after.at
    }
}

fn query(question: &LogQuestion, follows: bool) -> String {
    let mut pairs = vec![
        ("container", ui::href::encode(&question.container)),
        ("timestamps", "true".to_owned()),
    ];
    match (question.after, question.since) {
        (Some(after), _) => pairs.push(("sinceTime", ui::href::encode(&after.at.to_string()))),
        (None, since) => {
            pairs.push(("tailLines", question.tail.to_string()));
            pairs.extend(since.map(|since| ("sinceSeconds", since.to_string())));
        }
    }
    if question.is_previous {
        pairs.push(("previous", "true".to_owned()));
    }
    if follows {
        pairs.push(("follow", "true".to_owned()));
    } else {
        pairs.push(("limitBytes", question.tail_bytes.to_string()));
    }
    let pairs = pairs.iter().map(|(key, value)| format!("{key}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// Why there is no log, as the server says it.
pub(super) async fn refusal(answer: Answer, now: Timestamp) -> Failure {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap_or_default();
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    let message = told["message"].as_str().map(str::to_owned);
    let message = message.unwrap_or_else(|| format!("the cluster answered {status}"));
    let sort = match status {
        401 => Sort::Unauthorized,
        403 => Sort::Forbidden,
        404 => Sort::NotInstalled,
        _ => Sort::Other,
    };
    Failure {
        status: Some(status),
        ..Failure::new(sort, message, now)
    }
}

/// A line with its moment.
fn line(text: &str) -> LogLine {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match first.parse() {
        Ok(at) => LogLine {
            at: Some(at),
            text: cut(rest),
        },
        Err(_) => LogLine {
            at: None,
            text: cut(text),
        },
    }
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_LINE)].to_owned()
}

/// Lines of parts that end anywhere. What is longer than a line may be is a line of its own.
fn split(
    parts: BoxStream<'static, Result<Bytes, OutsideError>>,
) -> impl Stream<Item = Result<LogLine, Failure>> + Send + 'static {
    let begun = (parts, BytesMut::new(), false);
    stream::unfold(begun, |(mut parts, mut rest, mut has_ended)| async move {
        loop {
            let end = rest.iter().position(|byte| *byte == b'\n');
            if let Some(end) = end.or_else(|| (rest.len() > 2 * MAX_LINE).then_some(MAX_LINE)) {
                let found = rest.split_to(end + 1);
                let text = String::from_utf8_lossy(&found);
                return Some((
                    Ok(line(text.trim_end_matches(['\n', '\r']))),
                    (parts, rest, has_ended),
                ));
            }
            if has_ended {
                return None;
            }
            match parts.next().await {
                Some(Ok(part)) => rest.extend_from_slice(&part),
                Some(Err(error)) => {
                    let failure = Failure::of_call(&error, SystemClock.now());
                    return Some((Err(failure), (parts, BytesMut::new(), true)));
                }
                None => {
                    has_ended = true;
                    if !rest.is_empty() {
                        rest.extend_from_slice(b"\n");
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_put_together_and_long_ones_cut() {
        let long = "x".repeat(3 * MAX_LINE);
        let parts = [
            "2026-01-01T00:00:00.5Z one\n2026-01-01T0".to_owned(),
            "0:00:01Z two\r\nthree".to_owned(),
            format!(" words\n{long}\nend"),
        ];
        let parts = stream::iter(parts.map(|part| Ok(Bytes::from(part))));
        let lines: Vec<LogLine> = split(parts.boxed()).map(Result::unwrap).collect().await;
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).take(3).collect();
        assert_eq!(texts, ["one", "two", "three words"]);
        assert_eq!(lines[0].at, Some("2026-01-01T00:00:00.5Z".parse().unwrap()));
        assert!(lines.iter().all(|line| line.text.len() <= MAX_LINE));
        assert_eq!(lines.last().unwrap().text, "end");
    }

    #[test]
    fn what_was_seen_does_not_come_again_and_nothing_is_lost() {
        let all = [
            "00:00:01.5Z a",
            "00:00:02Z b",
            "00:00:02Z c",
            "00:00:02Z d",
            "00:00:03Z e",
        ];
        let all: Vec<LogLine> = all
            .iter()
            .map(|text| line(&format!("2026-01-01T{text}")))
            .collect();
        for seen in 0..=all.len() {
            let mark = all[..seen]
                .iter()
                .fold(None, |mark, line| line.at.map(|at| Mark::after(mark, at)));
            let mut unseen = Unseen::after(mark);
            let rest: Vec<&LogLine> = all.iter().filter(|line| unseen.is_new(line)).collect();
            assert_eq!(rest, all[seen..].iter().collect::<Vec<_>>(), "after {seen}");
        }
    }
}
