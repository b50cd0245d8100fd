//! The text of a part of a page that can be found. What people wrote comes first; of code and diagrams, which repeat their words a
//! hundred times, only the beginning.

/// Longest text of a section that can be found, in bytes.
const MAX_SECTION: usize = 4_000;
/// Longest part of it that is code.
const MAX_CODE: usize = 800;
/// Most elements with code that are told from what is written; each is looked for up to the end.
const MAX_BLOCKS: usize = 100;
/// Elements within a word or sentence.
const WITHIN: [&str; 14] = [
    "a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "span", "strong", "sub", "sup",
];
/// Elements with code or a drawing in them.
const CODE: [&str; 2] = ["pre", "svg"];

/// The text of HTML in one line, and whether there is nothing but code.
pub(super) fn of(html: &str) -> (String, bool) {
    let (mut prose, mut code) = (String::new(), String::new());
    let mut rest = html;
    for _ in 0..MAX_BLOCKS {
        let Some((at, name)) = next_code(rest) else { break };
        prose.push_str(&rest[..at]);
        prose.push(' ');
        let inside = &rest[at..];
        let end = inside.find(&format!("</{name}>")).unwrap_or(inside.len());
        code.push_str(&inside[..end]);
        code.push(' ');
        rest = &inside[end..];
    }
    prose.push_str(rest);
    let (prose, code) = (plain(&prose, MAX_SECTION), plain(&code, MAX_CODE));
    if prose.is_empty() || code.is_empty() {
        let is_code = !code.is_empty();
        return (format!("{prose}{code}"), is_code);
    }
    (cut(format!("{prose} {code}"), MAX_SECTION), false)
}

/// The next element with code.
fn next_code(html: &str) -> Option<(usize, &'static str)> {
    let begins = |name: &&'static str| {
        let at = html.find(&format!("<{name}"))?;
        let behind = html[at + name.len() + 1..].chars().next();
        let is_whole = behind.is_some_and(|one| !one.is_ascii_alphanumeric());
        is_whole.then_some((at, *name))
    };
    CODE.iter().filter_map(begins).min()
}

/// HTML as a text in one line.
fn plain(html: &str, most: usize) -> String {
    let mut text = String::new();
    let mut rest = html;
    while text.len() < most {
        let Some(at) = rest.find('<') else {
            text.push_str(rest);
            break;
        };
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = rest.trim_start_matches('/');
        let end = name.find(|one: char| !one.is_ascii_alphanumeric());
        let name = &name[..end.unwrap_or(name.len())];
        if !WITHIN.contains(&name) {
            text.push(' ');
        }
        rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
    }
    let text = markdown::unescape(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(words.join(" "), most)
}

fn cut(mut text: String, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comes_after_what_is_written_and_is_cut() {
        let long = "let x = 1;\n".repeat(500);
        let html = format!(
            "<p>First <code>one</code>.</p><div class=\"highlight\"><pre><code>{long}</code></pre></div><p>Second.</p>"
        );
        let (text, is_code) = of(&html);
        assert!(text.starts_with("First one. Second. let x = 1; let x"), "{text}");
        assert!(text.len() <= MAX_CODE + 20 && !is_code, "{}", text.len());
        assert_eq!(of("<pre>a &lt;b&gt;</pre>"), ("a <b>".to_owned(), true));
        assert_eq!(of("<prefix>a</prefix><p>b</p>"), ("a b".to_owned(), false));
        assert_eq!(of(""), (String::new(), false));
    }

    #[test]
    fn elements_without_an_end_take_linear_time() {
        let begun = std::time::Instant::now();
        for opening in ["<pre>", "<pre></pre>", "<svg>", "<pr", "<"] {
            of(&opening.repeat(50_000));
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(20),
            "{:?}",
            begun.elapsed()
        );
    }
}
