//! The clock of a cron job: how far its runs lie apart, and when it runs in plain words.
//!
//! Times of day are those of a zone that may be the controller's own, so that only distances are computed here, which no zone changes
//! by more than the hour of a changed clock.

use jiff::civil::{Date, Weekday, date};
use jiff::{SignedDuration, Span};

/// Days that are gone through: every clock but that of a leap day runs twice in them.
const DAYS: usize = 2 * 366;
/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// A clock with five fields, as `cron` has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// The numbers of a field, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    is_any: bool,
}

impl Schedule {
    /// Reads a clock; nothing if it cannot be read.
    pub fn parse(text: &str) -> Option<Self> {
        let text = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            other => other,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return None;
        };
        let mut weekdays = Field::parse(weekdays, 0, 7, &WEEKDAYS)?;
        // Sunday is 0 and 7.
        weekdays.bits = (weekdays.bits | weekdays.bits >> 7) & 0x7f;
        Some(Self {
            minutes: Field::parse(minutes, 0, 59, &[])?,
            hours: Field::parse(hours, 0, 23, &[])?,
            days: Field::parse(days, 1, 31, &[])?,
            months: Field::parse(months, 1, 12, &MONTHS)?,
            weekdays,
        })
    }

    /// The longest time between two runs; nothing where it does not run twice in the time that is looked at.
    pub fn longest_pause(&self) -> Option<SignedDuration> {
        let minutes = self.minutes_of_day();
        let (first, last) = (minutes.first().copied()?, minutes.last().copied()?);
        let within = minutes.windows(2).map(|pair| pair[1] - pair[0]).max();
        let days: Vec<i64> = self.days().collect();
        let between = days
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) * DAY + first - last)
            .max();
        let within = within.filter(|_| !days.is_empty());
        within.max(between).map(SignedDuration::from_mins)
    }

    fn minutes_of_day(&self) -> Vec<i64> {
        let hours = (0..24).filter(|hour| self.hours.has(*hour));
        hours
            .flat_map(|hour| {
                (0..60)
                    .filter(|minute| self.minutes.has(*minute))
                    .map(move |minute| (hour, minute))
            })
            .map(|(hour, minute)| i64::from(hour) * 60 + i64::from(minute))
            .collect()
    }

    /// The days on which it runs, counted from one that every clock may begin with.
    fn days(&self) -> impl Iterator<Item = i64> + '_ {
        let dates = date(2024, 1, 1).series(Span::new().days(1)).take(DAYS);
        let numbered = dates.zip(0_i64..);
        numbered
            .filter(|(date, _)| self.is_day(*date))
            .map(|(_, number)| number)
    }

    /// As `cron` has it: where both sorts of days are restricted, one is enough.
    fn is_day(&self, at: Date) -> bool {
        let weekday = at.weekday().to_sunday_zero_offset();
        let (day, weekday) = (self.days.has(at.day()), self.weekdays.has(weekday));
        let fits = if self.days.is_any || self.weekdays.is_any {
            day && weekday
        } else {
            day || weekday
        };
        fits && self.months.has(at.month())
    }

    /// When it runs, for the clocks that people write most; nothing for others.
    pub fn words(&self) -> Option<String> {
        let is_daily = self.days.is_any && self.months.is_any && self.weekdays.is_any;
        match (self.hours.only(), self.minutes.only()) {
            _ if is_daily && self.hours.is_any && self.minutes.step(60) == Some(1) => {
                Some("every minute".to_owned())
            }
            (None, Some(0)) if is_daily && self.hours.is_any => Some("every hour".to_owned()),
            (None, Some(minute)) if is_daily && self.hours.is_any => {
                Some(format!("every hour at minute {minute}"))
            }
            (None, None) if is_daily && self.hours.is_any => {
                let step = self.minutes.step(60)?;
                Some(format!("every {step} minutes"))
            }
            (None, Some(0)) if is_daily => Some(format!("every {} hours", self.hours.step(24)?)),
            (Some(hour), Some(minute)) if self.months.is_any => {
                let time = format!("{hour:02}:{minute:02}");
                self.days_in_words().map(|days| format!("{days} at {time}"))
            }
            _ => None,
        }
    }

    fn days_in_words(&self) -> Option<String> {
        match (self.days.is_any, self.weekdays.is_any) {
            (true, true) => Some("every day".to_owned()),
            (true, false) if self.weekdays.bits == 0b011_1110 => Some("Monday to Friday".to_owned()),
            (true, false) => {
                let day = i8::try_from(self.weekdays.only()?).ok()?;
                let day = Weekday::from_sunday_zero_offset(day).ok()?;
                Some(format!("every {day:?}"))
            }
            (false, true) => Some(format!("on day {} of every month", self.days.only()?)),
            (false, false) => None,
        }
    }
}

