//! Lengths of time as people write them: `{ minutes: 5 }`, `PT5M`, `5 minutes`.

use std::time::Duration;

use model::Fault;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Units of the object form and their milliseconds. Months and years are averages.
const UNITS: [(&str, f64); 8] = [
    ("years", 31_557_600_000.0),
    ("months", 2_629_800_000.0),
    ("weeks", 604_800_000.0),
    ("days", 86_400_000.0),
    ("hours", 3_600_000.0),
    ("minutes", 60_000.0),
    ("seconds", 1_000.0),
    ("milliseconds", 1.0),
];

/// The longest duration that makes sense here: a thousand years.
const MAX_MILLISECONDS: f64 = 31_557_600_000_000.0;

/// A length of time from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanDuration(pub Duration);

impl HumanDuration {
    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// So many days of 24 hours.
    pub const fn days(days: u64) -> Self {
        Self(Duration::from_secs(days * 86_400))
    }

    /// Reads the object, ISO 8601 or `5 minutes` form. `key` is named in the error.
    pub fn read(value: &Value, key: &str) -> Result<Self, Fault> {
        match value {
            Value::String(text) => Self::parse(text.trim()).map_err(|reason| {
                Fault::input(format!(
                    "Invalid duration '{}' in config at '{key}', {reason}",
                    text.trim()
                ))
            }),
            Value::Object(map) => from_object(map).map_err(|reason| {
                Fault::error(format!(
                    "Failed to read duration from config at '{key}', {reason}"
                ))
            }),
            other => Err(Fault::input(format!(
                "Failed to read duration from config, TypeError: Invalid type in config for key '{key}', got {}, wanted object",
                crate::read::type_of(other)
            ))),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('P') || text.starts_with("-P") {
            iso(text)
        } else {
            words(text)
        }
    }
}

fn from_milliseconds(milliseconds: f64) -> Result<HumanDuration, String> {
    if milliseconds < 0.0 {
        return Err("Error: Negative durations are not allowed".to_owned());
    }
    if milliseconds > MAX_MILLISECONDS {
        return Err("Error: The duration is longer than a thousand years".to_owned());
    }
    Ok(HumanDuration(Duration::from_secs_f64(milliseconds / 1_000.0)))
}

fn from_object(map: &Map<String, Value>) -> Result<HumanDuration, String> {
    let good = UNITS.map(|(name, _)| format!("'{name}'")).join(", ");
    let mut total = None;
    for (name, milliseconds) in UNITS {
        if let Some(value) = map.get(name) {
            let amount = crate::read::to_number(value).ok_or_else(|| {
                format!("Error: Unable to convert config value for key '{name}' to a number")
            })?;
            total = Some(total.unwrap_or(0.0) + amount * milliseconds);
        }
    }
    let Some(total) = total else {
        return Err(format!("Error: Needs one or more of {good}"));
    };
    let bad: Vec<String> = map
        .keys()
        .filter(|key| !UNITS.iter().any(|(name, _)| name == key))
        .map(|key| format!("'{key}'"))
        .collect();
    if bad.is_empty() {
        return from_milliseconds(total);
    }
    let what = if bad.len() == 1 { "property" } else { "properties" };
    Err(format!(
        "Error: Unknown {what} {}; expected one or more of {good}",
        bad.join(", ")
    ))
}

/// `10s`, `2 days`, `1.5h`: the spellings of the npm package `ms`.
fn words(text: &str) -> Result<HumanDuration, String> {
    const NOT_VALID: &str =
        "Error: Not a valid duration string, try a number followed by a unit such as '1d' or '2 seconds'";
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(
            "Error: The value cannot be a plain number; try adding a unit like 'ms' or 'seconds'".to_owned(),
        );
    }
    let unit_at = text
        .find(|character: char| character.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (amount, unit) = text.split_at(unit_at);
    let amount: f64 = amount.trim().parse().map_err(|_| NOT_VALID.to_owned())?;
    let milliseconds = match unit.to_ascii_lowercase().as_str() {
        "years" | "year" | "yrs" | "yr" | "y" => 31_557_600_000.0,
        "months" | "month" | "mo" => 2_629_800_000.0,
        "weeks" | "week" | "w" => 604_800_000.0,
        "days" | "day" | "d" => 86_400_000.0,
        "hours" | "hour" | "hrs" | "hr" | "h" => 3_600_000.0,
        "minutes" | "minute" | "mins" | "min" | "m" => 60_000.0,
        "seconds" | "second" | "secs" | "sec" | "s" => 1_000.0,
        "milliseconds" | "millisecond" | "msecs" | "msec" | "ms" | "" => 1.0,
        _ => return Err(NOT_VALID.to_owned()),
    };
    from_milliseconds(amount * milliseconds)
}

/// `P1DT2H`: the designators in their order, weeks allowed beside the others.
fn iso(text: &str) -> Result<HumanDuration, String> {
    const INVALID: &str = "Error: Invalid ISO format, expected a value similar to 'P2DT6H' (2 days 6 hours) or 'PT1M' (1 minute)";
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let body = body.strip_prefix('P').ok_or(INVALID)?;
    let (date, time) = body.split_once('T').unwrap_or((body, ""));
    let days = iso_part(
        date,
        &[
            ('Y', 31_557_600_000.0),
            ('M', 2_629_800_000.0),
            ('W', 604_800_000.0),
            ('D', 86_400_000.0),
        ],
    );
    let hours = iso_part(time, &[('H', 3_600_000.0), ('M', 60_000.0), ('S', 1_000.0)]);
    let (days, hours) = days.zip(hours).ok_or(INVALID)?;
    let total = days
        .into_iter()
        .chain(hours)
        .fold(None, |sum, part| Some(sum.unwrap_or(0.0) + part));
    let total = total.ok_or("Error: Invalid ISO format, no values given")?;
    from_milliseconds(if negative { -total } else { total })
}

fn iso_part(mut text: &str, designators: &[(char, f64)]) -> Option<Vec<f64>> {
    let mut parts = Vec::new();
    let mut allowed = designators.iter();
    while !text.is_empty() {
        let at = text.find(|character: char| character.is_ascii_alphabetic())?;
        let (number, rest) = text.split_at(at);
        let (_, milliseconds) = allowed.find(|(designator, _)| rest.starts_with(*designator))?;
        let starts_well = number
            .trim_start_matches('-')
            .starts_with(|first: char| first.is_ascii_digit());
        let number: f64 = number.replace(',', ".").parse().ok().filter(|_| starts_well)?;
        parts.push(number * milliseconds);
        text = &rest[1..];
    }
    Some(parts)
}

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::read(&value, "").map_err(serde::de::Error::custom)
    }
}

