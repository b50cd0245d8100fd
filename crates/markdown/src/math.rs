//! Formulas: TeX that is kept as it is, by the rules of `pymdownx.arithmatex` in its generic form.
//!
//! Within text they stand between `\(` and `\)` or between dollars; the opening dollar has no space behind it and the closing one none
//! before it, so that prices stay prices. Blocks stand between `$$`, between `\[` and `\]`, or are an environment; they have no blank line
//! in them and one before and behind them.

use crate::escape::escape;
use crate::lines::Line;

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

/// Whether a text begins with a formula in round brackets that has content; it was found not to end, then.
pub(crate) fn is_open(text: &str) -> bool {
    text.starts_with("\\(") && !text.starts_with("\\(\\)")
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

/// The TeX of a block. Its ends are looked at first, so that a long block which is none is not read again for each of its lines.
pub(crate) fn block(lines: &[Line<'_>]) -> Option<String> {
    let first = lines.first()?.text.trim_start();
    let last = lines.last()?.text.trim_end();
    if let Some(rest) = first.strip_prefix("\\begin{") {
        let (name, _) = rest.split_once('}')?;
        let letters = name.trim_end_matches('*');
        let is_name = !name.is_empty() && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_whole = is_name && last.ends_with(&format!("\\end{{{name}}}"));
        return is_whole.then(|| joined(lines).trim().to_owned());
    }
    between(lines, "$$", "$$").or_else(|| between(lines, "\\[", "\\]"))
}

/// The TeX between two marks that are nowhere else in the block.
fn between(lines: &[Line<'_>], opening: &str, closing: &str) -> Option<String> {
    let (first, rest) = lines.split_first()?;
    let first = first.text.trim_start().strip_prefix(opening)?;
    let inner = match rest.split_last() {
        None => first.trim_end().strip_suffix(closing)?.to_owned(),
        Some((last, middle)) => {
            let last = last.text.trim_end().strip_suffix(closing)?;
            let mut all = std::iter::once(first).chain(middle.iter().map(|line| line.text));
            if all.any(|line| line.contains(closing)) {
                return None;
            }
            format!("{first}\n{}{last}", joined(middle))
        }
    };
    let ends_within = inner
        .rsplit('\n')
        .next()
        .is_some_and(|last| last.contains(closing));
    let is_whole = !ends_within && !inner.ends_with('\\') && !inner.trim().is_empty();
    is_whole.then(|| inner.trim().to_owned())
}

fn joined(lines: &[Line<'_>]) -> String {
    lines.iter().map(|line| format!("{}\n", line.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::{block, inline};
    use crate::lines::Line;

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
            ("$$a\nb$$\nc$$", None),
            ("$$a\nb\nc$$ $$", None),
            ("$$\n$$", None),
            ("$$a\n\\$$", None),
            ("\\[a\nb\n\\]", Some("a\nb")),
            ("$$$$", None),
            ("\\begin{x}\\end{y}", None),
        ] {
            let lines: Vec<Line<'_>> = text.lines().map(|text| Line { text, number: 1 }).collect();
            assert_eq!(block(&lines).as_deref(), expected, "{text}");
        }
    }
}
