//! How much a Gantt chart asks for. A mark is drawn for each day of it, and where days are left out each day of each task is looked at.
//!
//! Tasks are placed as the library places them: at their date, behind other tasks, or behind the one before.

use std::collections::{BTreeSet, HashMap};

use mermaid_svg::ast::{GanttDiagram, GanttTask, TaskEnd, TaskStart};

use crate::Trouble;

/// Years that a chart may span.
const MAX_YEARS: f64 = 100.0;
const DAYS_OF_YEAR: f64 = 365.25;
/// Furthest day from 1970. It is about ten thousand years away.
const MAX_DAY: f64 = 4.0e6;
/// Most entries of days that are left out.
const MAX_EXCLUDED: usize = 500;
/// Most days of tasks, times the entries that each is compared with.
const MAX_COMPARED: f64 = 2.0e7;
/// Longest form of a date on the axis.
const MAX_FORMAT: usize = 100;

/// Days of the week, as they are left out.
const WEEK: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

/// Refuses charts that are too long to be drawn.
pub(super) fn check(chart: &GanttDiagram, source: &str) -> Result<(), Trouble> {
    let excluded = Excluded::of(chart)?;
    let format = chart.axis_format.as_deref().unwrap_or_default();
    if format.len() > MAX_FORMAT {
        let reason = format!(
            "axisFormat has {} bytes, and at most {MAX_FORMAT} are drawn",
            format.len()
        );
        return Err(found(source, "axisFormat", reason));
    }
    let mut places = Places::default();
    let mut lines = (1..).zip(source.lines());
    for task in chart.sections.iter().flat_map(|section| &section.tasks) {
        let line = lines.find(|(_, line)| {
            line.split_once(':')
                .is_some_and(|(name, _)| name.trim() == task.name)
        });
        if let Err(reason) = places.take(task, chart.date_format.as_deref(), &excluded) {
            return Err(Trouble {
                line: line.map(|(number, _)| number),
                ..Trouble::of(reason)
            });
        }
    }
    Ok(())
}

fn found(source: &str, word: &str, reason: impl Into<String>) -> Trouble {
    let line = source
        .lines()
        .position(|line| line.trim_start().starts_with(word));
    Trouble {
        line: line.map(|line| line + 1),
        ..Trouble::of(reason)
    }
}

/// Days that are left out, over which tasks are stretched.
struct Excluded {
    entries: usize,
    /// How many days a task takes of the calendar for each of its own.
    stretch: f64,
}

impl Excluded {
    fn of(chart: &GanttDiagram) -> Result<Self, Trouble> {
        let entries = chart.excludes.len();
        if entries > MAX_EXCLUDED {
            return Err(Trouble::of(format!(
                "excludes has {entries} entries, and at most {MAX_EXCLUDED} are drawn"
            )));
        }
        let mut week = BTreeSet::new();
        for entry in &chart.excludes {
            let entry = entry.trim().to_ascii_lowercase();
            let weekend = chart.weekend.as_deref().unwrap_or_default().trim();
            match entry.as_str() {
                "weekends" if weekend.eq_ignore_ascii_case("friday") => week.extend(["friday", "saturday"]),
                "weekends" => week.extend(["saturday", "sunday"]),
                entry => week.extend(WEEK.iter().find(|day| **day == entry)),
            }
        }
        let left: u8 = WEEK.iter().map(|day| u8::from(!week.contains(day))).sum();
        if left == 0 {
            return Err(Trouble::of(
                "excludes names every day of the week, so that no task would end",
            ));
        }
        Ok(Self {
            entries,
            stretch: 7.0 / f64::from(left),
        })
    }

    /// The days of the calendar for so many days of a task, at most.
    fn stretched(&self, days: f64) -> f64 {
        if self.entries == 0 || days < 1.0 {
            return days;
        }
        // An entry may be a date, and the days before and behind a week are not divided evenly.
        let single = u32::try_from(self.entries).map_or(0.0, f64::from);
        (days + single) * self.stretch + 7.0
    }
}

/// Where tasks are.
#[derive(Default)]
struct Places<'c> {
    by_id: HashMap<&'c str, (f64, f64)>,
    /// The end of the task before.
    last: f64,
    /// The first and the last day.
    span: Option<(f64, f64)>,
    /// Days of tasks, times the entries that each is compared with.
    compared: f64,
}

