//! Addresses of a repository's pages at the server, for people.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Reference;

/// What stands unescaped in a path. Slashes of branches and folders stay.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'@')
    .remove(b'+');

/// The pages of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Links {
    server: String,
    page: String,
}

impl Links {
    /// The pages of the repository of this name, at a server with this address for people.
    pub(crate) fn new(server: &str, full_name: &str) -> Self {
        Self {
            server: server.to_owned(),
            page: format!("{server}/{}", encoded(full_name)),
        }
    }

    /// The repository.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }

    /// A page below it, by its name.
    pub(crate) fn to(&self, path: &str) -> String {
        format!("{}/{}", self.page, encoded(path))
    }

    /// A page of the server, by its path.
    pub(crate) fn at_server(&self, path: &str) -> String {
        format!("{}/{}", self.server, encoded(path))
    }

    /// A file or folder.
    pub(crate) fn file(&self, reference: &Reference, path: &str) -> String {
        self.of("src", reference, path)
    }

    /// The bytes of a file.
    pub(crate) fn raw(&self, reference: &Reference, path: &str) -> String {
        self.of("raw", reference, path)
    }

    /// The history of a folder.
    pub(crate) fn history(&self, reference: &Reference, path: &str) -> String {
        self.of("commits", reference, path)
    }

    fn of(&self, word: &str, reference: &Reference, path: &str) -> String {
        let (kind, name) = reference.kind_and_name();
        let place = format!("{word}/{kind}/{name}/{path}");
        self.to(place.trim_end_matches('/'))
    }
}

fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_of_branches_stay_and_other_signs_are_encoded() {
        let links = Links::new("https://git.example.com", "shop/orders");
        let branch = Reference::Branch("feature/a#1".to_owned());
        assert_eq!(
            links.file(&branch, "docs/a b.md"),
            "https://git.example.com/shop/orders/src/branch/feature/a%231/docs/a%20b.md"
        );
        assert_eq!(
            links.history(&Reference::Commit("abc".to_owned()), ""),
            "https://git.example.com/shop/orders/commits/commit/abc"
        );
        assert_eq!(links.to("pulls/7"), "https://git.example.com/shop/orders/pulls/7");
    }
}
