//! Navigation, links, what is wrong, and that nothing acts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use model::Severity;
use scm::{Tree, TreeFile};
use techdocs::{Rule, Site, Source};

pub fn made(files: &[(&str, &str)], source: &Source) -> Site {
    let file = |text: &str| TreeFile {
        bytes: text.as_bytes().to_vec().into(),
        is_executable: false,
    };
    let files: BTreeMap<String, TreeFile> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), file(text)))
        .collect();
    let version = "c0ffee".to_owned();
    Site::new(Tree { files, version }, source)
}

pub fn site(files: &[(&str, &str)]) -> Site {
    made(
        files,
        &Source::Url("https://git.example.com/o/r/src/branch/main/".to_owned()),
    )
}

pub fn outline(site: &Site) -> String {
    site.outline().join("\n")
}

pub fn problems(site: &Site) -> Vec<String> {
    let number = |number: Option<u32>| number.map(|number| format!(":{number}")).unwrap_or_default();
    site.all_problems()
        .iter()
        .map(|problem| {
            let (line, column) = (number(problem.line), number(problem.column));
            format!("{}{line}{column} {}", problem.file, problem.text)
        })
        .collect()
}

const NAV: &str = "site_name: Shop
docs_dir: handbook
nav:
  - index.md
  - How to:
      - guides/one.md
      - Second: guides/two.md
      - Deeper:
          - guides/deep/three.md
  - Elsewhere: https://example.org
  - Gone: guides/gone.md
  - Rest: 'more/*'
";

#[test]
fn navigation_in_its_forms() {
    let site = site(&[
        ("mkdocs.yml", NAV),
        ("handbook/index.md", "# Welcome"),
        ("handbook/guides/one.md", "---\ntitle: First\n---\n# Other"),
        ("handbook/guides/two.md", "# Two"),
        ("handbook/guides/deep/three.md", "no heading"),
        ("handbook/more/a.md", "# A"),
        ("handbook/more/b.md", "# B"),
        ("handbook/not-listed.md", "# Not listed"),
        ("other/x.md", "# X"),
    ]);
    let expected = "\
Welcome -> /
How to
  First -> guides/one/
  Second -> guides/two/
  Deeper
    Three -> guides/deep/three/
Elsewhere => https://example.org
Rest
  A -> more/a/
  B -> more/b/";
    assert_eq!(outline(&site), expected);
    assert_eq!(
        problems(&site),
        ["mkdocs.yml:11:11 The page guides/gone.md of nav does not exist"]
    );
}

#[test]
fn without_navigation_the_files_are_in_order() {
    let site = site(&[
        ("docs/zebra.md", "# Zebra"),
        ("docs/index.md", "# Home page"),
        ("docs/api/README.md", "# The API"),
        ("docs/api/auth.md", "# Sign in"),
        ("docs/.hidden/x.md", "# Hidden"),
    ]);
    assert_eq!(
        outline(&site),
        "Home page -> /\nZebra -> zebra/\nApi\n  The API -> api/\n  Sign in -> api/auth/"
    );
    assert_eq!(problems(&site), [""; 0]);
}

#[test]
fn a_readme_alone_is_a_site() {
    let site = site(&[
        ("README.md", "# Read me\n\n[guide](CONTRIBUTING.md) ![x](a/x.png)"),
        ("CONTRIBUTING.md", "# C"),
        ("a/x.png", "png"),
    ]);
    assert_eq!(outline(&site), "Read me -> /");
    assert_eq!(problems(&site), [""; 0]);
    let nothing = made(
        &[("src/main.rs", "fn main() {}")],
        &Source::Folder(PathBuf::from("/srv/x")),
    );
    assert_eq!(problems(&nothing).len(), 1);
}

