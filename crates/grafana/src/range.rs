//! The span of time that charts show.

/// A span that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Range {
    #[default]
    Hour,
    SixHours,
    Day,
    Week,
}

impl Range {
    /// All spans.
    pub(crate) const ALL: [Self; 4] = [Self::Hour, Self::SixHours, Self::Day, Self::Week];

    /// The word in addresses and on pages.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// The span of a word; an hour for any other word.
    pub(crate) fn parse(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|range| range.as_str() == word)
            .unwrap_or_default()
    }

    fn milliseconds(self) -> i64 {
        let hours = match self {
            Self::Hour => 1,
            Self::SixHours => 6,
            Self::Day => 24,
            Self::Week => 168,
        };
        hours * 3_600_000
    }

    /// The span before a moment, in milliseconds since 1970. It ends at a whole step, so that what is drawn twice within a
    /// step is the same.
    pub(crate) fn before(self, now: i64, step: impl Fn((i64, i64)) -> i64) -> (i64, i64) {
        let step = step((now - self.milliseconds(), now)).max(1);
        let end = now.div_euclid(step) * step;
        (end - self.milliseconds(), end)
    }
}
