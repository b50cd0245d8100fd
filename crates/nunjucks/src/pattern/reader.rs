//! Reads regular expressions as ECMA-262 does without the flag `u`, with the older forms of its annex B: a brace that is no quantifier is
//! itself, numbers without a group are octal.

use super::names::{Groups, name};
use super::sets::{Members, Name, Sets};
use super::syntax::{Node, Repeat};

/// Units that a pattern may have.
const MOST_UNITS: usize = 50_000;
/// Deepest nesting of groups.
const DEEPEST: usize = 100;
/// Units that stand for something else outside of classes.
const SIGNS: &str = "^$\\.*+?()[|";

/// Why a text cannot be read as a pattern.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is none.
    NoPattern,
    /// It goes beyond a bound, which the text names.
    TooLarge(String),
}

impl From<String> for Unreadable {
    fn from(reason: String) -> Self {
        Self::TooLarge(reason)
    }
}

pub(super) type Read<T = Node> = Result<T, Unreadable>;

/// What a pattern means, and its groups.
pub(super) fn read(source: &str, ignores_case: bool) -> Read<(Node, Groups)> {
    let units: Vec<u16> = source.encode_utf16().take(MOST_UNITS + 1).collect();
    if units.len() > MOST_UNITS {
        let reason = format!("The regular expression is too long: at most {MOST_UNITS} characters are read");
        return Err(reason.into());
    }
    let groups = Groups::read(&units)?;
    let mut reader = Reader {
        units: &units,
        at: 0,
        known: &groups,
        groups: 0,
        depth: 0,
        sets: Sets::new(ignores_case),
    };
    let node = reader.either()?;
    if reader.at < units.len() {
        return Err(Unreadable::NoPattern);
    }
    Ok((node, groups))
}

