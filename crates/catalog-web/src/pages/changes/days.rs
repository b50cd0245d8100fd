//! Changes put into days, with what came together in one line and what others are behind folded.

use catalog::{ChangeClass, FeedEntry};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{ChangeKind, Seq};

/// Lines on a page.
const LINES: usize = 60;
/// So many new entities of one source on a day are one line.
const TOGETHER: usize = 6;

/// A day, in UTC.
pub(crate) struct Day {
    pub(crate) date: Date,
    /// Newest first.
    pub(crate) lines: Vec<Line>,
    /// What changed because of others.
    pub(crate) others: Vec<FeedEntry>,
}

/// One line.
pub(crate) enum Line {
    /// A change.
    One(Box<FeedEntry>),
    /// Entities that came with a source.
    Came {
        /// The source.
        origin: String,
        /// The entities, newest first.
        entries: Vec<FeedEntry>,
    },
}

/// The days of changes, which come newest first. Ends when the page is full: then it goes on before the number beside
/// them.
pub(crate) fn days(entries: impl Iterator<Item = FeedEntry>) -> (Vec<Day>, Option<Seq>) {
    let (mut days, mut lines, mut last): (Vec<Day>, usize, Option<Seq>) = (Vec::new(), 0, None);
    for entry in entries {
        let date = entry.at.to_zoned(TimeZone::UTC).date();
        if days.last().is_none_or(|day| day.date != date) {
            let (lines, others) = (Vec::new(), Vec::new());
            days.push(Day { date, lines, others });
        }
        let seq = entry.seq;
        let Some(day) = days.last_mut() else { break };
        if entry.told.class != ChangeClass::Descriptor {
            day.others.push(entry);
        } else if let Some(entry) = day.join(entry) {
            if lines == LINES {
                days.retain(|day| !day.lines.is_empty() || !day.others.is_empty());
                return (apart(days), last);
            }
            lines += 1;
            day.begin(entry);
        }
        last = Some(seq);
    }
    (apart(days), None)
}

impl Day {
    /// Puts a new entity to those that came with the same source; gives back what does not belong to any.
    fn join(&mut self, entry: FeedEntry) -> Option<FeedEntry> {
        if entry.kind != ChangeKind::Created {
            return Some(entry);
        }
        let same = self.lines.iter_mut().find_map(|line| match line {
            Line::Came { origin, entries } if Some(&*origin) == entry.origin.as_ref() => Some(entries),
            _ => None,
        });
        let Some(entries) = same else {
            return Some(entry);
        };
        entries.push(entry);
        None
    }

    fn begin(&mut self, entry: FeedEntry) {
        let origin = entry.origin.clone().filter(|_| entry.kind == ChangeKind::Created);
        self.lines.push(match origin {
            Some(origin) => Line::Came {
                origin,
                entries: vec![entry],
            },
            None => Line::One(Box::new(entry)),
        });
    }
}

/// Takes apart what is too little to be told together.
fn apart(mut days: Vec<Day>) -> Vec<Day> {
    for day in &mut days {
        let lines = std::mem::take(&mut day.lines);
        for line in lines {
            match line {
                Line::Came { entries, .. } if entries.len() < TOGETHER => {
                    let single = entries.into_iter().map(|entry| Line::One(Box::new(entry)));
                    day.lines.extend(single);
                }
                line => day.lines.push(line),
            }
        }
        day.lines.sort_by_key(|line| std::cmp::Reverse(line.newest()));
    }
    days
}

impl Line {
    /// Number of its newest change.
    fn newest(&self) -> Seq {
        match self {
            Self::One(entry) => entry.seq,
            Self::Came { entries, .. } => entries.first().map_or(0, |entry| entry.seq),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use catalog::Told;

    /// A changed entity of which nothing else is known.
    pub fn entry(seq: Seq, reference: &str) -> FeedEntry {
        FeedEntry {
            seq,
            reference: reference.parse().unwrap(),
            known: None,
            kind: ChangeKind::Changed,
            at: "2026-11-24T09:12:00Z".parse().unwrap(),
            cause: serde_json::Value::Null,
            told: Told {
                class: ChangeClass::Descriptor,
                fields: Vec::new(),
                relations: Vec::new(),
                has_status: false,
            },
            owner: None,
            origin: None,
        }
    }

    /// The same with an owner and an origin.
    pub fn entry_of(seq: Seq, reference: &str, owner: &str, origin: &str) -> FeedEntry {
        FeedEntry {
            owner: Some(owner.parse().unwrap()),
            origin: Some(origin.to_owned()),
            ..entry(seq, reference)
        }
    }

    fn new(seq: Seq, origin: &str) -> FeedEntry {
        FeedEntry {
            kind: ChangeKind::Created,
            ..entry_of(seq, "component:default/a", "group:default/x", origin)
        }
    }

    fn told(days: &[Day]) -> Vec<String> {
        let line = |line: &Line| match line {
            Line::One(entry) => entry.seq.to_string(),
            Line::Came { origin, entries } => format!("{}×{origin}", entries.len()),
        };
        days.iter()
            .map(|day| {
                let lines: Vec<String> = day.lines.iter().map(line).collect();
                format!("{}: {} +{}", day.date, lines.join(" "), day.others.len())
            })
            .collect()
    }

    #[test]
    fn a_first_load_is_one_line_and_others_are_folded() {
        let mut all = vec![entry(30, "component:default/a")];
        // Two sources are read at the same time.
        all.extend(
            (10..26)
                .rev()
                .map(|seq| new(seq, if seq % 2 == 0 { "file:/a" } else { "file:/b" })),
        );
        all.extend([new(5, "file:/c"), new(4, "file:/c")]);
        all.push(FeedEntry {
            told: Told {
                class: ChangeClass::Relations,
                ..entry(3, "group:default/x").told
            },
            at: "2026-11-23T23:59:59Z".parse().unwrap(),
            ..entry(3, "group:default/x")
        });
        let (days, older) = days(all.into_iter());
        assert_eq!(older, None);
        assert_eq!(
            told(&days),
            ["2026-11-24: 30 8×file:/b 8×file:/a 5 4 +0", "2026-11-23:  +1"]
        );
    }

    #[test]
    fn a_full_page_says_where_it_goes_on() {
        let all = |range: std::ops::Range<Seq>| range.rev().map(|seq| entry(seq, "component:default/a"));
        let (first, older) = days(all(1..101));
        assert_eq!((first[0].lines.len(), older), (LINES, Some(41)));
        let (second, older) = days(all(1..41));
        assert_eq!((second[0].lines.len(), older), (40, None));
    }
}
