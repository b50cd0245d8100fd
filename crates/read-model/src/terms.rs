//! Every distinct (key, value) of the catalog once, as a number.
//!
//! Values that differ only in case are different terms, because facets show them apart; they share
//! their hash, because filters do not tell them apart.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use roaring::RoaringBitmap;

use crate::arena::{Arena, Span};
use crate::holders::{Held, Holders};
use crate::pages::Pages;
use crate::posting::Posting;
use crate::shards::Shards;
use crate::written::Written;

/// Length that marks a value that exists but never equals anything.
const NULL: u16 = u16::MAX;

#[derive(Debug)]
struct Term {
    text: Span,
    key: u32,
    /// Length of the lower-cased value, which lies first.
    len: u16,
    /// How it was written lies behind that.
    written: u16,
    held: Held,
}

/// A value as it is kept, here and in a snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Saved<'a> {
    /// Length of the lower-cased value, or that there is none.
    pub len: u16,
    /// [`Written::mark`].
    pub written: u16,
    /// The lower-cased value and how it was written.
    pub text: &'a [u8],
}

impl Saved<'_> {
    /// Bytes of text that belong to these two.
    pub fn text_len(len: u16, written: u16) -> usize {
        let lower = if len == NULL { 0 } else { len.into() };
        lower + Written::length(written)
    }

    /// Whether the lower-cased value is text.
    pub fn is_text(&self) -> bool {
        self.len == NULL || std::str::from_utf8(&self.text[..self.len.into()]).is_ok()
    }
}

/// The terms.
#[derive(Debug, Default)]
pub struct Terms {
    terms: Pages<Term>,
    holders: Holders,
    by_value: Shards,
    free: Vec<u32>,
    arena: Arena,
    hasher: DefaultHashBuilder,
}

impl Terms {
    /// The number of a value, and whether it was given just now. `value` is lower-cased; `None`
    /// stands for NULL.
    pub fn intern(&mut self, key: u32, value: Option<&str>, original: &str) -> (u32, bool) {
        let hash = self.hash(key, value);
        let wanted = value.map(|value| (value.as_bytes(), Written::of(original, value)));
        let same = |id| self.key(id) == key && self.forms(id) == wanted;
        if let Some(id) = self.by_value.find(hash, same) {
            return (id, false);
        }
        (self.add(hash, key, value, original), true)
    }