#[test]
fn links_lead_where_they_should() {
    let page = "# A
[b](b.md#deep-down) [dir](../guides/b/) [up](../index.md) [root](/guides/b.md) [outside](../../src/main.rs#L3)
[mail](mailto:x@example.org) [lost](../../src/lost.rs) [self](#a) [asked](b.md?h=deep+down#deep-down) ![image](../img/x.png) [missing](gone.md)
![missing](no.png) [no heading](b.md#nowhere)

<a href=\"b.md\">raw</a> <img src=\"../img/x.png#only-dark\">
";
    let site = site(&[
        ("docs/index.md", "# I"),
        ("docs/guides/a.md", page),
        ("docs/guides/b.md", "# B\n\n## Deep down"),
        ("docs/img/x.png", "png"),
        ("src/main.rs", "fn main() {}"),
    ]);
    let html = site.page_html("guides/a/").unwrap();
    for expected in [
        "href=\"/-docs-/guides/b#deep-down\"",
        "<a href=\"/-docs-/guides/b\" rel=\"noopener noreferrer\">dir",
        "<a href=\"/-docs-/\" rel=\"noopener noreferrer\">up",
        "<a href=\"/-docs-/guides/b\" rel=\"noopener noreferrer\">root",
        "href=\"https://git.example.com/o/r/src/branch/main/src/main.rs#L3\"",
        "href=\"mailto:x@example.org\"",
        "href=\"/-docs-/guides/a#a\"",
        "src=\"/-docs-/img/x.png\"",
        "src=\"/-docs-/img/x.png#only-dark\"",
        "href=\"/-docs-/guides/b?h=deep+down#deep-down\"",
        "<a href=\"/-docs-/guides/b\" rel=\"noopener noreferrer\">raw",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert_eq!(
        problems(&site),
        [
            "docs/guides/a.md:3:37 The link leads to src/lost.rs, which does not exist",
            "docs/guides/a.md:3:136 The link leads to guides/gone.md, which does not exist",
            "docs/guides/a.md:4:12 The image leads to guides/no.png, which does not exist",
            "docs/guides/a.md:4:37 There is no heading #nowhere on the page guides/b.md",
        ]
    );
}

#[test]
fn nothing_acts() {
    let page = "# Main\n\n<script>a()</script> <img src=x onerror=a()>\n\n[l](javascript:a()) <iframe src=/></iframe>\n\n\
        <div style=\"position:fixed\" class=\"skip-link admonition\" id=\"palette\" onclick=\"a()\">x</div>\n\n\
        <form action=/x><button>b</button></form>\n\n<style>*{}</style>\n\n<svg onload=a()></svg>\n";
    let site = site(&[("docs/index.md", page)]);
    let html = site.page_html("").unwrap();
    for gone in [
        "script",
        "onerror",
        "javascript:",
        "iframe",
        "position",
        "skip-link",
        "onclick",
        "<form",
        "<button",
        "<style",
        "<svg",
        "id=\"main\"",
        "id=\"palette\"",
    ] {
        assert!(!html.contains(gone), "{gone} in {html}");
    }
    assert!(
        html.contains("id=\"main_1\"") && html.contains("href=\"#main_1\""),
        "{html}"
    );
}

#[test]
fn what_makes_documentation_stays() {
    let page = "!!! note\n    N\n\n??? tip \"T\"\n    F\n\n=== \"One\"\n\n    1\n\n- [x] done\n\n```yaml title=\"a.yaml\"\na: 1 # <b>\n```\n\n| a |\n|---|\n| b |\n";
    let site = site(&[("docs/index.md", page)]);
    let html = site.page_html("").unwrap();
    for kept in [
        "<div class=\"admonition note\">",
        "<details class=\"tip\">",
        "<summary>T</summary>",
        "type=\"radio\"",
        "<label for=\"__tabbed_1_1\">One</label>",
        "type=\"checkbox\"",
        "<figcaption class=\"code-title\">a.yaml</figcaption>",
        "data-copy=\"a: 1 # &lt;b&gt;\"",
        "<div class=\"docs-table\"",
    ] {
        assert!(html.contains(kept), "{kept} in {html}");
    }
}

#[test]
fn a_large_site_is_rendered_soon() {
    let text = "# Page\n\nSome *text* with `code` and [a link](p1.md).\n\n## Part\n\n- one\n- two\n\n```bash\nls\n```\n".repeat(5);
    let names: Vec<String> = (0..100).map(|number| format!("docs/p{number}.md")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    let site = site(&files);
    let begun = Instant::now();
    assert_eq!(site.all_problems(), []);
    // A release build needs a twentieth of this; debug builds on busy machines are slow.
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn diagrams_and_formulas_are_drawn() {
    let page = "# Drawn\n\n```mermaid\nflowchart LR\n  A[Portal] --> B[<script>x</script>]\n```\n\n\
        ```mermaid\nflowchart LR\n  A[open\n```\n\n```plantuml\na -> b\n```\n\nPrice $2 and $x^2$.\n\n$$\n\\frac{1}{2}\n$$\n";
    let files = |extensions: &'static str| {
        let config = format!("site_name: Shop\nmarkdown_extensions:\n{extensions}");
        site(&[("mkdocs.yml", &config), ("docs/index.md", page)])
            .page_html("")
            .unwrap()
    };
    let html = files("  - pymdownx.arithmatex:\n      generic: true\n");
    assert!(html.contains("<figure class=\"diagram\">"), "{html}");
    assert!(html.contains(">Portal<") && !html.contains("<script"), "{html}");
    assert!(html.contains("This diagram cannot be drawn"), "{html}");
    assert!(html.contains("line 2, column 3"), "{html}");
    assert!(html.contains("PlantUML is shown as text"), "{html}");
    assert!(
        html.contains("Price $2 and <math><msup><mi>x</mi><mn>2</mn></msup></math>."),
        "{html}"
    );
    assert!(html.contains("<math display=\"block\"><mfrac>"), "{html}");
    let without = files("  - admonition\n");
    assert!(
        without.contains("Price $2 and $x") && !without.contains("<math"),
        "{without}"
    );
}

#[test]
fn raw_html_and_snippets_that_lead_nowhere() {
    let page = "# A\n\n<p><img alt=\"x\" src=\"no.png\"> <a class=\"x\" href=\"gone.md\">g</a> <a href=\"b.md\">b</a> <a href='lost.md'>l</a></p>\n\n\
                ```html\n<img src=\"code.png\">\n```\n\n--8<-- \"shared/there.md\"\n\n--8<-- \"shared/lost.md:2\"\n\n\
                ;--8<-- \"example.md\"\n\n--8<--\n../up.md\ndocs/b.md\n--8<--\n";
    let site = site(&[
        ("docs/index.md", page),
        ("docs/b.md", "# B"),
        ("shared/there.md", "text"),
    ]);
    assert_eq!(
        problems(&site),
        [
            "docs/index.md:3:22 The image leads to no.png, which does not exist",
            "docs/index.md:3:50 The link leads to gone.md, which does not exist",
            "docs/index.md:3:95 The link leads to lost.md, which does not exist",
            "docs/index.md:9:9 The snippet shared/there.md lies outside of the documentation, so that nothing is taken of it",
            "docs/index.md:11:9 The snippet shared/lost.md:2 does not exist",
            "docs/index.md:16:1 The snippet ../up.md leads out of the repository",
        ]
    );
}

#[test]
fn what_snippets_take_is_what_is_found() {
    let page = "# A\n\n--8<-- 'README.md'\n\n--8<-- \"docs/_parts/one.md\"\n\n--8<-- 'docs/_parts/gone.md'\n\n\
                ```\n--8<-- \"docs/.hidden.txt\"\n```\n\n--8<-- \"team/pages/part.md\"\n\n\
                --8<-- \"https://example.org/x.md\"\n\n--8<-- docs/unquoted.md\n";
    let site = site(&[
        (
            "mkdocs.yml",
            "site_name: S\nexclude_docs: _parts/\nnav:\n  - index.md\n  - T: '!include team/mkdocs.yml'\n",
        ),
        ("README.md", "From the readme"),
        ("docs/index.md", page),
        (
            "docs/_parts/one.md",
            "From what is left out\n\n--8<-- \"docs/lost.md\"",
        ),
        ("docs/.hidden.txt", "From a hidden file"),
        ("team/mkdocs.yml", "site_name: team\ndocs_dir: pages\n"),
        ("team/pages/index.md", "# Team\n\n--8<-- 'team/pages/part.md'"),
        ("team/pages/part.md", "From the team"),
    ]);
    let html = site.page_html("").unwrap();
    for taken in [
        "From the readme",
        "From what is left out",
        "From a hidden file",
        "From the team",
    ] {
        assert!(html.contains(taken), "{taken} in {html}");
    }
    assert!(site.page_html("team/").unwrap().contains("From the team"));
    assert_eq!(
        problems(&site),
        [
            "docs/index.md:5 The snippet docs/lost.md does not exist",
            "docs/index.md:7:9 The snippet docs/_parts/gone.md does not exist",
            "docs/index.md:15:9 The snippet https://example.org/x.md lies on another server, from which nothing is taken in",
        ]
    );
}

#[test]
fn notes_crowd_out_no_error() {
    // More links that lead out of the documentation than are kept, on the page before the one that is broken.
    let notes = "[out](../src/main.rs)\n".repeat(1_200);
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("src/main.rs", "fn main() {}"),
        ("docs/a.md", notes.as_str()),
        ("docs/b.md", &"[gone](gone.md)\n".repeat(700)),
        ("docs/c.md", "[x](a.md#nowhere) ![gone](gone.png)"),
    ] {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let site = Site::of_folder(folder.path()).unwrap();
    let findings = site.findings();
    let counts = [Severity::Error, Severity::Warning, Severity::Info].map(|one| findings.count(one));
    assert_eq!(counts, [701, 1, 1_200]);
    assert_eq!(findings.left_out(Severity::Error), 201);
    assert_eq!(findings.problems().len(), 500 + 1 + 500);
    let warning = findings.problems().iter().find(|one| one.rule == Rule::Anchor);
    assert_eq!(warning.unwrap().file, "docs/c.md");
}

#[test]
fn lines_behind_code_and_html_keep_their_numbers() {
    let page = "# A\n\n```sh\na\nb\nc\n```\n\ntext <b>bold</b>\n\n--8<-- \"docs/part.txt\"\n\nmore\n[a](gone.md)\n\n<p>x</p>\n\n[b](lost.md)\n";
    let site = site(&[("docs/index.md", page), ("docs/part.txt", "one\ntwo\nthree\n")]);
    assert_eq!(
        problems(&site),
        [
            "docs/index.md:14:5 The link leads to gone.md, which does not exist",
            "docs/index.md:18:5 The link leads to lost.md, which does not exist",
        ]
    );
}
