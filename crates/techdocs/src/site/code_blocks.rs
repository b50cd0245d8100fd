//! Blocks of code in the HTML of a page. They are found by their frame: a pattern for the whole block costs more than all that is done
//! with it.

use std::borrow::Cow;

use memchr::memmem;

const START: &str = "<div class=\"highlight\">";
const TITLE: &str = "<span class=\"filename\">";
const TITLE_END: &str = "</span>";
const CODE: &str = "<pre><code";
/// What ends a block behind its text.
pub(super) const END: &str = "</code></pre></div>";

/// A block as Markdown writes it and the sanitiser leaves it. Its values are those of HTML, with its entities.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CodeBlock<'h> {
    /// The block up to its text.
    pub(super) frame: &'h str,
    pub(super) title: Option<&'h str>,
    pub(super) language: Option<&'h str>,
    /// The number of the first line.
    pub(super) first_line: Option<&'h str>,
    /// Numbers of lines with spaces between them.
    pub(super) marked_lines: Option<&'h str>,
    pub(super) text: &'h str,
}

/// The HTML with other HTML in place of its blocks, where there is such.
pub(super) fn replaced(html: &str, mut by: impl FnMut(&CodeBlock<'_>) -> Option<String>) -> Cow<'_, str> {
    let mut written = String::new();
    let mut kept = 0;
    let mut blocks = Blocks {
        html,
        from: 0,
        title_end: 0,
    };
    while let Some((start, block)) = blocks.next_block() {
        if let Some(other) = by(&block) {
            written.push_str(&html[kept..start]);
            written.push_str(&other);
            kept = blocks.from;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    written.push_str(&html[kept..]);
    Cow::Owned(written)
}

struct Blocks<'h> {
    html: &'h str,
    /// What stands before it was looked through.
    from: usize,
    /// Where the next title ends that is followed by code, as far as somebody looked; the end of the page if there is none.
    title_end: usize,
}

impl<'h> Blocks<'h> {
    /// The next block, and where it begins.
    fn next_block(&mut self) -> Option<(usize, CodeBlock<'h>)> {
        let html = self.html;
        loop {
            let start = find(html, self.from, START)?;
            self.from = start + START.len();
            let mut block = CodeBlock::default();
            let mut code = self.from;
            if html[code..].starts_with(TITLE) {
                let title = code + TITLE.len();
                let Some(end) = self.title_end(title) else {
                    continue;
                };
                block.title = Some(&html[title..end]);
                code = end + TITLE_END.len();
            }
            let Some(length) = block.open(&html[code..]) else {
                continue;
            };
            let text = code + length;
            let end = find(html, text, END)?;
            block.frame = &html[start..text];
            block.text = &html[text..end];
            self.from = end + END.len();
            return Some((start, block));
        }
    }

    /// Where a title that begins here ends: before the next code, because there may be elements in it.
    fn title_end(&mut self, title: usize) -> Option<usize> {
        let mut from = title;
        while self.title_end < title {
            let end = find(self.html, from, "</span><pre><code");
            let is_end = |end: &usize| is_code(&self.html[end + TITLE_END.len()..]);
            match end {
                Some(end) if !is_end(&end) => from = end + 1,
                end => self.title_end = end.unwrap_or(self.html.len()),
            }
        }
        Some(self.title_end).filter(|end| *end < self.html.len())
    }
}

/// Where a text is the next time.
fn find(html: &str, from: usize, text: &str) -> Option<usize> {
    memmem::find(&html.as_bytes()[from..], text.as_bytes()).map(|at| from + at)
}

fn is_code(html: &str) -> bool {
    CodeBlock::default().open(html).is_some()
}

impl<'h> CodeBlock<'h> {
    /// Reads the elements around the text, and gives their length.
    fn open(&mut self, html: &'h str) -> Option<usize> {
        let mut rest = html.strip_prefix(CODE)?;
        let is_number = |one: char| one.is_numeric();
        self.language = attribute(&mut rest, " class=\"language-");
        self.first_line = attribute(&mut rest, " data-first=\"");
        self.marked_lines = attribute(&mut rest, " data-marked=\"");
        let is_first = |first: &str| !first.is_empty() && first.chars().all(is_number);
        let are_marked = |marked: &str| marked.chars().all(|one| one == ' ' || is_number(one));
        let is_whole = self.first_line.is_none_or(is_first) && self.marked_lines.is_none_or(are_marked);
        let rest = rest.strip_prefix('>').filter(|_| is_whole)?;
        Some(html.len() - rest.len())
    }
}

/// The value of the attribute that begins here; what follows stays.
fn attribute<'h>(rest: &mut &'h str, begin: &str) -> Option<&'h str> {
    let (value, behind) = rest.strip_prefix(begin)?.split_once('"')?;
    *rest = behind;
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// What is found: title, language, first and marked lines, text.
    fn found(html: &str) -> Vec<[String; 5]> {
        let mut found = Vec::new();
        let left = replaced(html, |block| {
            let part = |part: Option<&str>| part.unwrap_or("-").to_owned();
            found.push([
                part(block.title),
                part(block.language),
                part(block.first_line),
                part(block.marked_lines),
                block.text.to_owned(),
            ]);
            None
        });
        assert_eq!(left, html);
        found
    }

    #[test]
    fn blocks_and_what_they_say_of_themselves() {
        let (div, end) = ("<div class=\"highlight\">", "</code></pre></div>");
        let titled = format!("{div}<span class=\"filename\">");
        for (html, expected) in [
            (format!("<p>a</p>{div}<pre><code>b\n{end}c"), vec!["- - - - b\n"]),
            (
                format!(
                    "{titled}t</span><pre><code class=\"language-x\" data-first=\"3\" data-marked=\"1 2\">b{end}"
                ),
                vec!["t x 3 1 2 b"],
            ),
            (
                format!("{titled}<b>t</b><span>u</span></span><pre><code>b{end}"),
                vec!["<b>t</b><span>u</span> - - - b"],
            ),
            // Elements of others, between which a block stands.
            (
                format!("{div}<p>a</p></div>{div}<pre><code>b{end}{div}<pre><code>c{end}"),
                vec!["- - - - b", "- - - - c"],
            ),
            (
                format!("{div}<pre><code class=\"x\">a{end}{div}<pre><code>b{end}"),
                vec!["- - - - b"],
            ),
            (format!("{div}<pre><code data-first=\"x\">a{end}"), vec![]),
            (format!("{div}<pre><code data-marked=\"1,2\">a{end}"), vec![]),
            (format!("{div}<pre><code>a</code></pre>"), vec![]),
            (format!("{titled}t</span><p><pre><code class=\"x\">"), vec![]),
            (
                format!("{titled}t</span><p>{div}<pre><code>b{end}"),
                vec!["- - - - b"],
            ),
            (
                format!("{titled}t</span><pre><code class=\"x\">a{end}{titled}u</span><pre><code>b{end}"),
                vec![
                    "t</span><pre><code class=\"x\">a</code></pre></div><div class=\"highlight\"><span class=\"filename\">u - - - b",
                ],
            ),
        ] {
            let found: Vec<String> = found(&html).iter().map(|parts| parts.join(" ")).collect();
            assert_eq!(found, expected, "{html}");
        }
    }

    #[test]
    fn blocks_are_those_of_the_pattern() {
        let pattern = concat!(
            r#"(?s)<div class="highlight">(?:<span class="filename">(.*?)</span>)?"#,
            r#"<pre><code(?: class="language-([^"]*)")?(?: data-first="(\d+)")?(?: data-marked="([\d ]*)")?>"#,
            r#"(.*?)</code></pre></div>"#
        );
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        let pieces = [
            START,
            TITLE,
            TITLE_END,
            CODE,
            END,
            "<div class=\"highlight\"><pre><code",
            "<div class=\"highlight\"><span class=\"filename\">",
            "</span><pre><code",
            ">",
            ">",
            END,
            "text",
            "\n",
            " class=\"language-x\"",
            " class=\"y\"",
            " data-first=\"7\"",
            " data-marked=\"1 2\"",
            " data-first=\"x\"",
            "</pre>",
            "\"",
        ];
        let mut blocks = 0;
        for html in super::super::pieces::texts(&pieces) {
            let expected: Vec<[String; 5]> = pattern
                .captures_iter(&html)
                .map(|all| [1, 2, 3, 4, 5].map(|at| all.get(at).map_or("-", |part| part.as_str()).to_owned()))
                .collect();
            assert_eq!(found(&html), expected, "{html}");
            blocks += expected.len();
        }
        assert!(blocks > 200, "{blocks}");
    }

    #[test]
    fn blocks_are_exchanged_where_there_is_something_else() {
        let html = "a<div class=\"highlight\"><pre><code>b</code></pre></div>c<div class=\"highlight\"><pre><code>d</code></pre></div>";
        let by = |block: &CodeBlock<'_>| (block.text == "d").then(|| format!("{}D", block.frame));
        assert_eq!(
            replaced(html, by),
            "a<div class=\"highlight\"><pre><code>b</code></pre></div>c<div class=\"highlight\"><pre><code>D"
        );
    }

    #[test]
    fn frames_without_an_end_take_linear_time() {
        let begun = Instant::now();
        for piece in [
            START,
            "<div class=\"highlight\"><span class=\"filename\">",
            "<div class=\"highlight\"><span class=\"filename\"></span><pre><code x>",
            "<div class=\"highlight\"><pre><code>",
        ] {
            assert!(found(&piece.repeat(50_000)).is_empty(), "{piece}");
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}
