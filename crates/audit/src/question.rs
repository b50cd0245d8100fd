//! Which events somebody asks for, read from a query string.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Fault;
use plugin::AuditOutcome;
use url::form_urlencoded;

/// Events on a page of people.
pub(crate) const PAGE: usize = 50;
/// Most events in one answer of the API.
pub(crate) const MOST: usize = 1_000;

/// Which events are wanted; an empty text asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Name of the actor.
    pub actor: String,
    /// Name of the action.
    pub action: String,
    /// The subject.
    pub subject: String,
    /// The word for the outcome.
    pub outcome: String,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Older than the event of this number.
    pub before: Option<i64>,
}

impl Question {
    /// Reads a query string. The second value is how many events are wanted.
    pub fn parse(query: &str) -> Result<(Self, Option<usize>), Fault> {
        let mut question = Self::default();
        let mut limit = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim().to_owned();
            if value.is_empty() {
                continue;
            }
            match &*name {
                "actor" => question.actor = value,
                "action" => question.action = value,
                "subject" => question.subject = value,
                "outcome" => question.outcome = outcome(value)?,
                "from" => question.from = Some(moment("from", &value, false)?),
                "until" => question.until = Some(moment("until", &value, true)?),
                "before" => question.before = Some(number("before", &value)?),
                "limit" => limit = Some(number::<usize>("limit", &value)?.clamp(1, MOST)),
                _ => {}
            }
        }
        Ok((question, limit))
    }

    /// The query string of the same question for events older than one.
    pub(crate) fn older_than(&self, id: i64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let moments = [("from", self.from), ("until", self.until)];
        for (name, value) in [
            ("actor", &self.actor),
            ("action", &self.action),
            ("subject", &self.subject),
            ("outcome", &self.outcome),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        for (name, value) in moments {
            if let Some(value) = value {
                query.append_pair(name, &value.to_string());
            }
        }
        query.append_pair("before", &id.to_string());
        query.finish()
    }

    /// How many fields of the form narrow it down.
    pub(crate) fn filters(&self) -> usize {
        let texts = [&self.actor, &self.action, &self.subject, &self.outcome];
        let moments = [self.from, self.until];
        texts.iter().filter(|text| !text.is_empty()).count() + moments.iter().flatten().count()
    }

    /// Whether it asks for some events only.
    pub(crate) fn is_narrow(&self) -> bool {
        *self != Self::default()
    }
}

fn outcome(value: String) -> Result<String, Fault> {
    if AuditOutcome::WORDS.contains(&value.as_str()) {
        return Ok(value);
    }
    let words = AuditOutcome::WORDS.join("', '");
    Err(Fault::input(format!(
        "outcome '{value}' is unknown, expected one of '{words}'"
    )))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, Fault> {
    value
        .parse()
        .map_err(|_| Fault::input(format!("{name} '{value}' is no number")))
}

/// A moment, or a day of UTC: its beginning, or its end where the whole day is meant.
fn moment(name: &str, value: &str, is_end: bool) -> Result<Timestamp, Fault> {
    let wrong = || {
        Fault::input(format!(
            "{name} '{value}' is no time, expected 2026-01-31 or 2026-01-31T09:30:00Z"
        ))
    };
    if let Ok(moment) = value.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: Date = value.parse().map_err(|_| wrong())?;
    let day = if is_end {
        day.tomorrow().map_err(|_| wrong())?
    } else {
        day
    };
    let begin = day.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    Ok(begin.timestamp())
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn questions_are_read_and_refused() {
        let (question, limit) =
            Question::parse("actor=user:default/ines&until=2026-01-31&limit=9999&before=7").unwrap();
        assert_eq!(question.actor, "user:default/ines");
        assert_eq!(question.until.unwrap().to_string(), "2026-02-01T00:00:00Z");
        assert_eq!((question.before, limit), (Some(7), Some(1_000)));
        let older = Question::parse(&question.older_than(3)).unwrap().0;
        assert_eq!(
            older,
            Question {
                before: Some(3),
                ..question
            }
        );
        for (query, expected) in [
            ("from=yesterday", "from 'yesterday' is no time"),
            ("outcome=good", "outcome 'good' is unknown"),
            ("before=x", "before 'x' is no number"),
        ] {
            let fault = Question::parse(query).unwrap_err();
            assert!(fault.message.starts_with(expected), "{fault}");
        }
        assert_eq!(
            Question::parse("actor=&from=&x=y").unwrap().0,
            Question::default()
        );
    }
}