impl Serialize for HumanDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = self.0.as_secs();
        let text = match seconds {
            _ if self.0.subsec_millis() != 0 => format!("{}ms", self.0.as_millis()),
            0 => "0s".to_owned(),
            _ if seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
            _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
            _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
            _ => format!("{seconds}s"),
        };
        serializer.serialize_str(&text)
    }
}

impl JsonSchema for HumanDuration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "object"], "format": "human-duration" })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: &Value, expected: Result<u128, &str>) {
        let read = HumanDuration::read(value, "a.b").map(|duration| duration.0.as_millis());
        match (read, expected) {
            (Ok(got), Ok(wanted)) => assert_eq!(got, wanted, "{value}"),
            (Err(fault), Err(part)) => assert!(fault.message.contains(part), "{value}: {}", fault.message),
            (got, wanted) => panic!("{value}: {got:?}, wanted {wanted:?}"),
        }
    }

    #[test]
    fn every_form() {
        check(&json!({ "seconds": 30 }), Ok(30_000));
        check(&json!({ "minutes": "1", "seconds": 1.5 }), Ok(61_500));
        check(&json!({ "weeks": 1, "days": 1 }), Ok(691_200_000));
        check(&json!("PT30S"), Ok(30_000));
        check(&json!("P1DT2H"), Ok(93_600_000));
        check(&json!("PT1,5S"), Ok(1_500));
        check(&json!("30s"), Ok(30_000));
        check(&json!(" 2 days "), Ok(172_800_000));
        check(&json!("1.5h"), Ok(5_400_000));
        check(&json!("0ms"), Ok(0));
    }

    #[test]
    fn what_is_refused() {
        check(&json!("30"), Err("The value cannot be a plain number"));
        check(
            &json!("soon"),
            Err("Invalid duration 'soon' in config at 'a.b', Error: Not a valid duration string"),
        );
        check(&json!("-1s"), Err("Negative durations are not allowed"));
        check(&json!("P"), Err("no values given"));
        check(&json!("PT"), Err("no values given"));
        check(&json!("P1H"), Err("Invalid ISO format"));
        check(&json!("PT1S1H"), Err("Invalid ISO format"));
        check(&json!("99999999999y"), Err("thousand years"));
        check(&json!({}), Err("Needs one or more of 'years'"));
        check(
            &json!({ "days": 1, "fortnights": 1 }),
            Err("Unknown property 'fortnights'"),
        );
        check(&json!({ "days": "x" }), Err("Unable to convert"));
        check(&json!(30), Err("got number, wanted object"));
        check(&json!("é"), Err("Not a valid duration string"));
        check(&json!("1é"), Err("Not a valid duration string"));
    }
}
