//! Samples of the pages in their states, for the snapshot test and the browser tests.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use markdown::Heading;
use maud::Markup;
use model::{EntityRef, Fault, FaultKind};
use scm::{Commit, Integrations, Tree, TreeFile, Versions};

use super::index::{Documented, IndexView};
use super::reader::Wanted;
use super::view::{self, Change, ReaderView, Shows};
use crate::site::{Entry, Leads, PublishedPage, PublishedParts, Rendered, Site};
use crate::source::Source;

const MKDOCS: &str = "site_name: Shop\nnav:\n  - Home: index.md\n  - Guides:\n      - Deploy: guides/deploy.md\n      - Gone: guides/gone.md\n";
const INDEX: &str = "# Shop\n\nSells things. See [how to deploy](guides/deploy.md) and [what is missing](missing.md).\n\n## Run it\n\n```bash\ncargo run\n```\n\n!!! tip\n    The port is free to choose.\n\n## Settings\n\n| Key | Meaning |\n| --- | --- |\n| `port` | Where it listens |\n";
const DEPLOY: &str = "# Deploy\n\n=== \"Flux\"\n\n    Push.\n\n=== \"By hand\"\n\n    1. Build.\n    2. Apply.\n\n- [x] Tests\n- [ ] Dashboards\n";

const ONE_PORT: &str =
    "# One port for all\n\nDate: 2026-03-01\n\n## Status\n\nSuperseded by [two ports](0002-two-ports.md)\n";
const TWO_PORTS: &str = "---\nstatus: accepted\ndate: 2026-05-07\n---\n# Two ports\n";

/// The pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let now = at("09:30");
    let page =
        |path: &str, query: &str, failure: Option<Fault>| view::reader(&shown(path, query, failure), now);
    let away = Fault::error("request to https://git.example.com failed, reason: connect ECONNREFUSED");
    let shop = EntityRef::new("component", "default", "shop");
    vec![
        (
            "docs",
            view::index(&list(vec![documented("shop"), documented("billing")])),
        ),
        ("docs-empty", view::index(&list(Vec::new()))),
        ("docs-page", page("", "", None)),
        ("docs-page-tabs", page("guides/deploy/", "", None)),
        ("docs-page-old", page("", "", Some(away.clone()))),
        ("docs-search", page("", "q=port", None)),
        ("docs-health", page("", "view=health", None)),
        ("docs-decisions", page("", "view=decisions", None)),
        ("docs-versions", view::reader(&versions(), now)),
        ("docs-preview", view::reader(&preview(), now)),
        ("docs-missing", page("nowhere/", "", None)),
        ("docs-unreadable", view::unreadable(&shop, &away, false)),
        ("docs-not-written", view::not_written(&shop)),
        ("docs-published", view::reader(&published("", None), now)),
        (
            "docs-published-old",
            view::reader(&published("", Some(bucket_away())), now),
        ),
        ("docs-published-unreadable", view::reader(&unreadable_page(), now)),
        ("docs-unpublished", view::unreadable(&shop, &unpublished(), true)),
    ]
}

fn versions() -> ReaderView {
    let named = |names: &[&str]| {
        let named = names
            .iter()
            .map(|name| ((*name).to_owned(), "4f0c2a9be1d7".to_owned()));
        named.collect::<BTreeMap<_, _>>()
    };
    let listed = Versions {
        default: Some("main".to_owned()),
        branches: named(&["main", "next/docs"]),
        tags: named(&["v1.9.0", "v1.10.0"]),
        proposals: named(&["pull/12"]),
    };
    ReaderView {
        shows: Shows::Versions(listed.into()),
        ..shown("", "", None)
    }
}

/// A page as a pull request would have it.
fn preview() -> ReaderView {
    let commit = Commit {
        sha: "9b1d4f0c2a9be1d7".to_owned(),
        message: "Explain the port\n\nPeople asked.".to_owned(),
        author: Some("Ada".to_owned()),
        at: Some("2026-11-24T08:00:00Z".to_owned()),
    };
    let base = view::version_base("/docs/default/component/shop/", "pull/12");
    ReaderView {
        version: Some("pull/12".to_owned()),
        files: base.clone(),
        base,
        change: Change::Told(Some(commit)),
        ..shown("", "", None)
    }
}

const HOME: &str = "<h1 id=\"shop\">Shop</h1>\n<p>Sells things. See <a href=\"guides/deploy/\">how to deploy</a>.</p>\n\
    <h2 id=\"run-it\">Run it</h2>\n<div class=\"highlight\"><pre><code class=\"language-bash\">cargo run\n</code></pre></div>\n\
    <h2 id=\"settings\">Settings</h2>\n<p>The port is free to choose.</p>\n";