/// A unit as a letter; half of a pair is none.
pub(super) fn char_of(unit: u16) -> char {
    char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A letter of the syntax as a unit.
pub(super) fn u16_of(sign: char) -> u16 {
    u16::try_from(u32::from(sign)).unwrap_or_default()
}

struct Reader<'p> {
    units: &'p [u16],
    at: usize,
    /// All groups of the pattern.
    known: &'p Groups,
    /// Groups that were begun.
    groups: usize,
    depth: usize,
    sets: Sets,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.units.get(self.at).map(|unit| char_of(*unit))
    }

    fn next(&mut self) -> Read<u16> {
        let unit = self.units.get(self.at).copied().ok_or(Unreadable::NoPattern)?;
        self.at += 1;
        Ok(unit)
    }

    fn skip(&mut self, sign: &str) -> bool {
        let rest = &self.units[self.at..];
        let is_there = sign.encode_utf16().eq(rest.iter().copied().take(sign.len()));
        if is_there {
            self.at += sign.len();
        }
        is_there
    }

    fn unit(&mut self, unit: u16) -> Node {
        Node::Unit(self.sets.one(unit))
    }

    fn either(&mut self) -> Read {
        self.depth += 1;
        if self.depth > DEEPEST {
            let reason = format!(
                "The regular expression is too large: its groups are nested more than {DEEPEST} levels deep"
            );
            return Err(reason.into());
        }
        let mut parts = vec![self.sequence()?];
        while self.skip("|") {
            parts.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 {
            parts.pop().unwrap_or(Node::Empty)
        } else {
            Node::Either(parts)
        })
    }

    fn sequence(&mut self) -> Read {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            parts.push(self.term()?);
        }
        Ok(Node::Sequence(parts))
    }

    fn term(&mut self) -> Read {
        let before = self.groups;
        let (node, can_repeat) = self.atom()?;
        let Some((fewest, most)) = self.quantifier()? else {
            return Ok(node);
        };
        let is_greedy = !self.skip("?");
        if !can_repeat {
            return Err(Unreadable::NoPattern);
        }
        Ok(Node::Repeat(Box::new(Repeat {
            body: node,
            fewest,
            most,
            is_greedy,
            groups: before..self.groups,
        })))
    }

    fn quantifier(&mut self) -> Read<Option<(u32, Option<u32>)>> {
        let bounds = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.braces(),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(bounds))
    }

    /// `{2}`, `{2,}` or `{2,3}`; nothing where it is none of them.
    fn braces(&mut self) -> Read<Option<(u32, Option<u32>)>> {
        let begin = self.at;
        self.at += 1;
        let fewest = self.count();
        let has_comma = self.skip(",");
        let most = if has_comma { self.count() } else { fewest };
        match fewest {
            Some(fewest) if self.skip("}") => match most {
                Some(most) if most < fewest => Err(Unreadable::NoPattern),
                most => Ok(Some((fewest, most))),
            },
            _ => {
                self.at = begin;
                Ok(None)
            }
        }
    }

    /// Digits as a count, which stays at the largest one.
    fn count(&mut self) -> Option<u32> {
        let mut count = None::<u32>;
        while let Some(digit) = self.peek().and_then(|digit| digit.to_digit(10)) {
            self.at += 1;
            count = Some(count.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        count
    }

    /// An atom or an assertion, and whether a quantifier may follow.
    fn atom(&mut self) -> Read<(Node, bool)> {
        if self.peek() == Some('{') && self.braces()?.is_some() {
            return Err(Unreadable::NoPattern);
        }
        let unit = self.next()?;
        Ok(match char_of(unit) {
            '^' => (Node::Start, false),
            '$' => (Node::End, false),
            '.' => (Node::Unit(Sets::no_line_end()), true),
            '(' => return self.group(),
            '[' => (self.class()?, true),
            '\\' => match self.peek().ok_or(Unreadable::NoPattern)? {
                sign @ ('b' | 'B') => {
                    self.at += 1;
                    let is_inverted = sign == 'B';
                    (Node::Boundary { is_inverted }, false)
                }
                _ => (self.escape()?, true),
            },
            sign if SIGNS.contains(sign) => return Err(Unreadable::NoPattern),
            _ => (self.unit(unit), true),
        })
    }

    fn group(&mut self) -> Read<(Node, bool)> {
        let looks = [
            ("?=", false, false),
            ("?!", false, true),
            ("?<=", true, false),
            ("?<!", true, true),
        ];
        if let Some((_, is_behind, is_negated)) = looks.into_iter().find(|(sign, ..)| self.skip(sign)) {
            let body = Box::new(self.inside()?);
            let look = Node::Look {
                is_behind,
                is_negated,
                body,
            };
            return Ok((look, !is_behind));
        }
        if self.skip("?:") {
            return Ok((self.inside()?, true));
        }
        if self.skip("?<") {
            let (_, length) = name(&self.units[self.at..])?;
            self.at += length;
        } else if self.peek() == Some('?') {
            return Err(Unreadable::NoPattern);
        }
        self.groups += 1;
        let number = self.groups;
        Ok((Node::Group(number, Box::new(self.inside()?)), true))
    }

    fn inside(&mut self) -> Read {
        let node = self.either()?;
        if self.skip(")") {
            Ok(node)
        } else {
            Err(Unreadable::NoPattern)
        }
    }

    /// What follows a backslash outside of a class.
    fn escape(&mut self) -> Read {
        let sign = self.peek().ok_or(Unreadable::NoPattern)?;
        if let Some(name) = Name::of(sign) {
            self.at += 1;
            return Ok(Node::Unit(self.sets.named(name)));
        }
        if sign == 'k' && self.known.have_names() {
            self.at += 1;
            if !self.skip("<") {
                return Err(Unreadable::NoPattern);
            }
            let (name, length) = name(&self.units[self.at..])?;
            self.at += length;
            let number = self.known.number_of(&name);
            return number.map(Node::Back).ok_or(Unreadable::NoPattern);
        }
        if matches!(sign, '1'..='9') {
            let begin = self.at;
            let number = self.count().and_then(|number| usize::try_from(number).ok());
            if let Some(number) = number.filter(|number| *number <= self.known.count) {
                return Ok(Node::Back(number));
            }
            self.at = begin;
        }
        let unit = self.unit_escape(false)?;
        Ok(self.unit(unit))
    }

    /// The unit that an escape stands for, the backslash left out.
    fn unit_escape(&mut self, is_class: bool) -> Read<u16> {
        let unit = self.next()?;
        let follows = self.peek();
        Ok(match char_of(unit) {
            't' => 0x09,
            'n' => 0x0a,
            'v' => 0x0b,
            'f' => 0x0c,
            'r' => 0x0d,
            'b' if is_class => 0x08,
            'c' => match follows {
                Some(letter) if letter.is_ascii_alphabetic() => self.next()? % 32,
                Some(sign) if is_class && (sign.is_ascii_digit() || sign == '_') => self.next()? % 32,
                _ => {
                    self.at -= 1;
                    u16_of('\\')
                }
            },
            'x' => self.hexadecimal(2).unwrap_or(unit),
            'u' => self.hexadecimal(4).unwrap_or(unit),
            'k' if self.known.have_names() => return Err(Unreadable::NoPattern),
            digit @ '0'..='7' => self.octal(digit),
            _ => unit,
        })
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u16> {
        let digits = self.units.get(self.at..self.at + digits)?;
        let text = String::from_utf16(digits).ok()?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let unit = is_number.then(|| u16::from_str_radix(&text, 16).ok())??;
        self.at += digits.len();
        Some(unit)
    }

    /// At most three digits, and nothing above 255.
    fn octal(&mut self, first: char) -> u16 {
        let digit = |sign: char| sign.to_digit(8).and_then(|digit| u16::try_from(digit).ok());
        let mut unit = digit(first).unwrap_or_default();
        for _ in 0..2 {
            match self.peek().and_then(digit) {
                Some(next) if unit * 8 + next < 256 => {
                    unit = unit * 8 + next;
                    self.at += 1;
                }
                _ => break,
            }
        }
        unit
    }

    fn class(&mut self) -> Read {
        let is_negated = self.skip("^");
        let mut members = Members::default();
        while !self.skip("]") {
            let first = self.member()?;
            let is_range =
                self.peek() == Some('-') && !matches!(self.units.get(self.at + 1), None | Some(0x5d));
            if !is_range {
                first.join(&mut members);
                continue;
            }
            self.at += 1;
            match (first, self.member()?) {
                (Member::Unit(first), Member::Unit(last)) if first > last => {
                    return Err(Unreadable::NoPattern);
                }
                (Member::Unit(first), Member::Unit(last)) => members.add(first, last),
                // A class such as \d is no end of a range, so that the dash is itself.
                (first, last) => {
                    for member in [first, Member::Unit(u16_of('-')), last] {
                        member.join(&mut members);
                    }
                }
            }
        }
        Ok(Node::Unit(self.sets.class(members, is_negated)?))
    }

    fn member(&mut self) -> Read<Member> {
        let unit = self.next()?;
        if unit != u16_of('\\') {
            return Ok(Member::Unit(unit));
        }
        if let Some(name) = self.peek().and_then(Name::of) {
            self.at += 1;
            return Ok(Member::Named(name));
        }
        self.unit_escape(true).map(Member::Unit)
    }
}

/// A unit of a class, or a class in it.
#[derive(Debug, Clone, Copy)]
enum Member {
    Unit(u16),
    Named(Name),
}

impl Member {
    fn join(self, members: &mut Members) {
        match self {
            Self::Unit(unit) => members.add(unit, unit),
            Self::Named(name) => members.add_named(name),
        }
    }
}
