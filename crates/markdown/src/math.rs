//! Formulas: TeX that is kept as it is, by the rules of `pymdownx.arithmatex` in its generic form.
//!
//! Within text they stand between `\(` and `\)` or between dollars; the opening dollar has no space behind it and the closing one none
//! before it, so that prices stay prices. Blocks stand between `$$`, between `\[` and `\]`, or are an environment; they have no blank line
//! in them and one before and behind them.

use crate::escape::escape;

/// The formula that a text begins with: its TeX, and the length of all.
pub(crate) fn inline(text: &str) -> Option<(&str, usize)> {
    if let Some(inner) = text.strip_prefix("\\(") {
        let length = end(inner, |rest| rest.starts_with("\\)"))?;
        return (length > 0).then(|| (&inner[..length], length + 4));
    }
    let inner = text.strip_prefix('$')?;
    let length = end(inner, |rest| rest.starts_with('$'))?;
    let tex = &inner[..length];
    let is_close = |one: Option<char>| one.is_some_and(|one| !one.is_whitespace());
    (is_close(tex.chars().next()) && is_close(tex.chars().next_back())).then_some((tex, length + 2))
}

/// Where a text ends. A backslash takes the character behind it along.
fn end(text: &str, is_end: impl Fn(&str) -> bool) -> Option<usize> {
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if is_end(&text[at..]) {
            return Some(at);
        }
        at += next.len_utf8();
        if next == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    None
}

pub(crate) fn inline_html(tex: &str) -> String {
    format!("<span class=\"arithmatex\">\\({}\\)</span>", escape(tex))
}

/// The TeX of a block.
pub(crate) fn block(text: &str) -> Option<&str> {
    let text = text.trim();
    let between = |opening: &str, closing: &str| {
        let inner = text.strip_prefix(opening)?.strip_suffix(closing)?;
        let is_whole = !inner.contains(closing) && !inner.ends_with('\\') && !inner.trim().is_empty();
        is_whole.then_some(inner.trim())
    };
    between("$$", "$$").or_else(|| between("\\[", "\\]")).or_else(|| {
        let (name, _) = text.strip_prefix("\\begin{")?.split_once('}')?;
        let is_name = !name.is_empty()
            && name
                .trim_end_matches('*')
                .bytes()
                .all(|byte| byte.is_ascii_lowercase());
        (is_name && text.ends_with(&format!("\\end{{{name}}}"))).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::{block, inline};

    #[test]
    fn formulas_within_text() {
        for (text, expected) in [
            ("\\(a_1\\) b", Some(("a_1", 7))),
            ("\\(a \\le b\\)", Some(("a \\le b", 11))),
            ("\\(\\)", None),
            ("\\(a", None),
            ("$x^2$ b", Some(("x^2", 5))),
            ("$a\\$b$", Some(("a\\$b", 6))),
            ("$2.00 and $10", None),
            ("$ x$", None),
            ("$x $", None),
            ("$$x$$", None),
            ("$", None),
        ] {
            assert_eq!(inline(text), expected, "{text}");
        }
    }

    #[test]
    fn blocks() {
        for (text, expected) in [
            ("$$\nx\n$$", Some("x")),
            ("\\[3 < 4\\]", Some("3 < 4")),
            (
                "\\begin{align*}\na\n\\end{align*}",
                Some("\\begin{align*}\na\n\\end{align*}"),
            ),
            ("$$x$$ and text", None),
            ("$$a$$ $$b$$", None),
            ("$$$$", None),
            ("\\begin{x}\\end{y}", None),
        ] {
            assert_eq!(block(text), expected, "{text}");
        }
    }
}
