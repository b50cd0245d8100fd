//! Logs of several containers as one: new ones join, those that end leave, and what comes too fast is left out and counted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, BoxStream, SelectAll};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::failure::{Failure, Sort};
use super::kinds::{JOBS, PODS, REPLICA_SETS};
use super::logs::{LogLine, LogQuestion, Mark};
use super::{Kind, Kubernetes};

/// Lines of one batch; of more the last ones are kept.
const TOGETHER: usize = 500;
/// Bytes of one batch.
const TOGETHER_BYTES: usize = 256 << 10;
/// How long lines are gathered.
const GATHER: Duration = Duration::from_millis(250);
/// How often it is looked for containers that are new, or run again.
const LOOK: Duration = Duration::from_secs(3);
/// Logs that are followed together.
pub(crate) const MOST_TOGETHER: usize = 20;
/// Logs that are followed at all: a cluster takes so many calls at a time, and watches need some of them.
const MOST_STREAMS: usize = 120;

static STREAMS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_STREAMS)));

/// Kinds between workloads and their pods.
pub(crate) static KINDS_OF_LOGS: [&Kind; 3] = [&PODS, &REPLICA_SETS, &JOBS];

/// A container of a pod.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    pub pod: String,
    pub container: String,
}

/// How far each log was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Marks(BTreeMap<Source, Mark>);

impl Marks {
    pub fn of(&self, source: &Source) -> Option<Mark> {
        self.0.get(source).copied()
    }

    /// A line was seen.
    pub fn saw(&mut self, source: &Source, line: &LogLine) {
        if let Some(at) = line.at {
            let mark = Mark::after(self.of(source), at);
            self.0.insert(source.clone(), mark);
        }
    }
}

/// `web-1/app@2026-01-01T00:00:00Z*2,web-2/app@…`; names have none of these marks.
impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (source, mark)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(
                f,
                "{comma}{}/{}@{}*{}",
                source.pod, source.container, mark.at, mark.seen
            )?;
        }
        Ok(())
    }
}

impl FromStr for Marks {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = text
            .split(',')
            .filter(|part| !part.is_empty())
            .take(MOST_TOGETHER * 4);
        let read = all.map(|part| {
            let (source, mark) = part.split_once('@')?;
            let (pod, container) = source.split_once('/')?;
            let (at, seen) = mark.split_once('*')?;
            let source = Source {
                pod: pod.to_owned(),
                container: container.to_owned(),
            };
            Some((
                source,
                Mark {
                    at: at.parse().ok()?,
                    seen: seen.parse().ok()?,
                },
            ))
        });
        read.collect::<Option<_>>().map(Self).ok_or(())
    }
}

/// A container that may have a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub source: Source,
    /// It does not run again, so that its log ends for good.
    pub is_over: bool,
}

/// What a feed says.
#[derive(Debug)]
pub(crate) enum Fed {
    /// Lines that came together.
    Lines(Batch),
    /// Something about the logs.
    Note(String),
    /// Nothing more comes.
    End(String),
}

/// Lines that came together, and how many of that time were left out.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub lines: VecDeque<(Source, LogLine)>,
    pub left_out: usize,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, source: Source, line: LogLine) {
        self.bytes += line.text.len();
        self.lines.push_back((source, line));
        while self.lines.len() > TOGETHER || (self.bytes > TOGETHER_BYTES && self.lines.len() > 1) {
            if let Some((_, dropped)) = self.lines.pop_front() {
                self.bytes -= dropped.text.len();
                self.left_out += 1;
            }
        }
    }
}

enum Item {
    /// The server has begun to answer.
    Opened(Source),
    /// The server does not answer with a log.
    Refused(Source, Failure),
    Line(Source, Result<LogLine, Failure>),
    Ended(Source),
}

/// Finds the containers at hand.
pub(crate) type Look = Box<dyn Fn() -> Vec<Known> + Send + Sync>;

/// Logs of several containers as one.
pub(crate) struct LogFeed {
    kubernetes: Kubernetes,
    /// What all their questions have in common.
    common: LogQuestion,
    look: Look,
    open: SelectAll<BoxStream<'static, Item>>,
    opened: BTreeSet<Source>,
    /// Containers that were there at some look.
    met: BTreeSet<Source>,
    /// Containers that do not run again.
    leaving: BTreeSet<Source>,
    /// Those of them whose logs were read.
    over: BTreeSet<Source>,
    told: BTreeMap<Source, String>,
    pub marks: Marks,
    notes: VecDeque<String>,
    end: Option<String>,
    look_every: Duration,
    next_look: Instant,
    is_first_look: bool,
}

impl LogFeed {
    pub fn new(kubernetes: Kubernetes, common: LogQuestion, marks: Marks, look: Look) -> Self {
        Self {
            kubernetes,
            common,
            look,
            open: SelectAll::new(),
            opened: BTreeSet::new(),
            met: BTreeSet::new(),
            leaving: BTreeSet::new(),
            over: BTreeSet::new(),
            told: BTreeMap::new(),
            marks,
            notes: VecDeque::new(),
            end: None,
            look_every: LOOK,
            next_look: Instant::now(),
            is_first_look: true,
        }
    }

