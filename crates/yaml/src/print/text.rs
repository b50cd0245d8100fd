//! Scalars: plain where that reads back as the same value, else in a block or in quotes.

use super::Style;
use super::fold::{Mode, fold};
use crate::scalar;
use serde_json::Value;

/// Where a scalar stands.
pub struct Setting<'a> {
    pub indent: &'a str,
    pub implicit_key: bool,
    pub in_flow: bool,
    /// Column of the first line, when a key stands before it.
    pub column: Option<usize>,
    pub style: &'a Style,
}

/// Length as JavaScript counts it.
pub fn units(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

pub fn scalar(value: &Value, setting: &Setting<'_>) -> String {
    match value {
        Value::String(text) => string(text, setting),
        Value::Null => "null".to_owned(),
        other => scalar::key_text(other),
    }
}

pub fn string(text: &str, setting: &Setting<'_>) -> String {
    let control = |sign: char| matches!(sign, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}');
    // Blank lines only, or a byte order mark: the original loses these.
    let fragile = text.contains('\u{feff}') || (text.contains(' ') && text.trim().is_empty());
    if fragile || text.contains(control) {
        return double(text, setting);
    }
    let brackets = |sign| matches!(sign, '[' | ']' | '{' | '}' | ',');
    let lines = text.contains('\n');
    if (setting.implicit_key && lines) || (setting.in_flow && text.contains(brackets)) {
        return quoted(text, setting);
    }
    let block_allowed = lines && !setting.implicit_key && !setting.in_flow;
    if block_allowed {
        return block(text, setting);
    }
    let readable = !never_plain(text) && scalar::resolve(text, false).0.is_string();
    if !readable {
        return quoted(text, setting);
    }
    if has_marker(text) {
        if setting.indent.is_empty() {
            return block(text, setting);
        }
        if setting.implicit_key && setting.indent.len() == setting.style.indent {
            return quoted(text, setting);
        }
    }
    if setting.implicit_key {
        return text.to_owned();
    }
    fold(
        text,
        (setting.indent, setting.style.width),
        Mode::Flow,
        setting.column,
    )
    .text
}

/// Texts with a meaning of their own when written plainly.
fn never_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let blank = |byte: u8| matches!(byte, b' ' | b'\t');
    let Some(&first) = bytes.first() else { return false };
    let sign = matches!(first, b'?' | b'-') && bytes.get(1).is_none_or(|next| blank(*next));
    let pair = |two: &[u8]| {
        matches!(two[0], b'\n' | b':') && blank(two[1])
            || blank(two[0]) && two[1] == b'\n'
            || matches!(two[0], b'\n' | b'\t' | b' ') && two[1] == b'#'
    };
    b"\n\t ,[]{}#&*!|>'\"%@`".contains(&first)
        || sign
        || bytes.windows(2).any(pair)
        || matches!(bytes[bytes.len() - 1], b'\n' | b'\t' | b' ' | b':')
}

/// Whether some line would start a document or a directive.
fn has_marker(text: &str) -> bool {
    text.split('\n')
        .any(|line| line.starts_with('%') || line.starts_with("---") || line.starts_with("..."))
}

fn quoted(text: &str, setting: &Setting<'_>) -> String {
    if text.contains('"') && !text.contains('\'') {
        single(text, setting)
    } else {
        double(text, setting)
    }
}

fn single(text: &str, setting: &Setting<'_>) -> String {
    let tight = [" \n", "\t\n", "\n ", "\n\t"]
        .iter()
        .any(|pair| text.contains(pair));
    if tight || (setting.implicit_key && text.contains('\n')) {
        return double(text, setting);
    }
    let indent = quoted_indent(text, setting);
    let body = indent_breaks(&text.replace('\'', "''"), &format!("\n{indent}"));
    let written = format!("'{body}'");
    if setting.implicit_key {
        written
    } else {
        fold(
            &written,
            (indent, setting.style.width),
            Mode::Flow,
            setting.column,
        )
        .text
    }
}

fn quoted_indent<'a>(text: &str, setting: &Setting<'a>) -> &'a str {
    if setting.indent.is_empty() && has_marker(text) {
        "  "
    } else {
        setting.indent
    }
}

/// Writes `more` behind every run of line breaks.
fn indent_breaks(text: &str, more: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        out.push(sign);
        if sign == '\n' && signs.peek() != Some(&'\n') {
            out.push_str(more);
        }
    }
    out
}

