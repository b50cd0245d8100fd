//! Which pages have a trigram, or define a name.

use std::fs::File;
use std::io;

use super::format::{self, Places};
use super::lists;
use crate::grams::{Gram, Needs};
use crate::set::Set;
use crate::wire::{Taker, damaged};

/// What reading a text costs beside taking one page of a list.
const TEXT_COST: u64 = 10_000;
/// What reading a list costs before its first page.
const LIST_COST: u64 = 2_000;

/// After so many lists that spare little no further ones are read: trigrams of one word come together.
const MOST_IDLE: u32 = 4;

/// A page of the dictionary.
#[derive(Debug, Clone, Copy)]
struct Page {
    first: Gram,
    /// Where the page begins.
    start: u64,
    /// Where the lists of its keys begin.
    lists: u64,
}

/// The dictionary.
#[derive(Debug)]
pub struct Dictionary {
    /// Pages of texts.
    bound: u32,
    pages: Vec<Page>,
    /// Where the last page ends.
    end: u64,
}

/// The pages of a key as they are written.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The trigram, or the key of a name.
    pub gram: Gram,
    /// How many.
    pub count: u32,
    /// Where.
    pub at: At,
}

/// Where pages are written.
#[derive(Debug, Clone, Copy)]
pub enum At {
    /// There is only this one.
    Only(u32),
    /// From and to these bytes of the file.
    Bytes(u64, u64),
}

impl Dictionary {
    /// Reads the index of its pages.
    pub fn read(taker: &mut Taker<'_>, places: &Places) -> io::Result<Self> {
        let count = taker.small()?;
        let mut pages: Vec<Page> = Vec::new();
        let (mut start, mut lists) = (places.dictionary, places.lists);
        for _ in 0..count {
            let first = taker.small()?;
            pages.push(Page { first, start, lists });
            start = start.saturating_add(taker.number()?);
            lists = lists.saturating_add(taker.number()?);
        }
        if start != places.ids || lists != places.dictionary {
            return Err(damaged("the dictionary is not complete"));
        }
        Ok(Self {
            bound: places.pages,
            pages,
            end: start,
        })
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// The lists of a page.
    pub fn page(&self, file: &File, page: usize) -> io::Result<Vec<List>> {
        let held = self.pages[page];
        let end = self.pages.get(page + 1).map_or(self.end, |next| next.start);
        let bytes = format::read(file, held.start, end)?;
        let mut taker = Taker::new(&bytes);
        let (mut gram, mut from) = (held.first, held.lists);
        let mut lists = Vec::new();
        while !taker.is_at_end() {
            gram = gram.saturating_add(taker.small()?);
            let count = taker.small()?;
            let number = taker.number()?;
            let at = if count == 1 {
                At::Only(taken(number, self.bound)?)
            } else {
                let to = from.saturating_add(number);
                At::Bytes(std::mem::replace(&mut from, to), to)
            };
            lists.push(List { gram, count, at });
        }
        Ok(lists)
    }

    /// The lists of trigrams from one to before another.
    fn range(&self, file: &File, from: Gram, to: Gram) -> io::Result<Vec<List>> {
        let mut found = Vec::new();
        let first = self
            .pages
            .partition_point(|page| page.first <= from)
            .saturating_sub(1);
        for page in first..self.pages.len() {
            if self.pages[page].first >= to {
                break;
            }
            let lists = self.page(file, page)?;
            found.extend(lists.into_iter().filter(|list| (from..to).contains(&list.gram)));
        }
        Ok(found)
    }

    /// The pages of a list.
    pub fn set(&self, file: &File, list: List) -> io::Result<Set> {
        match list.at {
            At::Only(doc) => {
                let mut set = Set::empty(self.bound);
                set.insert(doc);
                Ok(set)
            }
            At::Bytes(from, to) => lists::unpack(&format::read(file, from, to)?, list.count, self.bound),
        }
    }

    /// Calls for each page of a list, ascending.
    pub fn each(&self, file: &File, list: List, mut take: impl FnMut(u32)) -> io::Result<()> {
        match list.at {
            At::Only(doc) => take(doc),
            At::Bytes(from, to) => {
                lists::each(&format::read(file, from, to)?, list.count, self.bound, take)?;
            }
        }
        Ok(())
    }

    /// The pages that have what is needed; nothing when all could have it.
    pub fn having(&self, file: &File, needs: &Needs) -> io::Result<Option<Set>> {
        match needs {
            Needs::Nothing => Ok(None),
            Needs::Name(key) => {
                let found = self.range(file, *key, *key + 1)?.pop();
                let set = found.map(|list| self.set(file, list)).transpose()?;
                Ok(Some(set.unwrap_or_else(|| Set::empty(self.bound))))
            }
            Needs::Gram(_) => self.having_all(file, std::slice::from_ref(needs)),
            Needs::All(needs) => self.having_all(file, needs),
            Needs::Pair([first, second]) => {
                let from = u32::from_be_bytes([0, *first, *second, 0]);
                let mut any = Set::empty(self.bound);
                for list in self.range(file, from, from + 256)? {
                    any.add(&self.set(file, list)?);
                }
                Ok(Some(any))
            }
            Needs::Any(needs) => {
                let mut any = Set::empty(self.bound);
                for need in needs {
                    match self.having(file, need)? {
                        Some(set) => any.add(&set),
                        None => return Ok(None),
                    }
                }
                Ok(Some(any))
            }
        }
    }

    /// The rarest trigrams first, and only as long as reading a further list is less than reading the texts that it spares.
    fn having_all(&self, file: &File, needs: &[Needs]) -> io::Result<Option<Set>> {
        let mut rare = Vec::new();
        for need in needs {
            if let Needs::Gram(gram) = need {
                match self.range(file, *gram, *gram + 1)?.pop() {
                    Some(list) => rare.push(list),
                    None => return Ok(Some(Set::empty(self.bound))),
                }
            }
        }
        rare.sort_unstable_by_key(|list| list.count);
        let mut having: Option<Set> = None;
        let mut idle = 0;
        for list in rare {
            let before = having.as_ref().map_or(self.bound, Set::len);
            if having.is_some() && (idle == MOST_IDLE || !self.is_worth(list, before)) {
                continue;
            }
            let pages = self.set(file, list)?;
            keep(&mut having, pages);
            let after = having.as_ref().map_or(0, Set::len);
            let spares_little = after > before - before / 16;
            idle = if spares_little { idle + 1 } else { 0 };
        }
        for need in needs.iter().filter(|need| !matches!(need, Needs::Gram(_))) {
            if having.as_ref().is_none_or(|set| set.len() > 0)
                && let Some(pages) = self.having(file, need)?
            {
                keep(&mut having, pages);
            }
        }
        Ok(having)
    }

    fn is_worth(&self, list: List, left: u32) -> bool {
        let others = u64::from(self.bound.saturating_sub(list.count));
        let spared = u64::from(left) * others / u64::from(self.bound.max(1));
        spared * TEXT_COST > u64::from(list.count).min(others) + LIST_COST
    }
}

fn keep(having: &mut Option<Set>, pages: Set) {
    match having {
        Some(set) => set.keep(&pages),
        None => *having = Some(pages),
    }
}

fn taken(number: u64, bound: u32) -> io::Result<u32> {
    let page = u32::try_from(number).ok().filter(|page| *page < bound);
    page.ok_or_else(|| damaged("a list has a page that is not there"))
}
