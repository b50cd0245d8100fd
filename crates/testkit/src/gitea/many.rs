//! A server with many repositories, for measuring.

use super::FakeGitea;
use super::repository::Repository;

/// Repositories of one organisation.
const EACH: usize = 100;

impl FakeGitea {
    /// Starts a server with so many repositories, of which the first `described` have a `catalog-info.yaml` at the root of their default
    /// branch. They belong to organisations of a hundred, `org-000` and on; every tenth has `trunk` as its default branch, every
    /// fiftieth is archived, and every seventieth empty repository stands in place of one without a descriptor.
    ///
    /// # Panics
    ///
    /// When no port of the loopback interface can be used.
    pub fn many(repositories: usize, described: usize) -> Self {
        let server = Self::start();
        for number in 0..repositories {
            server.repository(numbered(number, number < described));
        }
        server
    }
}

fn numbered(number: usize, described: bool) -> Repository {
    let name = format!("service-{number:04}");
    let mut new = Repository::new(&format!("org-{:03}/{name}", number / EACH)).description("One of many");
    if number.is_multiple_of(10) {
        new = new.default_branch("trunk");
    }
    if number % 50 == 7 {
        new = new.archived();
    }
    if described {
        let descriptor = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: service\n  lifecycle: production\n  owner: team-{:02}\n",
            number % 40
        );
        new = new.file("catalog-info.yaml", descriptor);
    } else if number.is_multiple_of(70) {
        return new;
    }
    new.language("Go", 1000 + number as u64)
        .topics(&["many"])
        .file("README.md", format!("# {name}\n"))
        .file("main.go", "package main\n")
        .file("docs/index.md", format!("# About {name}\n"))
}
