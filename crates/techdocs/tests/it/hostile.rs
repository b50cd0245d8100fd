//! Sites that ask for more than there is room for.

use std::time::{Duration, Instant};

use techdocs::{Rule, Site};

use crate::site::{outline, problems, site};

/// Whether four times as much takes about four times as long, at the best of several tries: other work of the machine makes a try slow.
pub fn grows_evenly(work: impl Fn(usize)) -> bool {
    let time = |size: usize| {
        let begun = Instant::now();
        work(size);
        begun.elapsed()
    };
    // Quadratic time is sixteen times as long.
    (0..4).any(|_| {
        let (short, long) = (time(1), time(4));
        long < Duration::from_millis(60) || long < short * 9
    })
}

fn bounds(site: &Site) -> Vec<String> {
    let problems = site.all_problems().into_iter();
    let bounds = problems.filter(|problem| problem.rule == Rule::Bound);
    bounds.map(|problem| problem.text).collect()
}

#[test]
fn broken_links_take_linear_time() {
    for piece in [
        "[a](gone@.md)\n",
        "[a](#gone@)\n",
        "<a href=\"gone@.md\">a</a>\n",
        "![a](gone@.png) ",
        "--8<-- \"gone@.md\"\n",
    ] {
        let page =
            |count: usize| -> String { (0..count).map(|at| piece.replace('@', &at.to_string())).collect() };
        assert!(
            grows_evenly(|times| {
                let text = page(3_000 * times);
                assert!(!problems(&site(&[("docs/index.md", &text)])).is_empty());
            }),
            "{piece}"
        );
    }
}

#[test]
fn the_problems_of_a_page_are_bounded() {
    let text = "[a](gone.md)\n".repeat(2_000);
    let site = site(&[("docs/index.md", &text)]);
    site.page_html("");
    assert_eq!(site.all_problems().len(), 500);
    let page = site.rendered(0);
    assert_eq!(page.problems.problems().len(), 500);
    assert_eq!(page.problems.left_out(model::Severity::Error), 1_500);
}

#[test]
fn a_snippet_acts_no_more_than_a_page() {
    let forged = format!("<div>{}</div>\n", "\u{2}0\u{3}".repeat(20));
    let site = site(&[
        ("docs/index.md", "# A\n\n--8<-- \"docs/forged.md\"\n"),
        ("docs/forged.md", &forged),
    ]);
    let html = site.page_html("").unwrap();
    assert!(html.len() < 2_000, "{}", html.len());
    assert_eq!(problems(&site), [""; 0]);
}

#[test]
fn too_much_of_snippets_is_told() {
    let text = format!("# A\n\n{}", "--8<-- \"docs/b.md\"\n".repeat(300));
    let site = site(&[("docs/index.md", &text), ("docs/b.md", &"b\n".repeat(100))]);
    let found = problems(&site);
    assert_eq!(found.len(), 1, "{found:?}");
    let expected = "docs/index.md:203 What snippets bring into the page is more than 20000 lines";
    assert!(found[0].starts_with(expected), "{found:?}");
}

#[test]
fn lines_are_counted_as_far_as_numbers_go() {
    let text = "```py linenums=\"4294967295\" hl_lines=\"2-3\"\na\nb\nc\n```\n";
    let html = site(&[("docs/index.md", text)]).page_html("").unwrap();
    assert!(html.contains("data-line=\"4294967295\""), "{html}");
}

#[test]
fn a_navigation_names_pages_as_often_as_there_is_room() {
    let names: Vec<String> = (0..300).map(|at| format!("docs/a/p{at}.md")).collect();
    let config = format!("site_name: X\nnav: [{}]\n", "'*', ".repeat(2_000));
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "# P")).collect();
    files.push(("mkdocs.yml", &config));
    let many = site(&files);
    assert!(many.outline().len() < 6_000, "{}", many.outline().len());
    assert_eq!(
        bounds(&many),
        ["nav has more than 5300 entries; the further ones are left out"]
    );
    files.pop();
    let without = site(&files);
    assert_eq!((without.outline().len(), bounds(&without).len()), (301, 0));
}

#[test]
fn sites_of_one_folder_have_so_many_copies_of_it() {
    let configs: Vec<(String, String)> = (0..300)
        .map(|at| {
            (
                format!("s{at}.yml"),
                format!("site_name: site-{at}\ndocs_dir: shared\n"),
            )
        })
        .collect();
    let names: Vec<String> = (0..100).map(|at| format!("shared/p{at}.md")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "# P")).collect();
    files.extend(configs.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    files.push(("mkdocs.yml", "site_name: X\nnav:\n  - '*include ./*.yml'\n"));
    let site = site(&files);
    assert!(site.page_count() < 10_200, "{}", site.page_count());
    let told = bounds(&site);
    assert!(
        told.iter().any(|text| text.contains("more than 10000 files")),
        "{told:?}"
    );
}

#[test]
fn entries_that_climb_out_are_told_as_such() {
    let site = site(&[
        (
            "mkdocs.yml",
            "site_name: X\nnav:\n  - index.md\n  - ../../etc/passwd\n  - Away: //host.example\n",
        ),
        ("docs/index.md", "# I"),
    ]);
    assert_eq!(
        problems(&site),
        ["mkdocs.yml:4:5 The page ../../etc/passwd of nav lies outside of docs_dir (docs), and is left out"]
    );
    assert!(outline(&site).contains("Away"));
}
