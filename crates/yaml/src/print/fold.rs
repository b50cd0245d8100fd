//! Breaks long scalars at spaces.

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Plain or single-quoted.
    Flow,
    /// Folded block scalar.
    Block,
    /// Double-quoted: may break anywhere, with a backslash.
    Quoted,
}

const SPACE: u16 = b' ' as u16;
const TAB: u16 = b'\t' as u16;
const NEWLINE: u16 = b'\n' as u16;
const BACKSLASH: u16 = b'\\' as u16;

/// The lines broken, and whether some line is still too long for want of a space.
pub struct Folded {
    pub text: String,
    pub overflow: bool,
}

struct Folding<'a> {
    units: &'a [u16],
    indent: usize,
    step: usize,
    mode: Mode,
    /// Positions to break at; true breaks inside a word.
    folds: Vec<(usize, bool)>,
    end: usize,
    split: Option<usize>,
    escape: (usize, usize),
    overflow: bool,
}

/// Least room for the content of a line, however deeply it is indented.
const LEAST: usize = 20;

/// Folds `text` at `width`; `column` is where its first line starts when that is not the indentation. A width of 0 folds nothing.
pub fn fold(text: &str, (indent, width): (&str, usize), mode: Mode, column: Option<usize>) -> Folded {
    let units: Vec<u16> = text.encode_utf16().collect();
    let least = if width < LEAST { 0 } else { LEAST };
    let step = (1 + width).saturating_sub(indent.len()).max(1 + least);
    if width == 0 || units.len() <= step {
        return Folded {
            text: text.to_owned(),
            overflow: false,
        };
    }
    let mut folding = Folding {
        units: &units,
        indent: indent.len(),
        step,
        mode,
        folds: Vec::new(),
        end: width.saturating_sub(indent.len()),
        split: None,
        escape: (usize::MAX, 0),
        overflow: false,
    };
    match column {
        Some(column) if column + least.max(2) > width => folding.folds.push((0, false)),
        Some(column) => folding.end = width - column,
        None => {}
    }
    folding.run();
    Folded {
        text: folding.broken(text, indent),
        overflow: folding.overflow,
    }
}

impl Folding<'_> {
    fn unit(&self, at: usize) -> u16 {
        self.units.get(at).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        let mut at = 0;
        let mut previous = 0;
        if self.mode == Mode::Block {
            at = self.skip_deeper(0);
            if at > 0 {
                self.end = at - 1 + self.step;
            }
        }
        while at < self.units.len() {
            let mut unit = self.units[at];
            if self.mode == Mode::Quoted && unit == BACKSLASH {
                self.escape.0 = at;
                at += match self.unit(at + 1) {
                    120 => 3,
                    117 => 5,
                    85 => 9,
                    _ => 1,
                };
                self.escape.1 = at;
            }
            if unit == NEWLINE {
                if self.mode == Mode::Block {
                    at = self.skip_deeper(at + 1) - 1;
                }
                self.end = at + self.indent + self.step;
                self.split = None;
            } else {
                let blank = |unit| matches!(unit, 0 | SPACE | NEWLINE | TAB);
                if unit == SPACE && !blank(previous) && !blank(self.unit(at + 1)) {
                    self.split = Some(at);
                }
                if at >= self.end {
                    (at, unit) = self.overrun(at, unit, previous);
                }
            }
            previous = unit;
            at += 1;
        }
    }

    /// The line is full: break at the last space, or (quoted) here.
    fn overrun(&mut self, mut at: usize, mut unit: u16, mut previous: u16) -> (usize, u16) {
        if let Some(split) = self.split.take() {
            self.folds.push((split, false));
            self.end = split + self.step;
        } else if self.mode == Mode::Quoted {
            while matches!(previous, SPACE | TAB) {
                previous = unit;
                at += 1;
                unit = self.unit(at);
                self.overflow = true;
            }
            let inside = at <= self.escape.1 + 1 && self.escape.0 != usize::MAX;
            let fold = if inside {
                self.escape.0.saturating_sub(1)
            } else {
                at - 2
            };
            self.folds.push((fold, true));
            self.end = fold + self.step;
        } else {
            self.overflow = true;
        }
        (at, unit)
    }

    /// Position behind the lines from `start` on that are indented more: those are never folded.
    fn skip_deeper(&self, start: usize) -> usize {
        let mut line = start;
        let blank = |at| matches!(self.unit(at), SPACE | TAB);
        while (line..=line + self.indent).all(blank) {
            let rest = self.units[line..].iter().position(|unit| *unit == NEWLINE);
            match rest {
                Some(length) => line += length + 1,
                None => return self.units.len(),
            }
        }
        line
    }

    fn broken(&self, text: &str, indent: &str) -> String {
        let Some(first) = self.folds.first() else {
            return text.to_owned();
        };
        let part = |from: usize, to: usize| String::from_utf16_lossy(&self.units[from..to.max(from)]);
        let mut out = part(0, first.0);
        for (index, (at, inside)) in self.folds.iter().enumerate() {
            let end = self.folds.get(index + 1).map_or(self.units.len(), |next| next.0);
            if *inside {
                out.push_str(&part(*at, at + 1));
                out.push('\\');
            }
            out.push('\n');
            out.push_str(indent);
            let from = if *at == 0 { 0 } else { at + 1 };
            out.push_str(&part(from, end));
        }
        out
    }
}
