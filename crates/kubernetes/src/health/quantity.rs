//! Amounts as Kubernetes writes them: `250m`, `1.5Gi`, `100e6`.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

/// Parts of one.
const NANO: i128 = 1_000_000_000;

/// An amount, exact to a billionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Quantity(i128);

/// A text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no quantity")]
pub struct NoQuantity(String);

impl Quantity {
    /// The whole number, rounded up, as Kubernetes rounds.
    pub fn whole(self) -> i128 {
        (self.0 + NANO - 1).div_euclid(NANO)
    }

    /// In thousandths, rounded up.
    pub fn thousandths(self) -> i128 {
        let part = NANO / 1_000;
        (self.0 + part - 1).div_euclid(part)
    }

    /// How much of `whole` this is, in percent; nothing of nothing.
    pub fn percent_of(self, whole: Self) -> Option<i128> {
        (whole.0 > 0).then(|| self.0.saturating_mul(100) / whole.0)
    }

    /// As an amount of processor time: `12m`, `1.5`.
    pub fn as_cores(self) -> String {
        let thousandths = self.thousandths();
        if thousandths.abs() < 1_000 {
            return format!("{thousandths}m");
        }
        let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// As an amount of memory: `35 MiB`, `1.5 GiB`.
    pub fn as_bytes(self) -> String {
        const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        let mut tenths = self.whole().saturating_mul(10);
        let mut unit = 0;
        while tenths.abs() >= 10_240 && unit + 1 < UNITS.len() {
            tenths = (tenths + 512).div_euclid(1_024);
            unit += 1;
        }
        if tenths.abs() < 100 && tenths % 10 != 0 {
            return format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]);
        }
        format!("{} {}", (tenths + 5).div_euclid(10), UNITS[unit])
    }
}

impl FromStr for Quantity {
    type Err = NoQuantity;

    fn from_str(text: &str) -> Result<Self, NoQuantity> {
        read(text.trim())
            .map(Self)
            .ok_or_else(|| NoQuantity(text.to_owned()))
    }
}

fn read(text: &str) -> Option<i128> {
    let number_ends = text.char_indices().find(|(at, letter)| {
        !(letter.is_ascii_digit() || *letter == '.' || (*at == 0 && matches!(letter, '+' | '-')))
    });
    let (number, suffix) = text.split_at(number_ends.map_or(text.len(), |(at, _)| at));
    let (factor, divisor) = scale(suffix)?;
    let is_negative = number.starts_with('-');
    let number = number.trim_start_matches(['+', '-']);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = (!whole.is_empty() || !fraction.is_empty()) && whole.len() + fraction.len() <= 30;
    if !is_number || fraction.contains('.') {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let below = 10_i128
        .checked_pow(u32::try_from(fraction.len()).ok()?)?
        .checked_mul(divisor)?;
    let value = scaled(digits, factor.checked_mul(NANO)?, below)?;
    Some(if is_negative { -value } else { value })
}

/// `digits * factor / below`, rounded up.
fn scaled(digits: i128, factor: i128, below: i128) -> Option<i128> {
    let common = greatest_common(factor, below);
    let (factor, below) = (factor / common, below / common);
    let product = digits.checked_mul(factor)?;
    Some(product.checked_add(below - 1)? / below)
}

fn greatest_common(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common(b, a % b) }
}

/// What a suffix multiplies by, and what it divides by.
fn scale(suffix: &str) -> Option<(i128, i128)> {
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(power) = binary.iter().position(|known| *known == suffix) {
        return Some((1_i128 << (10 * (power + 1)), 1));
    }
    let decimal = ["k", "M", "G", "T", "P", "E"];
    if let Some(power) = decimal.iter().position(|known| *known == suffix) {
        return Some((1_000_i128.pow(u32::try_from(power).ok()? + 1), 1));
    }
    match suffix {
        "" => Some((1, 1)),
        "m" => Some((1, 1_000)),
        "u" => Some((1, 1_000_000)),
        "n" => Some((1, NANO)),
        _ => {
            let power: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            let size = 10_i128.checked_pow(power.unsigned_abs())?;
            Some(if power < 0 { (1, size) } else { (size, 1) })
        }
    }
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / NANO, (self.0 % NANO).abs());
        let rest = format!("{rest:09}");
        let rest = rest.trim_end_matches('0');
        if rest.is_empty() {
            write!(formatter, "{whole}")
        } else {
            write!(formatter, "{whole}.{rest}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_amount() {
        for (text, expected) in [
            ("0", "0"),
            ("250m", "0.25"),
            ("0.5", "0.5"),
            (".5", "0.5"),
            ("1.5Gi", "1610612736"),
            ("100e6", "100000000"),
            ("1E3", "1000"),
            ("5e-1", "0.5"),
            ("128974848000m", "128974848"),
            ("12345678n", "0.012345678"),
            ("20240Ki", "20725760"),
            ("2k", "2000"),
            ("-1", "-1"),
            ("1E", "1000000000000000000"),
        ] {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "",
            "abc",
            "1.2.3",
            "1Zi",
            "--1",
            "1 Gi",
            "99999999999999999999999999999999999Ei",
        ] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_for_people() {
        let read = |text: &str| text.parse::<Quantity>().unwrap();
        for (text, cores) in [
            ("12345678n", "13m"),
            ("250m", "250m"),
            ("1500m", "1.5"),
            ("2", "2"),
            ("0", "0m"),
        ] {
            assert_eq!(read(text).as_cores(), cores, "{text}");
        }
        for (text, bytes) in [
            ("35568Ki", "35 MiB"),
            ("1.5Gi", "1.5 GiB"),
            ("96Mi", "96 MiB"),
            ("512", "512 B"),
            ("0", "0 B"),
        ] {
            assert_eq!(read(text).as_bytes(), bytes, "{text}");
        }
        assert_eq!(read("24Mi").percent_of(read("48Mi")), Some(50));
        assert_eq!(read("24Mi").percent_of(read("0")), None);
    }
}
