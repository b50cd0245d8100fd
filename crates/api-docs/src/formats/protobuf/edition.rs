//! Editions, for a parser that knows `syntax` alone.
//!
//! An edition differs from `proto3` in defaults, which its `features` name, and in few words. The text keeps
//! its lines, so that places in it stay right.

/// The text as one of `proto3`, and the edition it has.
pub(super) fn as_syntax(text: &str) -> (String, Option<String>) {
    let Some((start, end, edition)) = statement(text) else {
        return (text.to_owned(), None);
    };
    let mut written = text[..start].to_owned();
    written.push_str("syntax = \"proto3\";");
    for (number, line) in text[end..].split('\n').enumerate() {
        if number > 0 {
            written.push('\n');
        }
        // That syntax has no defaults; as an extension it is kept.
        let line = in_old_words(line).replace("[default =", "[(default) =");
        written.push_str(&line.replace(", default =", ", (default) ="));
    }
    (written, Some(edition))
}

/// Where the edition is named, and which it is.
fn statement(text: &str) -> Option<(usize, usize, String)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let said = line.trim_start();
        let rest = said.strip_prefix("edition").map(str::trim_start);
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix('=')) {
            let (name, _) = rest.split_once(';')?;
            let end = start + line.find(';')? + 1;
            let begin = start + line.len() - said.len();
            return Some((begin, end, name.trim().trim_matches(['"', '\'']).to_owned()));
        }
        start += line.len();
    }
    None
}

/// Names that are reserved stand without quotes in an edition; types may say who may see them.
fn in_old_words(line: &str) -> String {
    let start = line.len() - line.trim_start().len();
    let (indent, said) = line.split_at(start);
    for word in ["export ", "local "] {
        let rest = said.strip_prefix(word);
        if let Some(rest) = rest.filter(|rest| rest.starts_with("message ") || rest.starts_with("enum ")) {
            return format!("{indent}{}", with_quotes(rest));
        }
    }
    with_quotes(line)
}

/// Puts the names of every `reserved` of a line between quotes. What stands in a comment stays.
fn with_quotes(line: &str) -> String {
    const WORD: &str = "reserved ";
    let code = line.split("//").next().unwrap_or_default();
    let mut written = String::new();
    let mut at = 0;
    while let Some(found) = code[at..].find(WORD) {
        let begin = at + found + WORD.len();
        written.push_str(&line[at..begin]);
        at = begin;
        let Some(end) = code[begin..].find(';') else {
            break;
        };
        let names: Vec<&str> = code[begin..begin + end].split(',').map(str::trim).collect();
        let is_name = |name: &&str| name.starts_with(|sign: char| sign.is_alphabetic() || sign == '_');
        if names.iter().all(is_name) {
            let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            written.push_str(&quoted.join(", "));
            at = begin + end;
        }
    }
    written.push_str(&line[at..]);
    written
}

#[cfg(test)]
mod tests {
    use super::as_syntax;

    #[test]
    fn an_edition_becomes_a_syntax_with_the_same_lines() {
        let text = "// a\nedition = \"2023\";\nmessage A {\n  reserved x, y;\n  reserved 1 to 3;\n}\nexport message B { reserved z; int32 a = 1; } // reserved w;\n";
        let (written, edition) = as_syntax(text);
        assert_eq!(edition.as_deref(), Some("2023"));
        assert_eq!(
            written,
            "// a\nsyntax = \"proto3\";\nmessage A {\n  reserved \"x\", \"y\";\n  reserved 1 to 3;\n}\nmessage B { reserved \"z\"; int32 a = 1; } // reserved w;\n"
        );
        assert_eq!(as_syntax("syntax = \"proto3\";").1, None);
    }
}
