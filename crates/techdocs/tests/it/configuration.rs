//! `mkdocs.yml` in its forms: other sites, what is inherited and left out, tags, and keys without effect.

use techdocs::{Rule, Site};

use crate::site::{made, outline, problems, site};

/// What is noted and counts for nothing.
fn notes(site: &Site) -> Vec<String> {
    let findings = site.findings();
    let notes = findings.problems().iter().filter(|one| !one.counts());
    notes.map(|one| format!("{} {}", one.file, one.text)).collect()
}

#[test]
fn sites_that_are_taken_in() {
    let config = "site_name: All\nnav:\n  - Home: index.md\n  - Orders: '!include orders/mkdocs.yml'\n  - Services: '*include ./services/*/mkdocs.yml'\n  - '!include gone/mkdocs.yml'\n  - '!include ../mkdocs.yml'\n  - '!include notes.txt'\n";
    let site = site(&[
        ("mkdocs.yml", config),
        ("docs/index.md", "# Home\n\n[orders](orders/index.md)"),
        (
            "orders/mkdocs.yml",
            "site_name: orders\ndocs_dir: pages\nrepo_url: https://git.example.com/o/orders\nedit_uri: edit/main/pages/\nexclude_docs: drafts/\nnav:\n  - index.md\n  - More: sub/more.md\n  - Gone: gone.md\n  - '!include x/mkdocs.yml'\n",
        ),
        (
            "orders/pages/index.md",
            "# Orders\n\n![x](no.png) [main](../src/main.rs)",
        ),
        ("orders/pages/sub/more.md", "# More"),
        ("orders/pages/drafts/x.md", "# X"),
        ("orders/src/main.rs", "fn main() {}"),
        ("services/a/mkdocs.yml", "site_name: Service A\n"),
        ("services/a/docs/README.md", "# A"),
        ("services/b/mkdocs.yml", "site_name: b/two\nnav: [index.md]\n"),
        ("services/b/docs/index.md", "# B"),
        ("services/b/docs/other.md", "# Other"),
        ("services/c/mkdocs.yml", "site_description: nameless\n"),
    ]);
    let expected = "\
Home -> /
Orders
  Orders -> orders/
  More -> orders/sub/more/
Services
  Service A
    A -> service-a/
  b/two
    B -> b/two/";
    assert_eq!(outline(&site), expected);
    assert_eq!(
        problems(&site),
        [
            "services/c/mkdocs.yml It has no site_name, so that its pages have no place; it is left out",
            "mkdocs.yml:6:6 '!include gone/mkdocs.yml': the file gone/mkdocs.yml does not exist",
            "mkdocs.yml:7:6 '!include ../mkdocs.yml' leads out of the folder of the documentation, and is left out",
            "mkdocs.yml:8:6 '!include notes.txt' names no .yml or .yaml file",
            "orders/mkdocs.yml:9:11 The page gone.md of nav does not exist",
            "orders/mkdocs.yml:10:6 '!include x/mkdocs.yml' is not followed: a site that is taken in takes in no others",
            "orders/pages/index.md:3:6 The image leads to orders/no.png, which does not exist",
        ]
    );
    let text = "services/b/docs/other.md The page is not in nav; it is found by links and by the search only";
    assert_eq!(notes(&site), [text]);
    let html = site.page_html("orders/").unwrap();
    assert!(
        html.contains("/o/r/src/branch/main/orders/src/main.rs\""),
        "{html}"
    );
}

