//! Code within a text that names its language, as `` `#!python x = 1` `` does.

use std::borrow::Cow;

use memchr::memmem;
use ui::Language;

const START: &str = "<code class=\"highlight language-";
const NAME_END: &str = "\">";

/// The HTML with colours in such code.
pub(super) fn coloured(html: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let mut kept = 0;
    for start in memmem::find_iter(html.as_bytes(), START) {
        let Some((name, code)) = parts(&html[start + START.len()..]) else {
            continue;
        };
        let language = Language::of_name(&markdown::unescape(name));
        if language != Language::Plain {
            let text = start + START.len() + name.len() + NAME_END.len();
            written.push_str(&html[kept..text]);
            written.push_str(&ui::coloured_code(&markdown::unescape(code), language).into_string());
            kept = text + code.len();
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    written.push_str(&html[kept..]);
    Cow::Owned(written)
}

/// The name of the language, and the code. An element with further attributes or elements in it is left as it is.
fn parts(rest: &str) -> Option<(&str, &str)> {
    let (name, rest) = rest.split_once('"')?;
    let code = rest.strip_prefix('>')?;
    let (code, rest) = code.split_at(code.find('<')?);
    rest.starts_with("</code>").then_some((name, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_known_languages_has_colours() {
        for (html, expected) in [
            (
                "<p><code class=\"highlight language-python\">if x &lt; y</code> a</p>",
                "<p><code class=\"highlight language-python\"><span class=\"t-w\">if</span> x &lt; y</code> a</p>",
            ),
            (
                "<code class=\"highlight language-nothing\">if x</code>",
                "<code class=\"highlight language-nothing\">if x</code>",
            ),
            (
                "<code class=\"highlight language-python\">if <b>x</b></code>",
                "<code class=\"highlight language-python\">if <b>x</b></code>",
            ),
            (
                "<code class=\"highlight language-python\" title=\"a>b\">if x</code>",
                "<code class=\"highlight language-python\" title=\"a>b\">if x</code>",
            ),
            ("<code>if x</code>", "<code>if x</code>"),
            (
                "<code class=\"highlight language-python\">if",
                "<code class=\"highlight language-python\">if",
            ),
        ] {
            assert_eq!(coloured(html), expected);
        }
    }
}