/// A site that CI published, with its navigation.
fn published_site() -> Site {
    let page = |path: &str, url: &str, title: &str| PublishedPage {
        path: path.to_owned(),
        url: url.to_owned(),
        title: title.to_owned(),
        found: Rendered::default(),
    };
    let entry = |at: usize| Entry {
        title: None,
        leads: Leads::Page(at),
    };
    Site::published(PublishedParts {
        version: "\"1\"".to_owned(),
        folder: "default/component/shop".to_owned(),
        name: "Shop".to_owned(),
        description: String::new(),
        built_at: Some(at("08:10").as_millisecond()),
        metadata: serde_json::Value::Null,
        pages: vec![
            page("index.html", "", "Home"),
            page("guides/deploy/index.html", "guides/deploy/", "Deploy"),
        ],
        nav: vec![entry(0), entry(1)],
        files: Vec::new(),
    })
}

fn published(path: &str, failure: Option<Fault>) -> ReaderView {
    let site = std::sync::Arc::new(published_site());
    let heading = |level: u8, id: &str, text: &str| Heading {
        level,
        id: id.to_owned(),
        text: text.to_owned(),
        line: 0,
    };
    let headings = vec![
        heading(1, "shop", "Shop"),
        heading(2, "run-it", "Run it"),
        heading(2, "settings", "Settings"),
    ];
    let edit = Some("https://git.example.com/talent/shop/_edit/main/docs/index.md".to_owned());
    let page = site.article_as_shown(0, HOME, headings, edit);
    let shows = Shows::of(&site, &Wanted::of(path, ""), &integrations()).with(page.into());
    ReaderView {
        site,
        failure,
        shows,
        ..shown(path, "", None)
    }
}

fn unreadable_page() -> ReaderView {
    ReaderView {
        shows: Shows::Unreadable {
            at: 1,
            fault: bucket_away(),
        },
        ..published("guides/deploy/", None)
    }
}

fn bucket_away() -> Fault {
    let text = "Published documentation cannot be read now: the bucket 'docs' at s3.example.com is away: nothing listens at its address";
    Fault::new(FaultKind::Unavailable, text)
}

fn unpublished() -> Fault {
    Fault::not_found(
        "No documentation is published for this entity: the bucket 'docs' at s3.example.com has no \
         default/component/shop/techdocs_metadata.json",
    )
}

fn site() -> Site {
    let file = |text: &str| TreeFile {
        bytes: text.as_bytes().to_vec().into(),
        is_executable: false,
    };
    let files = [
        ("mkdocs.yml", MKDOCS),
        ("docs/index.md", INDEX),
        ("docs/guides/deploy.md", DEPLOY),
        ("docs/adr/0001-one-port.md", ONE_PORT),
        ("docs/adr/0002-two-ports.md", TWO_PORTS),
    ];
    let files: BTreeMap<String, TreeFile> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), file(text)))
        .collect();
    let tree = Tree {
        files,
        version: "4f0c2a9be1d7".to_owned(),
    };
    let source = Source::Url("https://git.example.com/talent/shop/src/branch/main/".to_owned());
    Site::new(tree, &source)
}

fn integrations() -> Integrations {
    let value = serde_json::json!({"integrations": {"gitea": [{"host": "git.example.com"}]}});
    config::Config::from_value(value, Path::new("/"))
        .map(|config| Integrations::new(config.integrations()))
        .unwrap_or_default()
}

fn shown(path: &str, query: &str, failure: Option<Fault>) -> ReaderView {
    let site = std::sync::Arc::new(site());
    ReaderView {
        reference: EntityRef::new("component", "default", "shop"),
        in_tab: false,
        entity_title: "Shop".to_owned(),
        lifecycle: Some("production".to_owned()),
        owner: Some(EntityRef::new("group", "default", "platform-team")),
        owner_title: Some("Platform team".to_owned()),
        base: "/docs/default/component/shop/".to_owned(),
        shows: Shows::of(&site, &Wanted::of(path, query), &integrations()),
        site,
        checked: at("09:29"),
        failure,
        reading: super::reading::Reading::default(),
        version: None,
        has_versions: true,
        files: "/docs/default/component/shop/".to_owned(),
        change: Change::Later,
    }
}

fn documented(name: &str) -> Documented {
    Documented {
        reference: EntityRef::new("component", "default", name),
        title: name.to_owned(),
        description: "Sells things to people who want them.".to_owned(),
        kind: "Component".to_owned(),
        spec_type: "service".to_owned(),
        owner: Some(EntityRef::new("group", "default", "platform-team")),
        owner_title: Some("Platform team".to_owned()),
        is_starred: name == "shop",
    }
}

fn list(entities: Vec<Documented>) -> IndexView {
    IndexView {
        total: entities.len(),
        counts: [1, 1, entities.len()],
        entities,
        ..IndexView::default()
    }
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}