const WEEKDAYS: [(&str, u32); 7] = [
    ("sun", 0),
    ("mon", 1),
    ("tue", 2),
    ("wed", 3),
    ("thu", 4),
    ("fri", 5),
    ("sat", 6),
];
const MONTHS: [(&str, u32); 12] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];

impl Field {
    fn parse(text: &str, least: u32, most: u32, names: &[(&str, u32)]) -> Option<Self> {
        let mut bits = 0;
        for part in text.split(',') {
            let (range, step) = part
                .split_once('/')
                .map_or((part, None), |(range, step)| (range, Some(step)));
            let step: u32 = step.map_or(Some(1), |step| step.parse().ok().filter(|step| *step > 0))?;
            let has_step = part.contains('/');
            let number = |text: &str| {
                let named = names.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
                named.map(|(_, number)| *number).or_else(|| text.parse().ok())
            };
            let (from, to) = match range.split_once('-') {
                _ if matches!(range, "*" | "?") => (least, most),
                Some((from, to)) => (number(from)?, number(to)?),
                None if has_step => (number(range)?, most),
                None => (number(range)?, number(range)?),
            };
            if from < least || to > most || from > to {
                return None;
            }
            for value in (from..=to).step_by(usize::try_from(step).ok()?) {
                bits |= 1 << value;
            }
        }
        Some(Self {
            bits,
            is_any: text.starts_with('*') && !text.contains('/') || text == "?",
        })
    }

    fn has(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|number| self.bits >> number & 1 == 1)
    }

    /// The one number that it has.
    fn only(self) -> Option<u32> {
        self.bits.is_power_of_two().then(|| self.bits.trailing_zeros())
    }

    /// The distance of its numbers, where it is the same all around and begins with zero.
    fn step(self, around: u32) -> Option<u32> {
        let count = self.bits.count_ones();
        let step = around.checked_div(count).filter(|step| step * count == around)?;
        let even = (0..count).fold(0_u64, |bits, number| bits | 1 << (number * step));
        (even == self.bits).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_of_clocks() {
        for (text, hours) in [
            ("0 3 * * *", Some(24.0)),
            ("@hourly", Some(1.0)),
            ("*/5 * * * *", Some(5.0 / 60.0)),
            ("0 3 * * 1-5", Some(72.0)),
            ("0 3 * * MON,THU", Some(96.0)),
            ("30 6 1 * *", Some(31.0 * 24.0)),
            ("0 0 13 * 5", Some(7.0 * 24.0)),
            ("0 */6 * * *", Some(6.0)),
            ("0 0 * * 7", Some(7.0 * 24.0)),
            ("0 0 30 2 *", None),
        ] {
            let pause = Schedule::parse(text).unwrap().longest_pause();
            assert_eq!(pause.map(|pause| pause.as_secs_f64() / 3600.0), hours, "{text}");
        }
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "0 0 0 * *",
            "x * * * *",
            "*/0 * * * *",
            "5-1 * * * *",
        ] {
            assert_eq!(Schedule::parse(text), None, "{text}");
        }
    }

    #[test]
    fn clocks_in_plain_words() {
        for (text, words) in [
            ("* * * * *", Some("every minute")),
            ("*/1 * * * *", Some("every minute")),
            ("*/15 * * * *", Some("every 15 minutes")),
            ("0 * * * *", Some("every hour")),
            ("20 * * * *", Some("every hour at minute 20")),
            ("0 */6 * * *", Some("every 6 hours")),
            ("0 3 * * *", Some("every day at 03:00")),
            ("30 8 * * 1-5", Some("Monday to Friday at 08:30")),
            ("0 0 * * 0", Some("every Sunday at 00:00")),
            ("0 4 1 * *", Some("on day 1 of every month at 04:00")),
            ("7,23 * * * *", None),
            ("0 0 13 * 5", None),
        ] {
            let schedule = Schedule::parse(text).unwrap();
            assert_eq!(schedule.words().as_deref(), words, "{text}");
        }
    }
}
