//! Which workloads the page shows, as its address says it. The address is the only state.

use ui::href;
use url::form_urlencoded;

use super::rows::Shown;

/// Most values of one filter; further ones do not count.
const MOST_VALUES: usize = 50;
/// The address of the page.
pub(crate) const PATH: &str = "/kubernetes";

/// A filter by the values of rows.
pub(crate) struct FilterKey {
    /// Name in the address.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// The values of a row.
    pub of: fn(&Shown) -> Vec<String>,
}

/// The value of a filter for rows that have none.
pub(crate) const NONE: &str = "-";

/// The filters, in the order shown.
pub(crate) static FILTERS: [FilterKey; 5] = [
    FilterKey {
        name: "state",
        title: "State",
        of: |shown| vec![shown.row.health.word().to_owned()],
    },
    FilterKey {
        name: "owner",
        title: "Owner",
        of: Shown::owners,
    },
    FilterKey {
        name: "kind",
        title: "Kind",
        of: |shown| vec![shown.row.kind.name.to_owned()],
    },
    FilterKey {
        name: "cluster",
        title: "Cluster",
        of: |shown| vec![shown.row.cluster.to_string()],
    },
    FilterKey {
        name: "namespace",
        title: "Namespace",
        of: |shown| vec![shown.row.namespace.to_string()],
    },
];

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Chosen values per filter, parallel to [`FILTERS`].
    pub chosen: [Vec<String>; FILTERS.len()],
    /// Part of the name, or of an entity's.
    pub text: String,
    /// Rows before the page.
    pub start: usize,
}

impl Asked {
    /// Reads an address. What is not understood is left out.
    pub fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "q" => value.trim().clone_into(&mut asked.text),
                "start" => asked.start = value.parse().unwrap_or_default(),
                name => {
                    let Some(at) = FILTERS.iter().position(|filter| filter.name == name) else {
                        continue;
                    };
                    let chosen = &mut asked.chosen[at];
                    if !value.is_empty()
                        && chosen.len() < MOST_VALUES
                        && !chosen.iter().any(|known| *known == value)
                    {
                        chosen.push(value.into_owned());
                    }
                }
            }
        }
        asked
    }

    /// Whether a row is asked for, whatever the filter at `left_out` says.
    pub fn wants(&self, shown: &Shown, left_out: Option<usize>) -> bool {
        let filters = FILTERS.iter().zip(&self.chosen).enumerate();
        let mut asked = filters.filter(|(at, (_, chosen))| Some(*at) != left_out && !chosen.is_empty());
        asked.all(|(_, (filter, chosen))| (filter.of)(shown).iter().any(|value| chosen.contains(value)))
            && (self.text.is_empty() || shown.has(&self.text.to_lowercase()))
    }

    /// The address.
    pub fn href(&self) -> String {
        let start = self.start.to_string();
        let filters = FILTERS.iter().zip(&self.chosen);
        let mut pairs: Vec<(&str, &str)> = filters
            .flat_map(|(filter, chosen)| chosen.iter().map(|value| (filter.name, value.as_str())))
            .collect();
        pairs.push(("q", &self.text));
        pairs.push(("start", if self.start == 0 { "" } else { &start }));
        href::with_query(PATH, pairs)
    }

    /// The same from its start, changed.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut asked = Self {
            start: 0,
            ..self.clone()
        };
        change(&mut asked);
        asked
    }

    /// With a value of a filter switched.
    pub fn toggled(&self, at: usize, value: &str) -> Self {
        self.with(|asked| {
            let chosen = &mut asked.chosen[at];
            match chosen.iter().position(|known| known == value) {
                Some(place) => drop(chosen.remove(place)),
                None => chosen.push(value.to_owned()),
            }
        })
    }

    /// How many filters are set.
    pub fn active(&self) -> usize {
        self.chosen.iter().map(Vec::len).sum::<usize>() + usize::from(!self.text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (query, written) in [
            ("", "/kubernetes"),
            (
                "state=Down&state=Down&odd=1&q=+web+",
                "/kubernetes?state=Down&q=web",
            ),
            (
                "owner=-&cluster=north&start=50",
                "/kubernetes?owner=-&cluster=north&start=50",
            ),
            ("start=x", "/kubernetes"),
        ] {
            assert_eq!(Asked::read(query).href(), written, "{query}");
        }
        let asked = Asked::read("state=Down&start=50");
        assert_eq!(
            asked.toggled(0, "Degraded").href(),
            "/kubernetes?state=Down&state=Degraded"
        );
        assert_eq!(asked.toggled(0, "Down").href(), "/kubernetes");
    }
}
