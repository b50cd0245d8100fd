//! HTML of other programs, made safe to show.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use maud::{Markup, PreEscaped};

/// Parts of a document, without scripts, styles, forms, frames and events; links open apart from the portal.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_generic_attributes(["id"])
        .id_prefix(Some("foreign-"));
    builder
});

/// The one way in which HTML that is not ours gets onto a page.
pub fn foreign_html(html: &str) -> Markup {
    PreEscaped(SANITIZER.clean(html).to_string())
}

#[cfg(test)]
mod tests {
    use super::foreign_html;

    #[test]
    fn nothing_that_acts_is_left() {
        let hostile = "<h2 id=main onclick=a()>x</h2><script>a()</script><img src=x onerror=a()>\
             <a href='javascript:a()'>l</a><iframe src=/></iframe><form action=/x><input></form><style>*{}</style>\
             <svg onload=a()></svg>";
        let shown = foreign_html(hostile).0;
        for gone in [
            "script",
            "onclick",
            "onerror",
            "javascript",
            "iframe",
            "<form",
            "<input",
            "style",
            "svg",
        ] {
            assert!(!shown.contains(gone), "{gone} in {shown}");
        }
        assert!(shown.contains("id=\"foreign-main\""), "{shown}");
    }

    #[test]
    fn text_tables_and_links_stay() {
        let kept = "<table><tbody><tr><td>1</td></tr></tbody></table><p><em>a</em> <code>b</code></p>";
        assert_eq!(foreign_html(kept).0, kept);
        assert!(
            foreign_html("<a href=\"https://example.org/\">x</a>")
                .0
                .contains("https://example.org/")
        );
    }
}
