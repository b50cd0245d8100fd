//! Alerts as Git hosts write them, as notes: a quote that begins with `[!NOTE]`, with a title behind it if there is one.

use super::Numbered;

/// The kinds, with that of the note and its title.
const KINDS: [(&str, &str, &str); 5] = [
    ("note", "note", "Note"),
    ("tip", "tip", "Tip"),
    ("important", "warning", "Important"),
    ("caution", "danger", "Caution"),
    ("warning", "warning", "Warning"),
];

/// The line that opens a note instead of one that opens an alert.
fn note(line: &str) -> Option<String> {
    let rest = line.strip_prefix('>')?;
    let text = rest.trim_start_matches(' ');
    let rest = text.strip_prefix("[!").filter(|_| rest.len() - text.len() <= 3)?;
    let (name, title) = rest.split_once(']')?;
    let (_, class, usual) = KINDS.iter().find(|(kind, ..)| kind.eq_ignore_ascii_case(name))?;
    let title = title.trim();
    Some(format!(
        "!!! {class} \"{}\"",
        if title.is_empty() { usual } else { title }
    ))
}

/// The lines with alerts as notes. What stands between lines of three backticks is left.
pub(super) fn to_notes(mut lines: Vec<Numbered>) -> Vec<Numbered> {
    let mut is_code = false;
    let mut at = 0;
    while at < lines.len() {
        let (line, _) = &lines[at];
        is_code ^= line.starts_with("```");
        let has_body = lines.get(at + 1).is_some_and(|(below, _)| below.starts_with('>'));
        let Some(note) = note(line).filter(|_| has_body && !is_code) else {
            at += 1;
            continue;
        };
        lines[at].0 = note;
        at += 1;
        while let Some((line, _)) = lines.get_mut(at).filter(|(line, _)| line.starts_with('>')) {
            let text = line.strip_prefix("> ").or_else(|| line.strip_prefix('>'));
            let indented = text.map(|text| format!("    {text}").trim_end().to_owned());
            *line = indented.unwrap_or_default();
            at += 1;
        }
    }
    lines
}
