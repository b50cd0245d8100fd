//! Reads regular expressions as ECMA-262 does without the flag `u`, with the older forms of its annex B: a brace that is no quantifier is
//! itself, numbers without a group are octal.

use super::classes::{Units, named};
use super::syntax::{Node, Repeat};

/// Deepest nesting of groups.
const DEEPEST: usize = 100;
/// Units that stand for something else outside of classes.
const SIGNS: &str = "^$\\.*+?()[|";

/// A pattern that is none.
#[derive(Debug)]
pub(super) struct Unreadable;

type Read<T = Node> = Result<T, Unreadable>;

/// What a pattern means, and the names of its groups; a group without a name has an empty one.
pub(super) fn read(source: &str, ignores_case: bool) -> Read<(Node, Vec<String>)> {
    let units: Vec<u16> = source.encode_utf16().collect();
    let names = names(&units)?;
    let has_names = names.iter().any(|name| !name.is_empty());
    let mut reader = Reader {
        units: &units,
        at: 0,
        names: &names,
        has_names,
        groups: 0,
        depth: 0,
        ignores_case,
    };
    let node = reader.either()?;
    if reader.at < units.len() {
        return Err(Unreadable);
    }
    Ok((node, names))
}

/// The names of the groups of a pattern in their order.
fn names(units: &[u16]) -> Read<Vec<String>> {
    let (mut names, mut at, mut is_class) = (Vec::<String>::new(), 0, false);
    let is = |at: usize, sign: char| units.get(at).is_some_and(|unit| *unit == u16_of(sign));
    while at < units.len() {
        match char_of(units[at]) {
            '\\' => at += 1,
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if is_class => {}
            '(' if !is(at + 1, '?') => names.push(String::new()),
            '(' if is(at + 2, '<') && !is(at + 3, '=') && !is(at + 3, '!') => {
                let (name, _) = name(&units[at + 3..])?;
                if names.contains(&name) {
                    return Err(Unreadable);
                }
                names.push(name);
            }
            _ => {}
        }
        at += 1;
    }
    Ok(names)
}

/// A name before `>`, and its length with that.
fn name(units: &[u16]) -> Read<(String, usize)> {
    let end = units.iter().position(|unit| *unit == u16_of('>'));
    let end = end.ok_or(Unreadable)?;
    let name = String::from_utf16(&units[..end]).map_err(|_| Unreadable)?;
    let is_first = |letter: char| letter.is_alphabetic() || matches!(letter, '$' | '_');
    let is_part = |letter: char| is_first(letter) || letter.is_alphanumeric();
    let is_name = name.starts_with(is_first) && name.chars().all(is_part);
    if is_name {
        Ok((name, end + 1))
    } else {
        Err(Unreadable)
    }
}

/// A unit as a letter; half of a pair is none.
fn char_of(unit: u16) -> char {
    char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A letter of the syntax as a unit.
fn u16_of(sign: char) -> u16 {
    u16::try_from(u32::from(sign)).unwrap_or_default()
}

struct Reader<'p> {
    units: &'p [u16],
    at: usize,
    names: &'p [String],
    has_names: bool,
    /// Groups that were begun.
    groups: usize,
    depth: usize,
    ignores_case: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.units.get(self.at).map(|unit| char_of(*unit))
    }

    fn next(&mut self) -> Read<u16> {
        let unit = self.units.get(self.at).copied().ok_or(Unreadable)?;
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

    fn unit(&self, unit: u16) -> Node {
        Node::Unit(Units::one(unit, self.ignores_case))
    }

    fn either(&mut self) -> Read {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable);
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
            return Err(Unreadable);
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
                Some(most) if most < fewest => Err(Unreadable),
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
            return Err(Unreadable);
        }
        let unit = self.next()?;
        Ok(match char_of(unit) {
            '^' => (Node::Start, false),
            '$' => (Node::End, false),
            '.' => (Node::Unit(Units::no_line_end()), true),
            '(' => return self.group(),
            '[' => (self.class()?, true),
            '\\' => match self.peek().ok_or(Unreadable)? {
                sign @ ('b' | 'B') => {
                    self.at += 1;
                    let is_inverted = sign == 'B';
                    (Node::Boundary { is_inverted }, false)
                }
                _ => (self.escape()?, true),
            },
            sign if SIGNS.contains(sign) => return Err(Unreadable),
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
            return Err(Unreadable);
        }
        self.groups += 1;
        let number = self.groups;
        Ok((Node::Group(number, Box::new(self.inside()?)), true))
    }

    fn inside(&mut self) -> Read {
        let node = self.either()?;
        if self.skip(")") { Ok(node) } else { Err(Unreadable) }
    }

    /// What follows a backslash outside of a class.
    fn escape(&mut self) -> Read {
        let sign = self.peek().ok_or(Unreadable)?;
        if let Some(ranges) = named(sign) {
            self.at += 1;
            return Ok(Node::Unit(Units::of(ranges, false, self.ignores_case)));
        }
        if sign == 'k' && self.has_names {
            self.at += 1;
            if !self.skip("<") {
                return Err(Unreadable);
            }
            let (name, length) = name(&self.units[self.at..])?;
            self.at += length;
            let index = self.names.iter().position(|known| *known == name);
            return index.map(|index| Node::Back(index + 1)).ok_or(Unreadable);
        }
        if matches!(sign, '1'..='9') {
            let begin = self.at;
            let number = self.count().and_then(|number| usize::try_from(number).ok());
            if let Some(number) = number.filter(|number| *number <= self.names.len()) {
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
            'k' if self.has_names => return Err(Unreadable),
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
        let mut ranges = Vec::new();
        while !self.skip("]") {
            let first = self.member()?;
            let is_range =
                self.peek() == Some('-') && !matches!(self.units.get(self.at + 1), None | Some(0x5d));
            if !is_range {
                ranges.extend(first);
                continue;
            }
            self.at += 1;
            let last = self.member()?;
            match (&first[..], &last[..]) {
                // A class such as \d is no end of a range, so that the dash is itself.
                ([(first, same)], [(from, last)]) if first == same && from == last => {
                    if first > last {
                        return Err(Unreadable);
                    }
                    ranges.push((*first, *last));
                }
                _ => {
                    ranges.push((u16_of('-'), u16_of('-')));
                    ranges.extend(first);
                    ranges.extend(last);
                }
            }
        }
        Ok(Node::Unit(Units::of(ranges, is_negated, self.ignores_case)))
    }

    /// A unit of a class, or a class in it.
    fn member(&mut self) -> Read<Vec<(u16, u16)>> {
        let unit = self.next()?;
        if unit != u16_of('\\') {
            return Ok(vec![(unit, unit)]);
        }
        if let Some(ranges) = self.peek().and_then(named) {
            self.at += 1;
            return Ok(ranges);
        }
        let unit = self.unit_escape(true)?;
        Ok(vec![(unit, unit)])
    }
}
