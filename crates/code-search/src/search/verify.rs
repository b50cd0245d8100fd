//! Whether one file matches, and what is shown of it.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::answer::{Bounds, FoundFile, Line};
use crate::definitions;
use crate::lines::{self, Collected, Hit};
use crate::pages::pages;
use crate::prepared::Prepared;
use crate::rank::{self, Ranked};
use crate::scope::Scope;
use crate::set::Set;
use crate::shard::Text;
use crate::sight::Sight;
use crate::view::View;

/// Lines of which is known whether they define something.
const MOST_JUDGED: usize = 400;

/// For each shard the pages in which a term could stand; nothing where it could in all.
pub type Pages = Vec<Option<Set>>;

/// Looks at one candidate after the other.
pub struct Verifier<'a> {
    /// What is searched.
    pub view: &'a View,
    /// What is looked for.
    pub prepared: &'a Prepared,
    /// Where.
    pub scope: &'a Scope,
    /// For each wanted term the places in whose path it stands.
    pub in_path: &'a [Set],
    /// For each wanted term the pages in which it could stand.
    pub pages: &'a [Pages],
    /// Who asks.
    pub sight: &'a dyn Sight,
    /// How much is shown.
    pub bounds: &'a Bounds,
}

/// What was seen of a candidate.
pub struct Seen {
    /// Bytes that were read.
    pub bytes: u64,
    /// The file, if it matches.
    pub file: Option<Ranked>,
}

impl Verifier<'_> {
    /// Looks at a place.
    pub fn verify(&self, place: u32, text: &mut Text) -> io::Result<Seen> {
        let mut seen = Seen { bytes: 0, file: None };
        if !self.scope.holds_at(self.view, self.prepared, self.sight, place) {
            return Ok(seen);
        }
        let mut hits = Vec::new();
        if self.prepared.reads() {
            let (at, file) = self.view.place(place);
            let kept = self
                .view
                .read(self.view.listings()[at].spots()[file as usize], text)?;
            let read: &[u8] = if kept { text.bytes() } else { b"" };
            seen.bytes = read.len() as u64;
            match self.hits(place, read) {
                Some(found) => hits = found,
                None => return Ok(seen),
            }
        }
        seen.file = Some(self.ranked(place, hits, text.bytes()));
        Ok(seen)
    }

    /// The lines that match; nothing when the file does not.
    fn hits(&self, place: u32, text: &[u8]) -> Option<Vec<Hit>> {
        let path = self.path(place);
        let unwanted = |sought: &crate::prepared::Sought| {
            sought.pattern.is_in(path) || lines::stands_in(text, &sought.pattern)
        };
        let mut collected = Collected::default();
        for (number, in_path) in self.in_path.iter().enumerate() {
            if !self.look(place, text, number, &mut collected) && !in_path.contains(place) {
                return None;
            }
        }
        if self.prepared.unwanted.iter().any(unwanted) {
            return None;
        }
        Some(collected.hits(text))
    }

    /// Looks for a wanted term in the pages where it could stand.
    fn look(&self, place: u32, text: &[u8], number: usize, collected: &mut Collected) -> bool {
        let pattern = &self.prepared.wanted[number].pattern;
        let (at, file) = self.view.place(place);
        let spot = self.view.listings()[at].spots()[file as usize];
        let held = self
            .view
            .shard_of(spot)
            .and_then(|(at, shard)| Some((shard, self.pages[number][at].as_ref()?)));
        let Some((shard, held)) = held else {
            return collected.look(text, 0..text.len(), pattern);
        };
        let mut found = false;
        for (page, lines) in (shard.first_page(spot.doc)..).zip(pages(text)) {
            if held.contains(page) {
                found |= collected.look(text, lines, pattern);
            }
        }
        found
    }

    fn path(&self, place: u32) -> &str {
        let (at, file) = self.view.place(place);
        self.view.listings()[at].path(file)
    }

    fn ranked(&self, place: u32, hits: Vec<Hit>, text: &[u8]) -> Ranked {
        let (at, file) = self.view.place(place);
        let listing = &self.view.listings()[at];
        let path = listing.path(file);
        let language = listing.language(file);
        let defining = |hit: &Hit| definitions::defines(language, &text[hit.start..hit.end], &hit.on_line());
        let defined: Vec<bool> = hits.iter().take(MOST_JUDGED).map(defining).collect();
        let chosen = chosen(&hits, &defined, self.bounds.lines);
        let shown = |at: usize| {
            let defines = defined.get(at).copied().unwrap_or(false);
            lines::shown(text, &hits[at], self.bounds.line, defines)
        };
        let shown: Vec<Line> = chosen.into_iter().map(shown).collect();
        let found = FoundFile {
            repository: Arc::clone(&listing.name),
            commit: Arc::clone(&listing.commit),
            path: path.to_owned(),
            path_highlights: self.path_highlights(path),
            language,
            own: self.sight.is_own(&listing.name),
            test: listing.is_test(file),
            lines: shown,
            line_count: hits.len() as u64,
        };
        let definitions = defined.iter().filter(|defines| **defines).count();
        let whole = hits
            .iter()
            .take(MOST_JUDGED)
            .any(|hit| rank::is_whole_word(text, &hit.places));
        Ranked::new(found, self.prepared, definitions, whole)
    }

    fn path_highlights(&self, path: &str) -> Vec<Range<usize>> {
        let mut collected = Collected::default();
        for sought in &self.prepared.wanted {
            collected.look(path.as_bytes(), 0..path.len(), &sought.pattern);
        }
        let hits = collected.hits(path.as_bytes());
        hits.into_iter()
            .flat_map(|hit| hit.places)
            .map(|(start, end)| start..end)
            .collect()
    }
}

/// The lines that are shown, ascending: those that define something before others, early ones before late ones.
fn chosen(hits: &[Hit], defined: &[bool], most: usize) -> Vec<usize> {
    if hits.len() <= most {
        return (0..hits.len()).collect();
    }
    let defines = |at: &usize| defined.get(*at).copied().unwrap_or(false);
    let mut chosen: Vec<usize> = (0..hits.len()).filter(defines).take(most).collect();
    let room = most - chosen.len();
    chosen.extend((0..hits.len()).filter(|at| !defines(at)).take(room));
    chosen.sort_unstable();
    chosen
}
