//! What values are, and how they are written.

use std::borrow::Cow;

/// What values are: how they are shortened, and the word behind them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unit {
    scale: Scale,
    /// Values times this are in the scale's own unit, for example seconds.
    factor: Factor,
    before: Cow<'static, str>,
    word: Cow<'static, str>,
    decimals: Option<usize>,
}

/// A factor; one where nothing was said.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Factor(f64);

impl Default for Factor {
    fn default() -> Self {
        Self(1.0)
    }
}

/// How large and small values are shortened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Scale {
    /// By thousands: k, M, G.
    #[default]
    Thousands,
    /// Not at all.
    Plain,
    /// By 1,024: Ki, Mi, Gi.
    Binary,
    /// From nanoseconds to days.
    Time,
}

/// Sizes and the words for them, largest first.
const THOUSANDS: [(f64, &str); 5] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")];
const BINARY: [(f64, &str); 5] = [
    (1_099_511_627_776.0, "Ti"),
    (1_073_741_824.0, "Gi"),
    (1_048_576.0, "Mi"),
    (1_024.0, "Ki"),
    (1.0, ""),
];
const TIMES: [(f64, &str); 7] = [
    (86_400.0, "d"),
    (3_600.0, "h"),
    (60.0, "min"),
    (1.0, "s"),
    (1e-3, "ms"),
    (1e-6, "µs"),
    (1e-9, "ns"),
];

impl Unit {
    /// Numbers of anything.
    pub fn number() -> Self {
        Self::default()
    }

    /// Numbers with a word, shortened by thousands: `3.2 k req/s`.
    pub fn of(word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            word: word.into(),
            ..Self::default()
        }
    }

    /// Numbers that are never shortened, with a word.
    pub fn plain(word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            scale: Scale::Plain,
            ..Self::of(word)
        }
    }

    /// Parts of a whole, which is `whole`: 1 or 100.
    pub fn percent(whole: f64) -> Self {
        Self::plain("%").times(100.0 / whole)
    }

    /// Lengths of time; one is `seconds` long.
    pub fn time(seconds: f64) -> Self {
        Self {
            scale: Scale::Time,
            ..Self::default()
        }
        .times(seconds)
    }

    /// Amounts of data, shortened by 1,024: `3.2 MiB`.
    pub fn binary(word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            scale: Scale::Binary,
            ..Self::of(word)
        }
    }

    /// Values have to be multiplied.
    pub fn times(mut self, factor: f64) -> Self {
        self.factor = Factor(factor);
        self
    }

    /// With something before the number: a currency.
    pub fn after(mut self, before: impl Into<Cow<'static, str>>) -> Self {
        self.before = before.into();
        self
    }

    /// With that many decimals, where they are prescribed.
    pub fn decimals(mut self, decimals: Option<usize>) -> Self {
        self.decimals = decimals.map(|decimals| decimals.min(9));
        self
    }

    /// A value with its unit.
    pub fn show(&self, value: f64) -> String {
        let size = self.size(value);
        let number = value * self.factor.0 / size.0;
        let decimals = self.decimals.unwrap_or_else(|| decimals_of(number));
        let mut digits = format!("{number:.decimals$}");
        if self.decimals.is_none() && digits.contains('.') {
            digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
        }
        self.written(&digits, size.1)
    }

    /// The size in which values up to this one are written: how much one is, and its word.
    fn size(&self, value: f64) -> (f64, &'static str) {
        let largest = (value * self.factor.0).abs();
        let sizes: &[(f64, &str)] = match self.scale {
            Scale::Thousands => &THOUSANDS,
            Scale::Binary => &BINARY,
            Scale::Time => &TIMES,
            Scale::Plain => return (1.0, ""),
        };
        let zero = if self.scale == Scale::Time {
            (1.0, "s")
        } else {
            (1.0, "")
        };
        if largest < 1e-12 {
            return zero;
        }
        // What would be written as 1,000 is written as one of the next size.
        let fits = |size: f64| largest >= size * 0.9995;
        let found = sizes.iter().find(|(size, _)| fits(*size));
        *found.unwrap_or(sizes.last().unwrap_or(&zero))
    }

    fn written(&self, digits: &str, size: &str) -> String {
        let digits = if digits
            .trim_start_matches('-')
            .chars()
            .all(|c| matches!(c, '0' | '.'))
        {
            digits.trim_start_matches('-')
        } else {
            digits
        };
        let space = if size.is_empty() && (self.word.is_empty() || self.word == "%") {
            ""
        } else {
            "\u{a0}"
        };
        // Sizes of data are one word with it; a rate is a word of its own.
        let between = if size.is_empty() || self.word.is_empty() || is_symbol(&self.word) {
            ""
        } else {
            "\u{a0}"
        };
        format!("{}{digits}{space}{size}{between}{}", self.before, self.word)
    }
}

