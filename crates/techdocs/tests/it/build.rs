//! A site as files: its layout, addresses that work anywhere, and that this portal reads it again.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;
use techdocs::{BuildOptions, Site};

use crate::site::site;

/// The files of a site by their path.
fn built(site: &Site) -> BTreeMap<String, String> {
    let files = Mutex::new(BTreeMap::new());
    let options = BuildOptions {
        etag: Some("f00d".to_owned()),
        name: Some("From outside".to_owned()),
    };
    let take = |path: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        files.lock().unwrap().insert(path.to_owned(), text);
        Ok(())
    };
    let build = site.build(&options, &take).unwrap();
    let files = files.into_inner().unwrap();
    assert_eq!(build.files, files.keys().cloned().collect::<Vec<_>>());
    files
}

const PAGES: [(&str, &str); 6] = [
    (
        "docs/index.md",
        "# Shop\n\n[two](guides/two.md#part) ![x](img/x y.png)\n\n## Hours\n\nNine to five.",
    ),
    (
        "docs/guides/one.md",
        "Without a title. [up](../index.md) [here](#part)\n\n## Part\n",
    ),
    (
        "docs/guides/two.md",
        "# Two\n\n## Part\n\n[one](one.md) <a href=\"/guides/one/\">raw</a>\n",
    ),
    ("docs/img/x y.png", "png"),
    ("docs/extra.css", "p {}"),
    ("src/main.rs", "fn main() {}"),
];

fn with_config(config: &str) -> Vec<(&str, &str)> {
    let mut files = PAGES.to_vec();
    files.push(("mkdocs.yml", config));
    files
}

#[test]
fn the_layout_is_that_of_techdocs() {
    let site = site(&with_config(
        "site_name: Shop & Co\nextra_css: [extra.css, gone.css]\ncopyright: us\n",
    ));
    let files = built(&site);
    let expected = [
        "assets/stylesheets/docs.css",
        "extra.css",
        "guides/one/index.html",
        "guides/two/index.html",
        "img/x y.png",
        "index.html",
        "search/search_index.json",
        "techdocs_metadata.json",
    ];
    assert_eq!(files.keys().collect::<Vec<_>>(), expected);
    let front = &files["index.html"];
    for part in [
        "href=\"guides/two/#part\"",
        "src=\"img/x%20y.png\"",
        "<link rel=\"stylesheet\" href=\"extra.css\">",
        "data-md-component=\"container\"",
        "class=\"md-sidebar md-sidebar--primary\"",
        "<article class=\"md-content__inner md-typeset\">",
        "for=\"__drawer\"",
        "class=\"md-nav__link md-nav__link--active\" aria-current=\"page\"",
        "<title>Shop - Shop &amp; Co</title>",
        "class=\"md-copyright\"",
    ] {
        assert!(front.contains(part), "{part} in {front}");
    }
    assert!(
        !front.contains("gone.css") && !front.contains("/-docs-/"),
        "{front}"
    );
    let one = &files["guides/one/index.html"];
    assert!(
        one.contains("<h1>One</h1>") && one.contains("href=\"../../\""),
        "{one}"
    );
    assert!(
        one.contains("<a href=\"#part\" rel=\"noopener noreferrer\">here"),
        "{one}"
    );
    let two = &files["guides/two/index.html"];
    assert_eq!(two.matches("href=\"../one/\" rel").count(), 2, "{two}");
    let metadata: Value = serde_json::from_str(&files["techdocs_metadata.json"]).unwrap();
    assert_eq!(metadata["site_name"], "Shop & Co");
    assert_eq!(metadata["etag"], "f00d");
    assert_eq!(metadata["files"].as_array().unwrap().len(), expected.len());
}

#[test]
fn the_search_index_has_pages_and_headings() {
    let files = built(&site(&PAGES));
    let index: Value = serde_json::from_str(&files["search/search_index.json"]).unwrap();
    let documents = index["docs"].as_array().unwrap();
    let locations: Vec<&str> = documents
        .iter()
        .filter_map(|one| one["location"].as_str())
        .collect();
    let expected = [
        "",
        "#hours",
        "guides/one/",
        "guides/one/#part",
        "guides/two/",
        "guides/two/#part",
    ];
    assert_eq!(locations, expected);
    assert_eq!(documents[1]["text"], "Nine to five.");
    assert_eq!(documents[2]["title"], "One");
}

#[test]
fn addresses_without_folders() {
    let config = "site_name: Shop\nuse_directory_urls: false\nplugins:\n  - redirects:\n      redirect_maps:\n        old.md: guides/two.md#part\n        away.md: https://example.org/\n        lost.md: nowhere.md\n";
    let site = site(&with_config(config));
    let files = built(&site);
    assert!(
        files["index.html"].contains("href=\"guides/two.html#part\""),
        "{}",
        files["index.html"]
    );
    assert!(
        files["guides/two.html"].contains("href=\"one.html\" rel"),
        "{}",
        files["guides/two.html"]
    );
    assert!(
        files["guides/one.html"].contains("href=\"../index.html\""),
        "{}",
        files["guides/one.html"]
    );
    assert!(
        files["old.html"].contains("content=\"0; url=guides/two.html#part\""),
        "{}",
        files["old.html"]
    );
    assert!(
        files["away.html"].contains("url=https://example.org/"),
        "{}",
        files["away.html"]
    );
    assert!(!files.contains_key("lost.html"));
    assert_eq!(
        crate::site::problems(&site),
        ["mkdocs.yml:8:9 The redirect of lost.md leads to nowhere.md, which does not exist"]
    );
}

#[test]
fn code_has_colours() {
    let text = "# Code\n\n```python title=\"a.py\" hl_lines=\"1\"\nif x < 1:\n    pass\n```\n\n```text\nif x\n```\n\n```mermaid\ngraph TD\n```\n";
    let files = built(&site(&[("docs/index.md", text)]));
    let page = &files["index.html"];
    for part in [
        "<span class=\"t-w\">if</span> x &lt; <span class=\"t-n\">1</span>:\n    <span class=\"t-w\">pass</span>\n</code></pre></div>",
        "<code class=\"language-text\" data-first=\"1\">if x\n</code>",
        "<code class=\"language-mermaid\" data-first=\"1\">graph TD\n</code>",
        "<span class=\"filename\">a.py</span><pre><code class=\"language-python\"",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let style = &files["assets/stylesheets/docs.css"];
    for class in ["k", "s", "n", "w", "c", "f", "t", "v", "i", "d"] {
        assert!(
            style.contains(&format!(".t-{class} {{ color: var(--code-")),
            "{class}"
        );
    }
    let index = &files["search/search_index.json"];
    assert!(!index.contains("t-w"), "{index}");
}

#[test]
fn a_large_site_takes_linear_time() {
    let text = "# Page\n\nSome *text* with `code` and a [link](p1.md).\n\n```yaml\na: 1\n```\n\n## Part\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    let even = crate::hostile::grows_evenly(|times| {
        let pages = 400 * times;
        let names: Vec<String> = (0..pages)
            .map(|at| format!("docs/s{}/p{at}.md", at / 50))
            .collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text)).collect();
        assert!(built(&site(&files)).len() > pages);
    });
    assert!(even);
}
