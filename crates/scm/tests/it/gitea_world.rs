//! A Gitea with a repository that has a bit of everything, and a reader for it.

use scm::UrlReader;
use serde_json::json;
use testkit::FakeGitea;
use testkit::gitea::{Change, Repository, Settings};

use crate::server::reader;

/// The repository's address for people.
pub const CART: &str = "https://git.example.com/git/shop/cart";

/// A server below a path, whose newest version has all traps, with the repository `shop/cart`.
pub fn gitea() -> FakeGitea {
    let settings = Settings {
        sub_path: "/git".to_owned(),
        ..Settings::version("1.26.0")
    };
    let gitea = FakeGitea::with(settings);
    gitea.repository(Repository::new("shop/empty"));
    gitea.repository(
        Repository::new("shop/cart")
            .default_branch("trunk")
            .first(|first| {
                first
                    .file("README.md", "# Cart")
                    .file("catalog-info.yaml", "kind: A")
                    .file("services/a/catalog-info.yaml", "kind: B")
                    .file("services/b c/100%#?.yaml", "kind: C")
                    .file(".hidden/catalog-info.yaml", "kind: D")
                    .file("docs/index.md", "# Docs")
                    .symlink("services/link.yaml", "../catalog-info.yaml")
                    .lfs("docs/large.png", vec![7; 2_000])
            })
            .commit(
                "feature/x",
                Change::new("More").file("services/a/catalog-info.yaml", "kind: X"),
            )
            .commit(
                "release/v1/late",
                Change::new("Late").file("docs/late.md", "late"),
            ),
    );
    gitea.forget_calls();
    gitea
}

/// A reader that knows the server by its public name, and one more host that may be read.
pub fn reader_of(gitea: &FakeGitea, allowed: &str) -> UrlReader {
    reader(json!({
        "integrations": { "gitea": [{ "host": "git.example.com", "baseUrl": gitea.url(), "password": gitea.token() }] },
        "backend": { "reading": { "allow": [{ "host": allowed }] } },
    }))
}
