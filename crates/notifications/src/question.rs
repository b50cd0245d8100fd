//! Which notifications somebody asks for.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Fault;
use uuid::Uuid;

use crate::notification::Severity;

/// Most notifications in one answer.
pub(crate) const MOST: usize = 1_000;

/// What notifications are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// When it was sent first.
    Created,
    /// When it was sent again.
    Updated,
    /// When it was read.
    Read,
    /// When it was saved.
    Saved,
    /// Where it comes from.
    Origin,
    /// What it is about.
    Topic,
    /// How much it asks for attention.
    Severity,
    /// Its title.
    Title,
}

const FIELDS: [(&str, Field); 8] = [
    ("created", Field::Created),
    ("updated", Field::Updated),
    ("read", Field::Read),
    ("saved", Field::Saved),
    ("origin", Field::Origin),
    ("topic", Field::Topic),
    ("severity", Field::Severity),
    ("title", Field::Title),
];

/// A field, and whether the greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The field.
    pub field: Field,
    /// The greatest comes first.
    pub is_descending: bool,
}

impl Order {
    /// Reads `field,asc` or `field,desc`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let (name, direction) = text.split_once(',').unwrap_or((text, "asc"));
        let known = FIELDS.iter().find(|(known, _)| *known == name);
        let Some((_, field)) = known else {
            let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
            return Err(Fault::input(format!(
                "Invalid orderField '{name}', expected one of {}",
                names.join(", ")
            )));
        };
        match direction {
            "asc" | "desc" => Ok(Self {
                field: *field,
                is_descending: direction == "desc",
            }),
            other => Err(Fault::input(format!(
                "Invalid direction '{other}' of orderField '{name}', expected asc or desc"
            ))),
        }
    }
}

/// Which notifications of a person are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Reference of the person; those for everybody belong to it, too.
    pub person: String,
    /// These alone.
    pub ids: Option<Vec<Uuid>>,
    /// Of this topic.
    pub topic: Option<String>,
    /// With this text in title or description. The case of letters does not matter, on SQLite that of letters of ASCII.
    pub text: Option<String>,
    /// Those that were read, or those that were not.
    pub read: Option<bool>,
    /// Those that are saved, or those that are not.
    pub saved: Option<bool>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// As important as this, or more.
    pub minimum: Option<Severity>,
    /// In which order; without any, the newest first.
    pub orders: Vec<Order>,
    /// So many are passed over.
    pub offset: usize,
    /// At most so many; nothing for as many as there may be in one answer.
    pub limit: Option<usize>,
}

impl Question {
    /// All notifications of a person.
    pub fn of(person: impl Into<String>) -> Self {
        Self {
            person: person.into(),
            ..Self::default()
        }
    }

    /// Most that are given.
    pub(crate) fn most(&self) -> usize {
        self.limit.unwrap_or(MOST).min(MOST)
    }
}

/// A moment as JavaScript reads the usual forms: with a zone, without one as UTC, or a day.
pub(crate) fn moment(text: &str) -> Result<Timestamp, Fault> {
    let zoned = |time: DateTime| time.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>()
        .or_else(|_| text.parse::<DateTime>().and_then(zoned))
        .or_else(|_| text.parse::<Date>().and_then(|day| zoned(day.at(0, 0, 0, 0))))
        .map_err(|_| Fault::input("Unexpected date format"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_moments_are_read_and_refused() {
        let newest = Order {
            field: Field::Created,
            is_descending: true,
        };
        assert_eq!(Order::parse("created,desc"), Ok(newest));
        assert!(!Order::parse("title").unwrap().is_descending);
        for (text, expected) in [
            (
                "zzz,desc",
                "Invalid orderField 'zzz', expected one of created, updated",
            ),
            ("created,down", "Invalid direction 'down' of orderField 'created'"),
        ] {
            let fault = Order::parse(text).unwrap_err();
            assert!(fault.message.starts_with(expected), "{fault}");
        }
        for text in ["2026-01-31", "2026-01-31T00:00:00", "2026-01-31T01:00:00+01:00"] {
            assert_eq!(
                moment(text).unwrap().to_string(),
                "2026-01-31T00:00:00Z",
                "{text}"
            );
        }
        assert_eq!(moment("nonsense").unwrap_err().message, "Unexpected date format");
    }
}
