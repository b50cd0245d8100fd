//! Times and durations: relative for reading, exact for pointing and machines.

use jiff::Timestamp;
use maud::{Markup, html};

/// A moment, relative to now. The exact time is in the tooltip; a script keeps the text current.
pub fn time(moment: Timestamp, now: Timestamp) -> Markup {
    let exact = moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    html! {
        time.js-time datetime=(moment) title=(exact) { (relative(moment, now)) }
    }
}

/// How long ago or ahead a moment is, in the largest unit that fits.
pub fn relative(moment: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - moment.as_second();
    let text = span(seconds.unsigned_abs());
    match (text, seconds >= 0) {
        (None, _) => "just now".to_owned(),
        (Some(text), true) => format!("{text} ago"),
        (Some(text), false) => format!("in {text}"),
    }
}

fn span(seconds: u64) -> Option<String> {
    let units = [
        (31_536_000, "y"),
        (2_592_000, "mo"),
        (86_400, "d"),
        (3_600, "h"),
        (60, "min"),
        (10, "s"),
    ];
    let (size, unit) = units.into_iter().find(|(size, _)| seconds >= *size)?;
    let size = if unit == "s" { 1 } else { size };
    Some(format!("{} {unit}", seconds / size))
}

/// A duration given in milliseconds, short.
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!(
            "{} min {} s",
            milliseconds / 60_000,
            milliseconds % 60_000 / 1_000
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(moment: &str, expected: &str) {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        assert_eq!(relative(moment.parse().unwrap(), now), expected, "{moment}");
    }

    #[test]
    fn relative_times() {
        check("2026-11-24T11:59:55Z", "just now");
        check("2026-11-24T11:59:45Z", "15 s ago");
        check("2026-11-24T11:58:10Z", "1 min ago");
        check("2026-11-24T09:00:00Z", "3 h ago");
        check("2026-11-20T12:00:00Z", "4 d ago");
        check("2026-09-20T12:00:00Z", "2 mo ago");
        check("2024-09-20T12:00:00Z", "2 y ago");
        check("2026-11-24T12:05:00Z", "in 5 min");
    }

    #[test]
    fn durations() {
        for (milliseconds, expected) in [(7, "7 ms"), (1_250, "1.2 s"), (61_000, "1 min 1 s")] {
            assert_eq!(duration(milliseconds), expected);
        }
    }
}
