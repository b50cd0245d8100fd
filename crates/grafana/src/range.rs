//! The span of time that charts show.

/// A span that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Range {
    Quarter,
    #[default]
    Hour,
    SixHours,
    Day,
    Week,
    Month,
}

impl Range {
    /// All spans.
    pub(crate) const ALL: [Self; 6] = [
        Self::Quarter,
        Self::Hour,
        Self::SixHours,
        Self::Day,
        Self::Week,
        Self::Month,
    ];

    /// The word in addresses and on pages.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
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
        let minutes = match self {
            Self::Quarter => 15,
            Self::Hour => 60,
            Self::SixHours => 360,
            Self::Day => 1_440,
            Self::Week => 10_080,
            Self::Month => 43_200,
        };
        minutes * 60_000
    }

    /// The span before a moment, in milliseconds since 1970. It ends at a whole step, so that what is drawn twice within a
    /// step is the same.
    pub(crate) fn before(self, now: i64, step: impl Fn((i64, i64)) -> i64) -> (i64, i64) {
        let step = step((now - self.milliseconds(), now)).max(1);
        let end = now.div_euclid(step) * step;
        (end - self.milliseconds(), end)
    }
}
