//! What the address of the page asks for.

use url::form_urlencoded::{self, Serializer};

use super::view::Entry;

/// Repositories on one page.
pub(in crate::pages) const PAGE: usize = 50;

/// Which repositories by their descriptors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::pages) enum State {
    /// All.
    #[default]
    All,
    /// Those with a descriptor.
    With,
    /// Those without one that could have one.
    Without,
    /// Those that could not be looked through.
    Failed,
    /// Those that are left out.
    LeftOut,
}

impl State {
    pub const ALL: [Self; 5] = [Self::All, Self::With, Self::Without, Self::Failed, Self::LeftOut];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::With => "with",
            Self::Without => "without",
            Self::Failed => "failed",
            Self::LeftOut => "left-out",
        }
    }

    /// Its name on the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::With => "With descriptor",
            Self::Without => "Without",
            Self::Failed => "Not readable",
            Self::LeftOut => "Left out",
        }
    }

    /// Whether a repository is one of these.
    pub fn fits(self, entry: &Entry) -> bool {
        let known = &entry.known;
        match self {
            Self::All => true,
            Self::With => !known.descriptors.is_empty(),
            Self::Without => known.descriptors.is_empty() && known.left_out.is_none(),
            Self::Failed => known.problem.is_some(),
            Self::LeftOut => known.left_out.is_some(),
        }
    }
}

/// What is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::pages) struct Filter {
    /// Words of which all must occur.
    pub text: String,
    /// By descriptors.
    pub state: State,
    /// Only those of an organisation or user.
    pub owner: String,
    /// The page, from 0.
    pub page: usize,
}

impl Filter {
    /// Reads the query of an address. What is unknown is ignored.
    pub fn read(query: &str) -> Self {
        let mut filter = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "q" => value.trim().clone_into(&mut filter.text),
                "owner" => filter.owner = value.into_owned(),
                "state" => {
                    let known = State::ALL.into_iter().find(|state| state.word() == value);
                    filter.state = known.unwrap_or_default();
                }
                "page" => filter.page = value.parse::<usize>().unwrap_or(1).saturating_sub(1),
                _ => {}
            }
        }
        filter
    }

    /// The address of the page with this filter.
    pub fn address(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (key, value) in [
            ("q", self.text.as_str()),
            ("state", self.state.word()),
            ("owner", &self.owner),
        ] {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        }
        if self.page > 0 {
            query.append_pair("page", &(self.page + 1).to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            "/gitea".to_owned()
        } else {
            format!("/gitea?{query}")
        }
    }

    /// The same from its first page on, with another state.
    pub fn with_state(&self, state: State) -> Self {
        Self {
            state,
            page: 0,
            ..self.clone()
        }
    }

    /// Whether a repository fits but for its descriptors.
    pub fn fits(&self, entry: &Entry) -> bool {
        let repository = &entry.known.repository;
        let is_of = self.owner.is_empty() || self.owner.eq_ignore_ascii_case(&repository.owner.login);
        let text = || {
            let parts = [
                &repository.full_name,
                &repository.description,
                &repository.language,
            ];
            let parts = parts.into_iter().chain(&repository.topics);
            parts
                .map(|part| part.to_lowercase())
                .collect::<Vec<_>>()
                .join(" ")
        };
        is_of
            && (self.text.is_empty() || {
                let text = text();
                self.text
                    .to_lowercase()
                    .split_whitespace()
                    .all(|word| text.contains(word))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_shown() {
        for address in ["/gitea", "/gitea?q=a+b&state=without&owner=x&page=3"] {
            let query = address.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(Filter::read(query).address(), address);
        }
        assert_eq!(Filter::read("state=what&page=x&z=1"), Filter::default());
    }
}