#[test]
fn what_is_inherited_and_what_is_left_out() {
    let site = site(&[
        (
            "mkdocs.yml",
            "INHERIT: shared/base.yml\nsite_name: Own\nexclude_docs: |\n  drafts/\n  !drafts/keep.md\n  *.tmp.md\nnot_in_nav: |\n  /quiet.md\n",
        ),
        (
            "shared/base.yml",
            "INHERIT: /etc/passwd\nsite_name: Base\nsite_description: From the base\ndocs_dir: handbook\nnav:\n  - index.md\n  - Draft: drafts/x.md\n  - Nested: {A: a.md, File: files/a.pdf, Site: 'https://example.org'}\n",
        ),
        ("handbook/index.md", "# Welcome"),
        ("handbook/README.md", "# Hidden by the index"),
        ("handbook/a.md", "[readme](README.md)"),
        ("handbook/quiet.md", "# Quiet"),
        ("handbook/loud.md", "# Loud"),
        ("handbook/files/a.pdf", "%PDF"),
        ("handbook/drafts/x.md", "# X"),
        ("handbook/drafts/keep.md", "# Keep"),
        ("handbook/templates/t.md", "# T"),
        ("handbook/x.tmp.md", "# T"),
    ]);
    assert_eq!(
        (site.name.as_str(), site.description.as_str()),
        ("Own", "From the base")
    );
    let expected = "Welcome -> /\nNested\n  A -> a/\n  File -> files/a.pdf\n  Site => https://example.org";
    assert_eq!(outline(&site), expected);
    assert_eq!(
        problems(&site),
        [
            "shared/base.yml:1:1 INHERIT: '/etc/passwd' leads out of the folder of the documentation, and is left out",
            "handbook/README.md It is left out, because index.md beside it is the page of the folder",
            "mkdocs.yml The page drafts/x.md of nav is left out by exclude_docs",
        ]
    );
    let text = "The page is not in nav; it is found by links and by the search only";
    assert_eq!(
        notes(&site),
        [
            format!("handbook/drafts/keep.md {text}"),
            format!("handbook/loud.md {text}")
        ]
    );
    for left_out in ["templates/t/", "x.tmp/", "drafts/x/"] {
        assert_eq!(site.page_at(left_out), None, "{left_out}");
    }
}

#[test]
fn keys_and_tags_without_effect_never_fail_a_site() {
    let config = "site_name: !ENV [NAME, Default]
site_description: !ENV HOME
hooks: [run.py]
unknown: 1
theme:
  name: material
  custom_dir: overrides
plugins:
  - techdocs-core
  - macros: {on: true}
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
  - other:
      run: !!python/object/apply:os.system [ls]
";
    let site = site(&[("mkdocs.yml", config), ("docs/index.md", "# A")]);
    assert_eq!((site.name.as_str(), site.description.as_str()), ("Default", ""));
    assert_eq!(
        notes(&site),
        [
            "mkdocs.yml The key 'hooks' has no effect",
            "mkdocs.yml The key 'unknown' has no effect",
            "mkdocs.yml The key 'custom_dir' of the theme has no effect",
            "mkdocs.yml The plugin 'macros' has no effect",
        ]
    );
    let tags = "The Python object !!python/object/apply:os.system is not made; the value is left out";
    assert_eq!(problems(&site), [format!("mkdocs.yml:15:12 {tags}")]);
    let broken = made(
        &[("mkdocs.yml", "nav: [\n"), ("docs/index.md", "# A")],
        &techdocs::Source::Folder("/nowhere".into()),
    );
    assert_eq!(broken.findings().problems()[0].rule, Rule::Config);
    assert_eq!(outline(&broken), "A -> /");
}

#[test]
fn a_readme_beside_the_folder_is_its_front() {
    let site = site(&[
        (
            "README.md",
            "# Read me\n\n[one](docs/one.md) [code](src/x.rs) [gone](docs/two.md)",
        ),
        ("docs/one.md", "# One"),
        ("src/x.rs", ""),
    ]);
    assert_eq!(outline(&site), "Read me -> /\nOne -> one/");
    let html = site.page_html("").unwrap();
    assert!(html.contains("href=\"/-docs-/one\""), "{html}");
    assert!(html.contains("/o/r/src/branch/main/src/x.rs"), "{html}");
    assert_eq!(
        problems(&site),
        ["README.md:3:44 The link leads to docs/two.md, which does not exist"]
    );
}

#[test]
fn many_mistakes_take_no_time() {
    let entries: String = (0..4_000)
        .map(|at| format!("  - P{at}: gone/p{at}.md\n"))
        .collect();
    let keys: String = (0..4_000).map(|at| format!("key{at}: 1\n")).collect();
    let config = format!("site_name: X\n{keys}nav:\n  - index.md\n{entries}");
    let begun = std::time::Instant::now();
    let site = site(&[("mkdocs.yml", &config), ("docs/index.md", "# A")]);
    // The notes about keys take no place of an error.
    assert_eq!(problems(&site).len(), 500);
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}
