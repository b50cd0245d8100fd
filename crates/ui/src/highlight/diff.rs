//! Differences between files, as `diff` and `git` write them.

use super::painter::{Class, Painter, until};

/// Lines that say what is compared.
const HEADS: [&str; 12] = [
    "diff ",
    "index ",
    "--- ",
    "+++ ",
    "Index: ",
    "old mode ",
    "new mode ",
    "new file ",
    "deleted file ",
    "similarity ",
    "rename ",
    "Binary files ",
];

pub(super) fn paint(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        match line.chars().next() {
            _ if HEADS.iter().any(|head| line.starts_with(head)) || matches!(line, "---" | "+++") => {
                painter.paint(line.len(), Class::Word);
            }
            Some('+' | '>') => painter.paint(line.len(), Class::Inserted),
            Some('-' | '<') => painter.paint(line.len(), Class::Deleted),
            Some('!') => painter.paint(line.len(), Class::Number),
            Some('\\' | '#') => painter.paint(line.len(), Class::Comment),
            Some('@') => hunk(painter, line),
            _ => {}
        }
        painter.pass_line();
    }
}

/// `@@ -1,2 +1,3 @@ fn name`.
fn hunk(painter: &mut Painter<'_>, line: &str) {
    let end = line
        .get(2..)
        .and_then(|after| after.find("@@"))
        .map_or_else(|| until(line, ' ').len(), |at| at + 4);
    painter.paint(end, Class::Variable);
}