    /// The next thing to say. After an end nothing follows.
    pub async fn next(&mut self) -> Fed {
        loop {
            if let Some(note) = self.notes.pop_front() {
                return Fed::Note(note);
            }
            if let Some(end) = self.end.take() {
                return Fed::End(end);
            }
            if Instant::now() >= self.next_look {
                self.look_around();
                continue;
            }
            if self.open.is_empty() {
                tokio::time::sleep_until(self.next_look).await;
                continue;
            }
            match timeout_at(self.next_look, self.open.next()).await {
                Ok(Some(Item::Line(source, Ok(line)))) => return self.gather(source, line).await,
                Ok(Some(item)) => self.take(item),
                Ok(None) | Err(_) => {}
            }
        }
    }

    /// Gathers what comes soon after a line; of very many lines the last ones.
    async fn gather(&mut self, source: Source, line: LogLine) -> Fed {
        let mut batch = Batch::default();
        self.marks.saw(&source, &line);
        batch.push(source, line);
        let until = Instant::now() + GATHER;
        while let Ok(Some(item)) = timeout_at(until, self.open.next()).await {
            match item {
                Item::Line(source, Ok(line)) => {
                    self.marks.saw(&source, &line);
                    batch.push(source, line);
                }
                other => self.take(other),
            }
            // A log that never pauses does not keep the gatherer from its clock.
            if Instant::now() >= until {
                break;
            }
        }
        Fed::Lines(batch)
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Opened(source) => {
                self.told.remove(&source);
                self.finish(&source);
            }
            Item::Refused(source, failure) => {
                // What cannot be read now, because the cluster is away for example, is tried again.
                if matches!(failure.status, Some(400 | 404)) {
                    self.finish(&source);
                }
                if failure.sort == Sort::Forbidden {
                    self.end = Some(failure.message);
                } else {
                    self.tell(source, failure.message);
                }
            }
            Item::Ended(source) => {
                self.opened.remove(&source);
            }
            Item::Line(source, Err(failure)) => self.tell(source, failure.message),
            Item::Line(_, Ok(_)) => {}
        }
    }

    /// A log of a container that does not run again is not opened again.
    fn finish(&mut self, source: &Source) {
        if self.leaving.contains(source) || self.common.is_previous {
            self.over.insert(source.clone());
        }
    }

    /// Says something about a log, once.
    fn tell(&mut self, source: Source, message: String) {
        if self.told.get(&source) != Some(&message) {
            self.notes
                .push_back(format!("{}/{}: {message}", source.pod, source.container));
            self.told.insert(source, message);
        }
    }

    /// Opens what is new, and finds out whether nothing more comes.
    fn look_around(&mut self) {
        self.next_look = Instant::now() + self.look_every;
        let known = (self.look)();
        let left_out = known.len().saturating_sub(MOST_TOGETHER);
        for one in known.iter().take(MOST_TOGETHER) {
            let source = &one.source;
            if self.opened.contains(source) || self.over.contains(source) {
                continue;
            }
            if one.is_over {
                self.leaving.insert(source.clone());
            }
            if self.met.insert(source.clone()) && !self.is_first_look {
                self.notes
                    .push_back(format!("{}/{} joins", source.pod, source.container));
            }
            self.open(source);
        }
        if self.is_first_look && left_out > 0 {
            self.notes.push_back(format!(
                "{left_out} more containers are left out; choose one of their pods"
            ));
        }
        self.is_first_look = false;
        let is_over = known.iter().all(|one| self.over.contains(&one.source));
        if is_over && self.opened.is_empty() {
            self.end = Some("No container of it runs any more.".to_owned());
        }
    }

    /// Opens a log. A container that is silent is not answered for before it says something, so that nobody waits for the answer.
    fn open(&mut self, source: &Source) {
        let Ok(place) = STREAMS.clone().try_acquire_owned() else {
            let message = format!("{MOST_STREAMS} logs are followed already, so that this one has to wait");
            return self.tell(source.clone(), message);
        };
        let question = LogQuestion {
            pod: source.pod.clone(),
            container: source.container.clone(),
            after: self.marks.of(source),
            ..self.common.clone()
        };
        let (kubernetes, of) = (self.kubernetes.clone(), source.clone());
        let items = stream::once(async move {
            let answered = kubernetes.follow_lines(&question).await;
            let ended = of.clone();
            let items: BoxStream<'static, Item> = match answered {
                Ok(lines) => {
                    let opened = Item::Opened(of.clone());
                    let lines = lines.map(move |line| Item::Line(of.clone(), line));
                    stream::iter([opened]).chain(lines).boxed()
                }
                Err(failure) => stream::iter([Item::Refused(of, failure)]).boxed(),
            };
            items.chain(stream::once(async move {
                drop(place);
                Item::Ended(ended)
            }))
        });
        self.open.push(items.flatten().boxed());
        self.opened.insert(source.clone());
    }
}

#[cfg(test)]
mod tests;
