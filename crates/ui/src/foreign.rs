//! HTML of other programs, made safe to show.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use maud::{Markup, PreEscaped};

/// Parts of a document, without scripts, styles, forms, frames and events; links open apart from the portal.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(builder);

/// Before the ids of foreign HTML, so that none is one of the portal's.
const IDS: &str = "foreign-";

fn builder() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_generic_attributes(["id"])
        .id_prefix(Some(IDS));
    builder
}

/// The one way in which HTML that is not ours gets onto a page.
pub fn foreign_html(html: &str) -> Markup {
    PreEscaped(SANITIZER.clean(html).to_string())
}

/// An address in foreign HTML, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignAddress<'a> {
    /// Of something to go to.
    Link(&'a str),
    /// Of something to show.
    Image(&'a str),
}

/// Like [`foreign_html`], for a document that lies elsewhere: `resolve` says where its addresses lead, and nothing for those that
/// stay. Places within the document and the languages of its code are kept.
pub fn foreign_html_from(
    html: &str,
    resolve: impl Fn(ForeignAddress<'_>) -> Option<String> + Send + Sync + 'static,
) -> Markup {
    let mut builder = builder();
    builder
        .add_tag_attributes("code", ["class"])
        .attribute_filter(move |element, name, value| {
            let address = match (element, name) {
                ("a", "href") => match value.strip_prefix('#') {
                    Some(id) => return Some(format!("#{IDS}{id}").into()),
                    None => ForeignAddress::Link(value),
                },
                ("img", "src") => ForeignAddress::Image(value),
                ("code", "class") => return value.starts_with("language-").then_some(value.into()),
                _ => return Some(value.into()),
            };
            Some(resolve(address).map_or(value.into(), Into::into))
        });
    PreEscaped(builder.clean(html).to_string())
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
