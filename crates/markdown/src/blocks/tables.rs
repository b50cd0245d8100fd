//! Tables.

use super::{Block, Blocks};
use crate::lines::Line;
use crate::tree::{Element, Id};

/// Most columns.
const MAX_COLUMNS: usize = 200;

/// The class of a column by how it is aligned.
fn alignment(cell: &str) -> Option<&'static str> {
    let cell = cell.trim_matches(' ');
    match (cell.starts_with(':'), cell.ends_with(':')) {
        (true, true) => Some("align-center"),
        (true, false) => Some("align-left"),
        (false, true) => Some("align-right"),
        (false, false) => None,
    }
}

/// Whether a row ends with a bar that is not escaped.
fn has_end(row: &str) -> bool {
    let Some(before) = row.strip_suffix('|') else {
        return false;
    };
    let slashes = before.len() - before.trim_end_matches('\\').len();
    slashes.is_multiple_of(2)
}

/// The cells of a row. `has_border` says that bars at both ends are none between cells.
fn cells(row: &str, has_border: bool) -> Vec<&str> {
    let mut row = row;
    if has_border {
        row = row.strip_prefix('|').unwrap_or(row);
        if has_end(row) {
            row = &row[..row.len() - 1];
        }
    }
    let mut cells = Vec::new();
    let mut from = 0;
    for at in bars(row) {
        cells.push(&row[from..at]);
        from = at + 1;
    }
    cells.push(&row[from..]);
    cells
}

/// A run of backticks.
struct Ticks {
    start: usize,
    length: usize,
    /// A backslash stands before it.
    is_escaped: bool,
}

/// Where bars are that are neither escaped nor within code.
fn bars(row: &str) -> Vec<usize> {
    let bytes = row.as_bytes();
    let (mut bars, mut ticks) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if matches!(bytes.get(at + 1), Some(b'\\' | b'|')) => at += 2,
            b'\\' if bytes.get(at + 1) == Some(&b'`') => at += 1 + run(&mut ticks, row, at + 1, true),
            b'`' => at += run(&mut ticks, row, at, false),
            b'|' => {
                bars.push(at);
                at += 1;
            }
            _ => at += 1,
        }
    }
    let regions = regions(&ticks);
    let mut open = regions.iter().peekable();
    bars.retain(|bar| {
        while open.next_if(|(_, end)| end <= bar).is_some() {}
        open.peek().is_none_or(|(start, _)| bar < start)
    });
    bars
}

fn run(ticks: &mut Vec<Ticks>, row: &str, start: usize, is_escaped: bool) -> usize {
    let length = row[start..].bytes().take_while(|byte| *byte == b'`').count();
    ticks.push(Ticks {
        start,
        length,
        is_escaped,
    });
    length
}

/// Where code begins and ends: runs of the same length, of which the first that is escaped is one shorter.
fn regions(ticks: &[Ticks]) -> Vec<(usize, usize)> {
    let mut regions = Vec::new();
    let mut later: std::collections::HashMap<usize, Vec<usize>> = std::collections::HashMap::new();
    for (at, run) in ticks.iter().enumerate().rev() {
        later.entry(run.length).or_default().push(at);
    }
    let mut at = 0;
    while let Some(open) = ticks.get(at) {
        let size = open.length - usize::from(open.is_escaped);
        let same = later.get_mut(&size).filter(|_| size > 0);
        let close = same.and_then(|same| {
            while same.pop_if(|other| *other <= at).is_some() {}
            same.last().copied()
        });
        at = match close {
            Some(close) => {
                regions.push((open.start, ticks[close].start + ticks[close].length));
                close + 1
            }
            None => at + 1,
        };
    }
    regions
}

impl<'a> Blocks<'a, '_, '_, '_> {
    /// The table that these lines are.
    pub(super) fn table(&mut self, parent: Id, block: &Block<'a>) -> bool {
        let lines = block.lines();
        let [head, rule, ..] = lines else { return false };
        let row = |line: &Line<'a>| line.text.trim_matches(' ');
        let has_border = row(head).starts_with('|') || has_end(row(head));
        let columns = cells(row(head), has_border).len();
        if columns == 1 {
            let is_row = |line: &Line<'a>| row(line).starts_with('|') || has_end(row(line));
            if !has_border || !lines[1..].iter().all(is_row) {
                return false;
            }
        }
        let separators = cells(row(rule), has_border);
        let is_separator = |cell: &&str| cell.bytes().all(|byte| matches!(byte, b'|' | b':' | b'-' | b' '));
        if separators.len() != columns || columns > MAX_COLUMNS || !separators.iter().all(is_separator) {
            return false;
        }
        let alignments: Vec<_> = separators.iter().map(|cell| alignment(cell)).collect();
        let table = self.tree.add_tag(parent, "table");
        let part = self.tree.add_tag(table, "thead");
        self.row(part, "th", *head, &alignments, has_border);
        let part = self.tree.add_tag(table, "tbody");
        for line in &lines[2..] {
            self.row(part, "td", *line, &alignments, has_border);
        }
        true
    }

    fn row(
        &mut self,
        part: Id,
        tag: &'static str,
        line: Line<'a>,
        alignments: &[Option<&str>],
        has_border: bool,
    ) {
        let row = self.tree.add_tag(part, "tr");
        let cells = cells(line.text.trim_matches(' '), has_border);
        for (at, alignment) in alignments.iter().enumerate() {
            let mut element = Element {
                tag,
                ..Element::default()
            };
            match cells.get(at) {
                Some(cell) => element.text.push(Line {
                    text: cell.trim_matches(' '),
                    ..line
                }),
                None if self.context.cells_left == 0 => break,
                None => self.context.cells_left -= 1,
            }
            element.attributes.classes.extend(alignment.map(str::to_owned));
            self.tree.add(row, element);
        }
    }
}
