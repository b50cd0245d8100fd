//! Light highlighting of the formats a catalog shows: one pass, no grammar files.
//!
//! It colours what helps reading (keys, texts, numbers, comments, keywords) and never changes a
//! character. Languages that need a real grammar are shown plain.

use maud::{Markup, PreEscaped, Render, html};

/// How a text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Without colours.
    #[default]
    Plain,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// GraphQL schema language.
    GraphQl,
    /// Protocol buffers.
    Proto,
    /// XML, for example WSDL.
    Xml,
}

impl Language {
    fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::Plain | Self::Xml => &[],
            Self::Yaml | Self::Json => &["true", "false", "null"],
            Self::GraphQl => &[
                "type",
                "input",
                "enum",
                "interface",
                "union",
                "scalar",
                "schema",
                "directive",
                "extend",
                "implements",
                "query",
                "mutation",
                "subscription",
                "on",
                "true",
                "false",
                "null",
            ],
            Self::Proto => &[
                "syntax", "package", "import", "message", "service", "rpc", "returns", "stream", "enum",
                "oneof", "repeated", "optional", "required", "map", "option", "reserved", "string", "int32",
                "int64", "uint32", "uint64", "bool", "bytes", "double", "float", "true", "false",
            ],
        }
    }

    fn comment(self) -> Option<&'static str> {
        match self {
            Self::Yaml | Self::GraphQl => Some("#"),
            Self::Proto => Some("//"),
            Self::Plain | Self::Json | Self::Xml => None,
        }
    }
}

/// The lines of a text, coloured.
pub(crate) fn highlight(text: &str, language: Language) -> Vec<Markup> {
    text.lines().map(|line| line_of(line, language)).collect()
}

fn line_of(line: &str, language: Language) -> Markup {
    if language == Language::Plain {
        return html! { (line) };
    }
    let mut out = String::with_capacity(line.len() * 2);
    let mut rest = line;
    if language == Language::Yaml {
        rest = yaml_key(line, &mut out);
    }
    while !rest.is_empty() {
        let (length, class) = token(rest, language, line.len() != rest.len());
        push(&mut out, &rest[..length], class);
        rest = &rest[length..];
    }
    PreEscaped(out)
}

/// Puts out indentation, list dashes and the key of a YAML line; returns what follows.
fn yaml_key<'a>(line: &'a str, out: &mut String) -> &'a str {
    let start = line.len() - line.trim_start_matches([' ', '-']).len();
    let body = &line[start..];
    if body.starts_with(['#', '"', '\'']) || line.starts_with("---") {
        return line;
    }
    let colon = body
        .match_indices(':')
        .find(|(at, _)| body[at + 1..].is_empty() || body[at + 1..].starts_with(' '));
    let Some((colon, _)) = colon else { return line };
    push(out, &line[..start], "");
    push(out, &body[..colon], "k");
    push(out, ":", "");
    &body[colon + 1..]
}

/// Length and class of the token at the start of `rest`, which is not empty.
fn token(rest: &str, language: Language, within: bool) -> (usize, &'static str) {
    if let Some(comment) = language.comment()
        && rest.starts_with(comment)
    {
        return (rest.len(), "c");
    }
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        '"' | '\'' if language != Language::Xml || within => quoted(rest, first, language),
        '<' if language == Language::Xml => (end(rest, |c| !matches!(c, ' ' | '>')), "w"),
        c if c.is_ascii_digit() => number(rest),
        c if is_word(c) => word(rest, language),
        '@' | '&' | '*' | '!' if matches!(language, Language::Yaml | Language::GraphQl) => {
            (first.len_utf8() + end(&rest[1..], is_word), "w")
        }
        _ => (first.len_utf8(), ""),
    }
}

fn quoted(rest: &str, quote: char, language: Language) -> (usize, &'static str) {
    let mut escaped = false;
    let close = rest.char_indices().skip(1).find(|(_, c)| {
        let found = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped && quote == '"';
        found
    });
    let length = close.map_or(rest.len(), |(at, c)| at + c.len_utf8());
    let is_key = language == Language::Json && rest[length..].trim_start().starts_with(':');
    (length, if is_key { "k" } else { "s" })
}

/// A number, date or time; what merely begins with a digit (a hash, a name) is no number.
fn number(rest: &str) -> (usize, &'static str) {
    let length = end(rest, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_' | '+')
    });
    let text = &rest[..length];
    let is_number =
        text.starts_with("0x") || !text.contains(|c: char| c.is_alphabetic() && !"eETZ".contains(c));
    (length, if is_number { "n" } else { "" })
}

fn word(rest: &str, language: Language) -> (usize, &'static str) {
    let length = end(rest, is_word);
    let class = if language.keywords().contains(&&rest[..length]) {
        "w"
    } else {
        ""
    };
    (length, class)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$')
}

/// Length of the start of a text whose characters all pass.
fn end(text: &str, passes: impl Fn(char) -> bool) -> usize {
    text.find(|c| !passes(c)).unwrap_or(text.len())
}

fn push(out: &mut String, text: &str, class: &str) {
    if text.is_empty() {
        return;
    }
    if class.is_empty() {
        text.render_to(out);
    } else {
        html! { span class=(format_args!("t-{class}")) { (text) } }.render_to(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, language: Language, expected: &str) {
        assert_eq!(line_of(line, language).0, expected, "{line}");
    }

    #[test]
    fn yaml_lines() {
        check(
            "kind: Component",
            Language::Yaml,
            r#"<span class="t-k">kind</span>: Component"#,
        );
        check(
            "  - url: https://a.b",
            Language::Yaml,
            r#"  - <span class="t-k">url</span>: https://a.b"#,
        );
        check(
            "# note: x",
            Language::Yaml,
            r#"<span class="t-c"># note: x</span>"#,
        );
        check(
            "a: \"x\" # y",
            Language::Yaml,
            r#"<span class="t-k">a</span>: <span class="t-s">&quot;x&quot;</span> <span class="t-c"># y</span>"#,
        );
    }

    #[test]
    fn json_lines() {
        check(
            r#""a": 1"#,
            Language::Json,
            r#"<span class="t-k">&quot;a&quot;</span>: <span class="t-n">1</span>"#,
        );
    }

    #[test]
    fn nothing_is_lost() {
        let text = "a: 'b\n<x y=\"1\">ü</x> \"open\n@key(fields: 1) // c";
        for language in [
            Language::Plain,
            Language::Yaml,
            Language::Json,
            Language::GraphQl,
            Language::Proto,
            Language::Xml,
        ] {
            for (line, out) in text.lines().zip(highlight(text, language)) {
                let plain = strip(&out.0);
                assert_eq!(plain, line, "{language:?}");
            }
        }
    }

    fn strip(markup: &str) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in markup.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
    }
}
