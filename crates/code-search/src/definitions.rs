//! Lines that define something, by light patterns: a word such as `fn` right before the name.

use crate::language::Language;

/// Words before the name of what is defined, for most languages.
const WORDS: &[&str] = &[
    "fn",
    "func",
    "function",
    "def",
    "class",
    "struct",
    "enum",
    "trait",
    "interface",
    "type",
    "const",
    "let",
    "var",
    "val",
    "static",
    "mod",
    "module",
    "namespace",
    "package",
    "macro_rules!",
    "union",
    "record",
    "object",
    "protocol",
    "extension",
    "impl",
    "sub",
    "proc",
    "defmodule",
    "defp",
    "defmacro",
    "message",
    "service",
    "rpc",
    "typedef",
    "data",
    "newtype",
    "resource",
    "variable",
    "output",
    "table",
    "view",
    "procedure",
    "trigger",
    "index",
    "#define",
    "export",
    "fun",
];
/// Languages whose lines define by what stands behind the name: a key and a colon, or an assignment.
const BY_COLON: &[&str] = &["YAML", "JSON", "TOML", "INI"];
/// Languages in which nothing is defined.
const NOTHING: &[&str] = &["Markdown", "Text", "CSV", "Diff", "SVG", "HTML", "XML"];

/// Longest line in which names are looked for.
const LONGEST_LINE: usize = 300;
/// Words at the beginning of a line among which names are looked for.
const MOST_WORDS: usize = 6;
/// Shortest name that is noted.
const SHORTEST_NAME: usize = 3;

/// Calls for each name that lines define.
pub fn names(language: Option<Language>, text: &[u8], mut take: impl FnMut(&[u8])) {
    let without = |name: &str| NOTHING.contains(&name) || BY_COLON.contains(&name);
    if language.is_none_or(|language| without(language.name())) {
        return;
    }
    for line in text
        .split(|byte| *byte == b'\n')
        .filter(|line| line.len() <= LONGEST_LINE)
    {
        let opens = line.ends_with(b"{");
        let mut at = 0;
        for number in 0..MOST_WORDS {
            let Some(start) = line[at..]
                .iter()
                .position(|byte| is_word(*byte))
                .map(|found| at + found)
            else {
                break;
            };
            let end = word_around(line, start, start + 1).1;
            let long = end - start >= SHORTEST_NAME;
            if long && ((number > 0 && is_after_word(line, start)) || (opens && is_method(line, start, end)))
            {
                take(&line[start..end]);
            }
            at = end;
        }
    }
}

/// Whether a line defines what stands at one of its places, in bytes of the line.
pub fn defines(language: Option<Language>, line: &[u8], places: &[(usize, usize)]) -> bool {
    let Some(language) = language
        .map(Language::name)
        .filter(|name| !NOTHING.contains(name))
    else {
        return false;
    };
    places.iter().any(|(start, end)| {
        let (start, end) = word_around(line, *start, *end);
        if BY_COLON.contains(&language) {
            return is_key(line, start, end);
        }
        is_after_word(line, start) || is_method(line, start, end)
    })
}

/// The whole name of which a place is a part.
fn word_around(line: &[u8], start: usize, end: usize) -> (usize, usize) {
    let before = line[..start]
        .iter()
        .rev()
        .take_while(|byte| is_word(**byte))
        .count();
    let after = line[end..].iter().take_while(|byte| is_word(**byte)).count();
    (start - before, end + after)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_after_word(line: &[u8], start: usize) -> bool {
    let before = line[..start].trim_ascii_end();
    if before.len() == start {
        return false;
    }
    // `func (s *Server) Name` has a receiver between.
    let before = match before.strip_suffix(b")") {
        Some(receiver) if before.starts_with(b"func (") => {
            let open = memchr::memrchr(b'(', receiver).unwrap_or(0);
            receiver[..open].trim_ascii_end()
        }
        _ => before,
    };
    let begins = before
        .iter()
        .rposition(u8::is_ascii_whitespace)
        .map_or(0, |at| at + 1);
    WORDS.iter().any(|word| word.as_bytes() == &before[begins..])
}

/// `public static Name(…) {` and the like: a name with words before and brackets behind on a line that opens a body.
fn is_method(line: &[u8], start: usize, end: usize) -> bool {
    let opens = line.trim_ascii_end().ends_with(b"{");
    let before = &line[..start];
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_ \t<>[],.*&:?".contains(byte);
    let words = before.iter().any(u8::is_ascii_alphabetic) && before.iter().all(plain);
    let keyword = [
        &b"return "[..],
        b"if ",
        b"else ",
        b"new ",
        b"for ",
        b"while ",
        b"await ",
        b"match ",
    ];
    let trimmed = before.trim_ascii_start();
    opens && words && line.get(end) == Some(&b'(') && !keyword.iter().any(|word| trimmed.starts_with(word))
}

fn is_key(line: &[u8], start: usize, end: usize) -> bool {
    let before = line[..start].trim_ascii();
    let behind = line[end..].trim_ascii_start();
    let behind = behind.strip_prefix(b"\"").unwrap_or(behind);
    let header = before == b"[" || before == b"[[";
    (header || matches!(before, b"" | b"\"" | b"-" | b"- \""))
        && (behind.starts_with(b":") || behind.starts_with(b"=") || header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_define_names() {
        let cases = [
            ("a.rs", "pub fn total(items: &[Item]) -> Price {", "total", true),
            ("a.rs", "    let sum = total(items);", "total", false),
            ("a.rs", "impl Cart {", "Cart", true),
            (
                "a.go",
                "func (s *Server) Total(ctx context.Context) int {",
                "Total",
                true,
            ),
            ("a.go", "\treturn s.Total(ctx)", "Total", false),
            (
                "A.java",
                "    public static int total(List<Item> items) {",
                "total",
                true,
            ),
            ("A.java", "        if (total(items)) {", "total", false),
            ("a.py", "def total(items):", "total", true),
            ("a.ts", "export const total = async () => {", "total", true),
            ("a.yaml", "  total: 5", "total", true),
            ("a.yaml", "  name: total", "total", false),
            ("a.toml", "[total]", "total", true),
            ("a.md", "fn total()", "total", false),
            ("a.unknown", "fn total()", "total", false),
        ];
        for (path, line, name, expected) in cases {
            let at = line.find(name).unwrap();
            let language = Language::of_path(path);
            assert_eq!(
                defines(language, line.as_bytes(), &[(at, at + name.len())]),
                expected,
                "{path}: {line}"
            );
            let mut found = Vec::new();
            names(language, line.as_bytes(), |name| found.push(name.to_vec()));
            let code = !path.ends_with("ml");
            assert_eq!(
                found.contains(&name.as_bytes().to_vec()),
                expected && code,
                "{path}: {line}"
            );
        }
    }
}