impl<'c> Places<'c> {
    fn take(&mut self, task: &'c GanttTask, format: Option<&str>, excluded: &Excluded) -> Result<(), String> {
        let start = self.start(task, format);
        let length = self.length(task, start, format, excluded).max(0.0);
        let end = start + length;
        let (first, last) = self.span.unwrap_or((start, end));
        let (first, last) = (first.min(start), last.max(end));
        let is_near =
            start.abs() < MAX_DAY && end.abs() < MAX_DAY && last - first <= MAX_YEARS * DAYS_OF_YEAR;
        if !is_near {
            return Err(format!(
                "the chart spans more than {MAX_YEARS} years, the longest that is drawn"
            ));
        }
        if excluded.entries > 0 {
            let entries = u32::try_from(excluded.entries).map_or(0.0, f64::from);
            self.compared += length * (entries + 8.0);
        }
        if self.compared > MAX_COMPARED {
            return Err(
                "the tasks take more days than are compared with the days that are left out".to_owned(),
            );
        }
        self.span = Some((first, last));
        self.last = end;
        if let Some(id) = &task.id {
            self.by_id.insert(id, (start, end));
        }
        Ok(())
    }

    fn start(&self, task: &GanttTask, format: Option<&str>) -> f64 {
        match &task.start {
            TaskStart::Date(date) => day(date, format).unwrap_or(self.last),
            TaskStart::AfterId(ids) => {
                let ends = ids.iter().filter_map(|id| self.by_id.get(id.as_str()));
                ends.map(|(_, end)| *end).reduce(f64::max).unwrap_or(self.last)
            }
            _ => self.last,
        }
    }

    fn length(&self, task: &GanttTask, start: f64, format: Option<&str>, excluded: &Excluded) -> f64 {
        match &task.end {
            TaskEnd::Duration(days) => excluded.stretched(*days),
            TaskEnd::Date(date) => day(date, format).map_or(1.0, |end| end - start),
            TaskEnd::UntilId(id) => self
                .by_id
                .get(id.as_str())
                .map_or(1.0, |(other, _)| other - start),
            _ => 1.0,
        }
    }
}

/// A date as days from 1970, about: its numbers in the order of the format. Nothing if the library reads none.
fn day(date: &str, format: Option<&str>) -> Option<f64> {
    let digits = date.split(|one: char| !one.is_ascii_digit());
    let numbers: Option<Vec<i64>> = digits
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().ok())
        .collect();
    let (numbers, order) = (numbers?, order(format.unwrap_or("YYYY-MM-DD")));
    let dates = order.iter().filter(|(_, is_date)| *is_date).count();
    let wanted = if dates > 0 { dates } else { order.len() };
    if numbers.len() < wanted {
        return None;
    }
    let mut day = if dates > 0 { -1970.0 * DAYS_OF_YEAR } else { 0.0 };
    for ((days, _), number) in order.iter().zip(numbers) {
        // Numbers that are not exact as this type are far beyond what is drawn.
        #[allow(clippy::cast_precision_loss)]
        let number = number as f64;
        day += days * number;
    }
    Some(day)
}

/// How many days one of each field is, and whether it is one of a date, in their order in a format.
fn order(format: &str) -> Vec<(f64, bool)> {
    const ISO: [(f64, bool); 3] = [(DAYS_OF_YEAR, true), (30.6, true), (1.0, true)];
    let date = [
        (format.find(['Y', 'y']), ISO[0]),
        (format.find('M'), ISO[1]),
        (format.find(['D', 'd']), ISO[2]),
    ];
    let time = [
        (format.find(['H', 'h']), (1.0 / 24.0, false)),
        (format.find('m'), (1.0 / 1_440.0, false)),
        (format.find('s'), (1.0 / 86_400.0, false)),
        (format.find('S'), (1.0 / 86_400_000.0, false)),
    ];
    let has_date = date.iter().all(|(at, _)| at.is_some());
    let has_time = time.iter().any(|(at, _)| at.is_some());
    if !has_date && !has_time {
        return ISO.to_vec();
    }
    let all = date.into_iter().chain(time);
    let mut known: Vec<_> = all.filter_map(|(at, field)| Some((at?, field))).collect();
    known.sort_by_key(|(at, _)| *at);
    known.into_iter().map(|(_, field)| field).collect()
}
