//! Short names of people and issues lead to a Git host, where a site says which; each expectation is what `pymdownx.magiclink` does.

use markdown::{GitHost, Options, ShortLinks};

fn html(text: &str, links: Option<ShortLinks>) -> String {
    let options = Options {
        short_links: links,
        ..Options::default()
    };
    markdown::render_with(text, &options, &mut |_| None, &mut |_| None).html
}

fn orders(host: GitHost) -> ShortLinks {
    ShortLinks {
        host,
        user: "shop".to_owned(),
        repository: "orders".to_owned(),
        is_normalised: false,
    }
}

/// The link that a text becomes: its address behind the host, and what it shows.
fn link(text: &str, host: GitHost) -> Option<(String, String)> {
    let html = html(text, Some(orders(host)));
    let (_, behind) = html.split_once("<a href=\"https://")?;
    let (address, rest) = behind.split_once("\">")?;
    let (shown, _) = rest.split_once("</a>")?;
    let (_, path) = address.split_once('/')?;
    Some((path.to_owned(), shown.to_owned()))
}

#[test]
fn numbers_and_names_are_links() {
    for (text, path, shown) in [
        ("see #12.", "shop/orders/issues/12", "#12"),
        ("(!3)", "shop/orders/pull/3", "!3"),
        ("?7", "shop/orders/discussions/7", "?7"),
        ("billing#4", "shop/billing/issues/4", "billing#4"),
        ("by acme/tools!5", "acme/tools/pull/5", "acme/tools!5"),
        ("@ann's work", "ann", "@ann"),
        ("@acme/tools.js.", "acme/tools.js", "acme/tools.js"),
    ] {
        let expected = Some((path.to_owned(), shown.to_owned()));
        assert_eq!(link(text, GitHost::GitHub), expected, "{text}");
    }
    let merge_request = link("!3", GitHost::GitLab).unwrap();
    assert_eq!(merge_request.0, "shop/orders/-/merge_requests/3");
    assert!(link("?3", GitHost::GitLab).is_none());
}

#[test]
fn what_only_looks_like_one_is_a_text() {
    for text in [
        "a#0", "#12a", "# 12", "x@ann", "@issues", "`#12`", "\\#12", "what?", "no!", "a/b/c#1", "&#12;",
    ] {
        assert_eq!(link(text, GitHost::GitHub), None, "{text}");
    }
    assert!(
        html("see #12 @ann", None).contains("<p>see #12 @ann</p>"),
        "not asked for"
    );
}

#[test]
fn there_is_no_link_in_a_link() {
    let html = html(
        "[fixed in @acme/tools](https://example.com)",
        Some(orders(GitHost::GitHub)),
    );
    assert_eq!(
        html,
        "<p><a href=\"https://example.com\">fixed in @acme/tools</a></p>\n"
    );
}

#[test]
fn numbers_are_shown_alike_where_that_is_asked_for() {
    let links = ShortLinks {
        is_normalised: true,
        ..orders(GitHost::GitHub)
    };
    let html = html("!3", Some(links));
    assert!(html.contains("pull/3\">#3</a>"), "{html}");
}