    /// A value as a snapshot keeps it.
    pub fn saved(&self, id: u32) -> Saved<'_> {
        let term = &self.terms[id];
        Saved {
            len: term.len,
            written: term.written,
            text: self.arena.bytes(term.text, text_len(term)),
        }
    }

    /// Takes a value in that is not there yet. It is found by its text after [`Terms::find_by_value`] only.
    pub fn restore(&mut self, key: u32, saved: Saved<'_>) {
        let term = Term {
            text: self.arena.add(self.terms.len(), &[saved.text]),
            key,
            len: saved.len,
            written: saved.written,
            held: Held::None,
        };
        self.terms.push(term);
    }

    /// The values by their hash. To be put in place once every value is in.
    pub fn find_by_value(&self) -> Shards {
        Shards::of_hashes((0..self.len()).map(|id| self.hash_of(id)))
    }

    /// What [`Terms::find_by_value`] found.
    pub fn set_by_value(&mut self, by_value: Shards) {
        self.by_value = by_value;
    }

    fn add(&mut self, hash: u64, key: u32, value: Option<&str>, original: &str) -> u32 {
        let id = self.store(key, value, original);
        let (by_value, rehash) = self.table();
        by_value.insert(hash, id, rehash);
        id
    }

    /// The values by their hash, and the hash of each, which is asked for when the table grows.
    fn table(&mut self) -> (&mut Shards, impl Fn(u32) -> u64 + '_) {
        let (terms, arena, hasher) = (&self.terms, &self.arena, &self.hasher);
        let rehash = move |held| hash_of(hasher, arena, &terms[held]);
        (&mut self.by_value, rehash)
    }

    fn store(&mut self, key: u32, value: Option<&str>, original: &str) -> u32 {
        let id = self.free.pop().unwrap_or_else(|| self.terms.len());
        let lower = value.unwrap_or_default();
        let written = Written::of(value.map_or("", |_| original), lower);
        let len = u16::try_from(lower.len()).expect("indexed values are short");
        let term = Term {
            text: self.arena.add(id, &[lower.as_bytes(), written.bytes()]),
            key,
            len: value.map_or(NULL, |_| len),
            written: written.mark(),
            held: Held::None,
        };
        if id == self.terms.len() {
            self.terms.push(term);
        } else {
            self.terms[id] = term;
        }
        id
    }

    /// Gives a number back.
    pub fn release(&mut self, id: u32) {
        let hash = self.hash_of(id);
        self.by_value.remove(hash, id);
        let term = &mut self.terms[id];
        let (text, len) = (term.text, text_len(term));
        term.len = NULL;
        term.written = 0;
        term.held = Held::None;
        self.free.push(id);
        if self.arena.release(text, len) {
            self.compact(text);
        }
    }

    fn compact(&mut self, block: Span) {
        let evicted = self.arena.evict(block);
        for owner in evicted.owners() {
            let term = &mut self.terms[*owner];
            let len = text_len(term);
            if let Some(text) = evicted.get(term.text, len) {
                term.text = self.arena.add(*owner, &[text]);
            }
        }
    }

    /// All numbers for a lower-cased value, in whatever case the originals are.
    pub fn equal(&self, key: u32, value: Option<&str>) -> impl Iterator<Item = u32> + '_ {
        let wanted = value.map(|value| value.as_bytes().to_owned());
        self.by_value
            .candidates(self.hash(key, value))
            .filter(move |id| self.key(*id) == key && self.lower(*id) == wanted.as_deref())
    }

    /// All numbers of a key that have a value.
    pub fn of_key(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        (0..self.terms.len()).filter(move |id| self.terms[*id].key == key && self.terms[*id].len != NULL)
    }

    /// Numbers given out so far, those given back included.
    pub fn len(&self) -> u32 {
        self.terms.len()
    }

    /// The key.
    pub fn key(&self, id: u32) -> u32 {
        self.terms[id].key
    }

    /// The lower-cased value.
    pub fn value(&self, id: u32) -> Option<&str> {
        let lower = self.lower(id)?;
        Some(std::str::from_utf8(lower).expect("values are text"))
    }

    /// Whether there is a value.
    pub fn has_value(&self, id: u32) -> bool {
        self.terms[id].len != NULL
    }

    /// The value as it was written.
    pub fn original(&self, id: u32) -> Option<Cow<'_, str>> {
        let lower = self.value(id)?;
        Some(match self.terms[id].written {
            0 => Cow::Borrowed(lower),
            _ => self.written(id).restore(lower).into_owned().into(),
        })
    }

    /// Who holds it.
    pub fn posting(&self, id: u32) -> Cow<'_, Posting> {
        self.holders.get(self.terms[id].held)
    }

    /// Whether anybody in `set` holds it.
    pub fn is_held_in(&self, id: u32, set: &RoaringBitmap) -> bool {
        match self.terms[id].held {
            Held::None => false,
            Held::One(doc) => set.contains(doc),
            held @ Held::More(_) => self.holders.get(held).meets(set),
        }
    }

    /// Who holds it, where they are very many.
    pub fn bitmap(&self, id: u32) -> Option<&RoaringBitmap> {
        self.holders.listed(self.terms[id].held)?.bitmap()
    }

    /// A document holds it from now on.
    pub fn add_holder(&mut self, id: u32, doc: u32) {
        self.holders.add(&mut self.terms[id].held, doc);
    }

    /// A document does not hold it any more; returns whether nobody does.
    pub fn remove_holder(&mut self, id: u32, doc: u32) -> bool {
        self.holders.remove(&mut self.terms[id].held, doc)
    }

    /// Who holds each term from now on, in the order of their numbers; nobody did before.
    pub fn set_holders(&mut self, held: Vec<Held>, holders: Holders) {
        for (id, held) in (0..).zip(held) {
            self.terms[id].held = held;
        }
        self.holders = holders;
    }

    /// Order of two terms of one key: by lower-cased value, then as written.
    pub fn compare(&self, left: u32, right: u32) -> Ordering {
        let values = self.lower(left).cmp(&self.lower(right));
        values.then_with(|| self.original(left).cmp(&self.original(right)))
    }

    fn hash(&self, key: u32, value: Option<&str>) -> u64 {
        self.hasher.hash_one((key, value.map(str::as_bytes)))
    }

    fn hash_of(&self, id: u32) -> u64 {
        hash_of(&self.hasher, &self.arena, &self.terms[id])
    }

    /// The lower-cased value as bytes. They compare as the text does, and need no look at each of them before.
    fn lower(&self, id: u32) -> Option<&[u8]> {
        lower(&self.arena, &self.terms[id])
    }

    fn written(&self, id: u32) -> Written<'_> {
        let term = &self.terms[id];
        let all = self.arena.bytes(term.text, text_len(term));
        Written::read(&all[lower_len(term)..], term.written)
    }

    /// The lower-cased value, and how it was written.
    fn forms(&self, id: u32) -> Option<(&[u8], Written<'_>)> {
        Some((self.lower(id)?, self.written(id)))
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        let holders = self.holders.heap_bytes();
        self.terms.heap_bytes() + self.by_value.heap_bytes() + self.arena.heap_bytes() + holders
    }
}

fn hash_of(hasher: &DefaultHashBuilder, arena: &Arena, term: &Term) -> u64 {
    hasher.hash_one((term.key, lower(arena, term)))
}

fn lower<'a>(arena: &'a Arena, term: &Term) -> Option<&'a [u8]> {
    (term.len != NULL).then(|| arena.bytes(term.text, lower_len(term)))
}

fn lower_len(term: &Term) -> usize {
    if term.len == NULL { 0 } else { term.len.into() }
}

fn text_len(term: &Term) -> usize {
    Saved::text_len(term.len, term.written)
}