/// Values of an axis, all in one size.
pub(crate) struct AxisUnit<'a> {
    unit: &'a Unit,
    /// Values divided by this are what is written.
    pub(crate) divisor: f64,
    size: &'static str,
}

impl<'a> AxisUnit<'a> {
    /// For values up to `largest`.
    pub(crate) fn new(unit: &'a Unit, largest: f64) -> Self {
        let (size, word) = unit.size(largest);
        Self {
            unit,
            divisor: size / unit.factor.0,
            size: word,
        }
    }

    /// A written number with the unit; `step` is the distance to the next one.
    pub(crate) fn show(&self, number: f64, step: f64) -> String {
        let mut decimals = 0;
        let mut scaled = step;
        while decimals < 9 && (scaled - scaled.round()).abs() > 1e-6 * scaled.abs().max(1.0) {
            scaled *= 10.0;
            decimals += 1;
        }
        self.unit.written(&format!("{number:.decimals$}"), self.size)
    }
}

/// Words that stand right behind the letter of the size.
fn is_symbol(word: &str) -> bool {
    let first = word.split('/').next().unwrap_or(word);
    matches!(first, "B" | "b" | "Hz" | "W" | "Wh" | "V" | "A" | "g" | "m")
}

/// Decimals that leave three digits.
fn decimals_of(number: f64) -> usize {
    let size = number.abs();
    match size {
        _ if !(1e-12..99.95).contains(&size) => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.1 => 2,
        _ if size >= 0.01 => 3,
        _ if size >= 0.001 => 4,
        _ => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_three_digits_and_a_unit() {
        let rows = [
            (Unit::number(), 0.0, "0"),
            (Unit::number(), 1_234.0, "1.23 k"),
            (Unit::number(), 999.96, "1 k"),
            (Unit::number(), -0.000_000_001, "0"),
            (Unit::number(), 2.5e10, "25 G"),
            (Unit::of("req/s"), 42.0, "42 req/s"),
            (Unit::of("req/s"), 4_200.0, "4.2 k req/s"),
            (Unit::percent(1.0), 0.123, "12.3%"),
            (Unit::percent(100.0), 99.99, "100%"),
            (Unit::time(1.0), 0.18, "180 ms"),
            (Unit::time(1e-3), 1_500.0, "1.5 s"),
            (Unit::time(1.0), 5_400.0, "1.5 h"),
            (Unit::time(1.0), 0.0, "0 s"),
            (Unit::binary("B"), 536_870_912.0, "512 MiB"),
            (Unit::of("B"), 2e9, "2 GB"),
            (Unit::binary("B/s"), 2_048.0, "2 KiB/s"),
            (Unit::plain("°C"), 21_000.0, "21000 °C"),
            (Unit::number().after("€ "), 12.5, "€ 12.5"),
            (Unit::number().decimals(Some(2)), 3.0, "3.00"),
        ];
        for (unit, value, expected) in rows {
            assert_eq!(
                unit.show(value).replace('\u{a0}', " "),
                expected,
                "{unit:?} {value}"
            );
        }
    }
}