fn double(text: &str, setting: &Setting<'_>) -> String {
    let json: Vec<char> = Value::from(text).to_string().chars().collect();
    let indent = quoted_indent(text, setting);
    let length = units(&json.iter().collect::<String>());
    let on_lines = !setting.implicit_key && length >= 40;
    let mut out = String::with_capacity(json.len() + 8);
    let mut at = 0;
    let sign = |at: usize| json.get(at).copied().unwrap_or('\0');
    while at < json.len() {
        if sign(at) != '\\' {
            // A space that begins a line has its backslash already.
            let begun = out.ends_with('\\') && at > 0 && sign(at - 1) == 'n';
            if sign(at) == ' ' && sign(at + 1) == '\\' && sign(at + 2) == 'n' && !begun {
                out.push('\\');
            }
            out.push(sign(at));
            at += 1;
        } else if sign(at + 1) == 'u' {
            let code: String = json[at + 2..at + 6].iter().collect();
            out.push_str(&short_escape(&code));
            at += 6;
        } else if sign(at + 1) == 'n' && on_lines && sign(at + 2) != '"' {
            out.push_str("\n\n");
            at += 2;
            while sign(at) == '\\' && sign(at + 1) == 'n' && sign(at + 2) != '"' {
                out.push('\n');
                at += 2;
            }
            out.push_str(indent);
            if sign(at) == ' ' {
                out.push('\\');
            }
        } else {
            out.push('\\');
            out.push(sign(at + 1));
            at += 2;
        }
    }
    if setting.implicit_key {
        out
    } else {
        fold(&out, (indent, setting.style.width), Mode::Quoted, setting.column).text
    }
}

fn short_escape(code: &str) -> String {
    match code {
        "0000" => "\\0".to_owned(),
        "0007" => "\\a".to_owned(),
        "000b" => "\\v".to_owned(),
        "001b" => "\\e".to_owned(),
        _ => match code.strip_prefix("00") {
            Some(short) => format!("\\x{short}"),
            None => format!("\\u{code}"),
        },
    }
}

/// A block scalar: folded when a line is too long and can be folded, else literal.
fn block(text: &str, setting: &Setting<'_>) -> String {
    let tail = text.trim_end_matches([' ', '\t']);
    if tail.len() < text.len() && tail.ends_with('\n') {
        return quoted(text, setting);
    }
    let marked = setting.indent.is_empty() && (has_marker(text) || !text.contains('\n'));
    let indent = if marked { "  " } else { setting.indent };
    let content = text.trim_end_matches(['\n', '\t', ' ']);
    let mut end = &text[content.len()..];
    let chomp = match end.find('\n') {
        None => "-",
        Some(at) if content.is_empty() || at + 1 != end.len() => "+",
        Some(_) => "",
    };
    end = end.strip_suffix('\n').unwrap_or(end);
    let end = indent_inner_breaks(end, indent);
    let lead = content.len() - content.trim_start_matches([' ', '\n']).len();
    let (blank, spaced) = (&content[..lead], content[..lead].contains(' '));
    if spaced && indent.is_empty() {
        // The indicator `1` does not read back at the root.
        return double(text, setting);
    }
    let start_length = blank.rfind('\n').map_or(lead, |at| at + 1);
    let (start, body) = content.split_at(start_length);
    let start = indent_breaks(start, indent);
    let digit = if indent.is_empty() { "1" } else { "2" };
    let header = format!("{}{chomp}", if spaced { digit } else { "" });
    if over_limit(text, indent.len(), setting.style.width) {
        let folded = indent_breaks(&unfolded(body), indent);
        let joined = format!("{start}{folded}{end}");
        let result = fold(
            &joined,
            (indent, setting.style.width),
            Mode::Block,
            Some(indent.len()),
        );
        if !result.overflow {
            return format!(">{header}\n{indent}{}", result.text);
        }
    }
    format!("|{header}\n{indent}{start}{}{end}", indent_breaks(body, indent))
}

/// Indents behind runs of breaks that something follows.
fn indent_inner_breaks(end: &str, indent: &str) -> String {
    let last = end.trim_end_matches('\n').len();
    format!("{}{}", indent_breaks(&end[..last], indent), &end[last..])
}

fn over_limit(text: &str, indent: usize, width: usize) -> bool {
    let limit = width.saturating_sub(indent);
    width > 0 && text.split('\n').any(|line| units(line) > limit)
}

/// Doubles the breaks that folding would take away; deeper lines are left as they are.
fn unfolded(body: &str) -> String {
    let deeper = |line: &str| line.starts_with([' ', '\t']);
    let lines: Vec<&str> = body.split('\n').collect();
    let mut out = String::with_capacity(body.len() + 16);
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push('\n');
            let previous = lines[..at]
                .iter()
                .rev()
                .find(|line| !line.is_empty())
                .copied()
                .unwrap_or("");
            let run_start = !lines[at - 1].is_empty() || at == 1;
            let next = lines[at..]
                .iter()
                .find(|line| !line.is_empty())
                .copied()
                .unwrap_or("");
            if run_start && !deeper(previous) && !deeper(next) {
                out.push('\n');
            }
        }
        out.push_str(line);
    }
    out
}
