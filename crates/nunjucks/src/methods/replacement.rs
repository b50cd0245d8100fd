//! What stands for a place that is replaced: text with `$1`, `$<name>`, `$&` and the like, read once for all places.

use super::texts::units_of;
use crate::allowance::{Allowance, BYTES_FOR_FUEL};
use crate::pattern::{Found, Program};

/// Pieces that are filled in for one unit of fuel.
const PIECES_FOR_FUEL: usize = 8;

/// A text whose references are known.
pub(super) struct Replacement {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(Vec<u16>),
    /// What stands before the place.
    Before,
    /// What stands behind it.
    Behind,
    Whole,
    /// What a group has matched, by its number from 1.
    Group(usize),
    /// A group with a name that the pattern does not have.
    Nothing,
}

impl Replacement {
    /// Reads a text that stands for the places of a pattern, or of a plain text where there is none.
    pub(super) fn read(with: &str, program: Option<&Program>) -> Self {
        let mut reader = Reader {
            program,
            has_end: true,
            made: Self { pieces: Vec::new() },
        };
        let mut rest = with;
        while let Some(at) = rest.find('$') {
            reader.made.text(&rest[..at]);
            rest = &rest[at + 1..];
            let length = reader.reference(rest);
            rest = &rest[length..];
        }
        reader.made.text(rest);
        reader.made
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let units = units_of(text);
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.extend(units),
            _ => self.pieces.push(Piece::Text(units)),
        }
    }

    /// Adds what stands for a place of a text.
    pub(super) fn fill(
        &self,
        units: &[u16],
        found: &Found,
        made: &mut Vec<u16>,
        allowance: Allowance<'_>,
    ) -> Result<(), String> {
        allowance.pay(self.pieces.len() / PIECES_FOR_FUEL)?;
        for piece in &self.pieces {
            let added = match piece {
                Piece::Text(text) => text,
                Piece::Before => &units[..found.range.start],
                Piece::Behind => &units[found.range.end..],
                Piece::Whole => &units[found.range.clone()],
                Piece::Group(number) => {
                    let group = found.groups.get(number - 1).cloned().flatten();
                    &units[group.unwrap_or_default()]
                }
                Piece::Nothing => &[],
            };
            allowance.fits(made.len() + added.len())?;
            allowance.pay(added.len() / BYTES_FOR_FUEL)?;
            made.extend_from_slice(added);
        }
        Ok(())
    }
}

struct Reader<'p> {
    program: Option<&'p Program>,
    /// Whether a `>` may still follow.
    has_end: bool,
    made: Replacement,
}

impl Reader<'_> {
    /// Reads what stands behind a `$`; how much of it belongs to the reference.
    fn reference(&mut self, rest: &str) -> usize {
        let (piece, length) = match rest.bytes().next() {
            Some(b'$') => (None, 1),
            Some(b'&') => (Some(Piece::Whole), 1),
            Some(b'`') => (Some(Piece::Before), 1),
            Some(b'\'') => (Some(Piece::Behind), 1),
            Some(b'<') => self.named(rest).unwrap_or((None, 0)),
            _ => self
                .numbered(rest, 2)
                .or_else(|| self.numbered(rest, 1))
                .unwrap_or((None, 0)),
        };
        match piece {
            Some(piece) => self.made.pieces.push(piece),
            None => self.made.text("$"),
        }
        length
    }

    fn named(&mut self, rest: &str) -> Option<(Option<Piece>, usize)> {
        let groups = &self.program?.groups;
        if !self.has_end || !groups.have_names() {
            return None;
        }
        let Some(end) = rest.find('>') else {
            self.has_end = false;
            return None;
        };
        let number = groups.number_of(&rest[1..end]);
        Some((Some(number.map_or(Piece::Nothing, Piece::Group)), end + 1))
    }

    fn numbered(&self, rest: &str, digits: usize) -> Option<(Option<Piece>, usize)> {
        let text = rest
            .get(..digits)
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        let number = text.parse::<usize>().ok()?;
        let is_group = (1..=self.program?.groups.count).contains(&number);
        is_group.then_some((Some(Piece::Group(number)), digits))
    }
}
