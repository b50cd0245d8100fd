//! Texts that are something else than the descriptor they should be, told by their looks.

/// A way out where a document that cannot be used is plainly something else: a page of HTML, a conflict that nobody
/// resolved, a pointer of Git LFS, a template that was not filled in. `line` is the line at fault within the text,
/// from 0.
pub fn hint_by_looks(text: &str, line: Option<usize>) -> Option<String> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if is_markup(start) {
        return Some(
            "This is a page of HTML, no YAML: the address may ask for a sign-in, or show a page about the file. Use the \
             address of the file itself, and give its host a token under integrations."
                .to_owned(),
        );
    }
    if start.starts_with("version https://git-lfs.github.com/spec/") {
        return Some(
            "This is a pointer of Git LFS, not the file: keep descriptors out of LFS, or point at the file itself."
                .to_owned(),
        );
    }
    if let Some(at) = text.lines().position(is_conflict) {
        return Some(format!(
            "The document has marks of a merge conflict, the first in its line {}: resolve the conflict and remove them.",
            at + 1
        ));
    }
    if text.contains('\0') {
        return Some("This is no text: point at a YAML file.".to_owned());
    }
    hint_if_unfilled(text, line).or_else(|| is_error_answer(start).then(error_answer))
}

/// A way out where a document is a template that was not filled in, and that is why it cannot be used.
pub fn hint_if_unfilled(text: &str, line: Option<usize>) -> Option<String> {
    if text.lines().any(|line| line.trim_end() == "kind: Template") {
        return None;
    }
    let at_fault = line.and_then(|line| text.lines().nth(line)).and_then(mark);
    let mark = at_fault.or_else(|| text.lines().find_map(value_mark))?;
    let shown: String = mark.chars().take(60).collect();
    Some(format!(
        "This is a template that was not filled in, as `{shown}` tells: point at the file that is made of it, and leave \
         the skeleton out."
    ))
}

/// Whether a text, as a value of a descriptor, is left over from a template.
pub fn has_template_mark(value: &str) -> bool {
    mark(value).is_some()
}

fn is_markup(start: &str) -> bool {
    let begins = |words: &str| {
        start
            .get(..words.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(words))
    };
    ["<!doctype", "<html", "<head", "<body", "<?xml"]
        .into_iter()
        .any(begins)
}

fn is_conflict(line: &str) -> bool {
    ["<<<<<<< ", "||||||| ", ">>>>>>> "]
        .into_iter()
        .any(|mark| line.starts_with(mark))
}

/// `{"message": "Not Found", …}` and its like.
fn is_error_answer(start: &str) -> bool {
    let answer = serde_json::from_str::<serde_json::Value>(start);
    answer.is_ok_and(|answer| {
        let has = |key: &str| answer.get(key).is_some();
        (has("message") || has("error") || has("errors")) && !has("kind") && !has("metadata")
    })
}

fn error_answer() -> String {
    "This is an answer of a server, no descriptor: check the address, and the token of its host under integrations."
        .to_owned()
}

/// The first mark of a template language in a line: `${{ … }}`, `{{ … }}`, `{% … %}` or `<% … %>`.
fn mark(line: &str) -> Option<&str> {
    let line = without_comment(line);
    [("${{", "}}"), ("{{", "}}"), ("{%", "%}"), ("<%", "%>")]
        .into_iter()
        .find_map(|(open, close)| {
            let start = line.find(open)?;
            let end = start + open.len() + line[start + open.len()..].find(close)?;
            line.get(start..end + close.len())
        })
}

/// A mark that stands where YAML expects a line or a value to begin, and so is no part of a text.
fn value_mark(line: &str) -> Option<&str> {
    let found = mark(line)?;
    let at = line.find(found)?;
    let before = line[..at].trim_end();
    (before.is_empty() || before.ends_with([':', '-'])).then_some(found)
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.find(" #").map_or(line, |at| &line[..at])
}
