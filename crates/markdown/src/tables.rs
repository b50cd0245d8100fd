//! Tables.

use crate::blocks::Read;
use crate::context::Context;
use crate::lines::Line;

/// Most columns.
const MAX_COLUMNS: usize = 200;

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alignment {
    None,
    Left,
    Right,
    Center,
}

impl Alignment {
    fn html(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Left => " class=\"align-left\"",
            Self::Right => " class=\"align-right\"",
            Self::Center => " class=\"align-center\"",
        }
    }
}

impl Context<'_, '_> {
    /// The table that begins with these lines.
    pub(crate) fn table(&mut self, lines: &[Line<'_>]) -> Read {
        let (head, rule) = (lines[0].near()?, lines.get(1)?.near()?);
        if !head.contains('|') {
            return None;
        }
        let columns = columns(rule)?;
        let cells = cells(head);
        if cells.len() != columns.len() || columns.len() > MAX_COLUMNS {
            return None;
        }
        let mut html = "<table>\n<thead>\n".to_owned();
        html.push_str(&self.row(&cells, &columns, "th", lines[0].number));
        html.push_str("</thead>\n<tbody>\n");
        let rows = lines[2..].iter().take_while(|line| !line.is_blank()).count();
        for line in &lines[2..2 + rows] {
            let cells = self::cells(line.text.trim());
            html.push_str(&self.row(&cells, &columns, "td", line.number));
        }
        html.push_str("</tbody>\n</table>\n");
        Some((html, 2 + rows))
    }

    fn row(&mut self, cells: &[String], columns: &[Alignment], tag: &str, line: u32) -> String {
        let mut html = "<tr>\n".to_owned();
        for (at, alignment) in columns.iter().enumerate() {
            let content = match cells.get(at) {
                Some(cell) => self.inline(cell, line),
                None if self.cells_left == 0 => break,
                None => {
                    self.cells_left -= 1;
                    String::new()
                }
            };
            html.push_str(&format!("<{tag}{}>{content}</{tag}>\n", alignment.html()));
        }
        html.push_str("</tr>\n");
        html
    }
}

/// The columns that the line below the head describes.
fn columns(rule: &str) -> Option<Vec<Alignment>> {
    if !rule.contains('-') || !rule.bytes().all(|byte| matches!(byte, b'-' | b':' | b'|' | b' ')) {
        return None;
    }
    let is_alone = !rule.contains('|');
    let columns: Option<Vec<Alignment>> = cells(rule).iter().map(|cell| column(cell)).collect();
    columns.filter(|columns| !is_alone && !columns.is_empty())
}

fn column(cell: &str) -> Option<Alignment> {
    let cell = cell.trim();
    let (left, right) = (cell.starts_with(':'), cell.len() > 1 && cell.ends_with(':'));
    let dashes = cell.trim_matches(':');
    if dashes.is_empty() || !dashes.bytes().all(|byte| byte == b'-') {
        return None;
    }
    Some(match (left, right) {
        (true, true) => Alignment::Center,
        (true, false) => Alignment::Left,
        (false, true) => Alignment::Right,
        (false, false) => Alignment::None,
    })
}

/// The cells of a row. A bar that is escaped or within code is none.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut cells = vec![String::new()];
    let mut code = 0;
    let mut rest = row;
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '\\' if code == 0 && rest[1..].starts_with('|') => {
                push(&mut cells, "|");
                2
            }
            '\\' if code == 0 => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                push(&mut cells, &rest[..length]);
                length
            }
            '`' => {
                let run = rest.bytes().take_while(|byte| *byte == b'`').count();
                if code == run {
                    code = 0;
                } else if code == 0 && closes(&rest[run..], run) {
                    code = run;
                }
                push(&mut cells, &rest[..run]);
                run
            }
            '|' if code == 0 => {
                cells.push(String::new());
                1
            }
            other => {
                push(&mut cells, &rest[..other.len_utf8()]);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    if cells.len() > 1 && cells.last().is_some_and(|last| last.trim().is_empty()) {
        cells.pop();
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn push(cells: &mut [String], text: &str) {
    if let Some(last) = cells.last_mut() {
        last.push_str(text);
    }
}

/// Whether code that opened with a run of backticks is closed within the next bytes.
fn closes(rest: &str, run: usize) -> bool {
    let mut found = 0;
    for byte in rest.bytes().take(1_000).chain([b' ']) {
        if byte == b'`' {
            found += 1;
        } else if found == run {
            return true;
        } else {
            found = 0;
        }
    }
    false
}
