//! From a question to an answer.
//!
//! First where is looked ([`Scope`]), then which of these files could match by their trigrams, in the order in which they are
//! worth looking at; then they are read in this order by a few threads until a bound is reached. What is found before a bound is
//! the same at any number of threads.

mod verify;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use parking_lot::Mutex;

use crate::answer::{Answer, Bounds, Count, Looked, Stop};
use crate::grams::{self, Needs};
use crate::prepared::{Prepared, Sought, enough};
use crate::question::{Form, Question};
use crate::rank;
use crate::scope::{Scope, in_paths};
use crate::set::Set;
use crate::shard::Shard;
use crate::sight::Sight;
use crate::view::View;
use verify::{Pages, Verifier};

/// Candidates that a thread takes at once.
const PORTION: usize = 16;
/// From so many candidates on several threads look.
const WORTH_THREADS: usize = 64;

/// A file that matches.
struct Found {
    candidate: usize,
    file: rank::Ranked,
}

/// What all threads share.
struct Run<'a> {
    verifier: Verifier<'a>,
    /// Places.
    candidates: &'a [u32],
    enough: usize,
    bounds: &'a Bounds,
    begun: Instant,
    next: AtomicUsize,
    count: AtomicUsize,
    files: AtomicU64,
    bytes: AtomicU64,
    unreadable: AtomicU64,
    stopped: Mutex<Option<Stop>>,
    found: Mutex<Vec<Found>>,
}

/// Answers a question.
pub fn answer(view: &View, question: &Question, sight: &dyn Sight, bounds: &Bounds) -> Answer {
    let begun = Instant::now();
    let mut answer = Answer {
        hints: question.hints.clone(),
        ..Answer::default()
    };
    if question.is_empty() {
        return answer;
    }
    let prepared = Prepared::new(question);
    let scope = Scope::new(view, &prepared, sight);
    answer.looked.repositories = scope.listings.len() as u64;
    let in_path: Vec<Set> = (prepared.wanted.iter())
        .map(|sought| in_paths(view, &scope.listings, &sought.pattern, &sought.needs))
        .collect();
    let mut looked = Looked::default();
    let (places, pages) = could_match(view, &prepared, &scope, &in_path, &mut looked);
    let defining = defining(view, &prepared);
    let candidates = ordered(view, &places, &in_path, &defining, sight);
    looked.repositories = scope.listings.len() as u64;
    looked.candidates = candidates.len() as u64;
    let run = Run {
        verifier: Verifier {
            view,
            prepared: &prepared,
            scope: &scope,
            in_path: &in_path,
            pages: &pages,
            sight,
            bounds,
        },
        candidates: &candidates,
        enough: enough(bounds),
        bounds,
        begun,
        next: AtomicUsize::new(0),
        count: AtomicUsize::new(0),
        files: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        unreadable: AtomicU64::new(looked.unreadable),
        stopped: Mutex::new(None),
        found: Mutex::new(Vec::new()),
    };
    run.all();
    run.into_answer(answer, looked)
}

/// The places that could match, and for each wanted term the pages of each shard that could.
fn could_match(
    view: &View,
    prepared: &Prepared,
    scope: &Scope,
    in_path: &[Set],
    looked: &mut Looked,
) -> (Set, Vec<Pages>) {
    let mut places = scope.places.clone();
    let mut pages = Vec::new();
    for (sought, in_path) in prepared.wanted.iter().zip(in_path) {
        let of_term = of_term(view, sought, scope, looked);
        if of_term.iter().any(Option::is_some) {
            let mut having = having(view, &of_term);
            having.add(in_path);
            places.keep(&having);
        }
        pages.push(of_term);
    }
    (places, pages)
}

/// The pages of each shard that have what a term needs; nothing where all could have it.
fn of_term(view: &View, sought: &Sought, scope: &Scope, looked: &mut Looked) -> Pages {
    let of_shard = |(at, shard): (usize, &Arc<Shard>)| {
        shard.pages(&sought.needs).unwrap_or_else(|_| {
            let mut lost = Set::empty(view.places());
            view.add_places(at, &Set::full(shard.docs()), &mut lost);
            lost.keep(&scope.places);
            looked.unreadable += u64::from(lost.len());
            Some(Set::empty(0))
        })
    };
    view.shards().iter().enumerate().map(of_shard).collect()
}

/// The places that have any of these pages.
fn having(view: &View, pages: &Pages) -> Set {
    let mut having = Set::empty(view.places());
    for ((at, shard), pages) in view.shards().iter().enumerate().zip(pages) {
        let docs = match pages {
            Some(pages) => shard.docs_of(pages),
            None => Set::full(shard.docs()),
        };
        view.add_places(at, &docs, &mut having);
    }
    having
}

/// The places whose file may define one of the terms; by a hash, so some do not.
fn defining(view: &View, prepared: &Prepared) -> Set {
    let mut defining = Set::empty(view.places());
    let is_word = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let names = prepared.wanted.iter().map(|sought| &sought.term);
    for name in names.filter(|term| term.form == Form::Literal && is_word(&term.text)) {
        let needs = Needs::Name(grams::of_name(name.text.as_bytes()));
        for (at, shard) in view.shards().iter().enumerate() {
            // A shard that cannot be read is told of by what follows.
            if let Ok(Some(pages)) = shard.pages(&needs) {
                view.add_places(at, &shard.docs_of(&pages), &mut defining);
            }
        }
    }
    defining
}

/// The candidates in the order in which they are looked at. Those of a class stay in the order of places, in which files lie that
/// are packed together.
fn ordered(view: &View, places: &Set, in_path: &[Set], defining: &Set, sight: &dyn Sight) -> Vec<u32> {
    let mut classes: [Vec<u32>; rank::CLASSES] = Default::default();
    for (at, listing) in view.listings().iter().enumerate() {
        let (from, to) = view.range(at);
        let mut own = None;
        for place in places.range(from, to) {
            let standing = rank::Standing {
                named: !in_path.is_empty() && in_path.iter().all(|set| set.contains(place)),
                defining: defining.contains(place),
                own: *own.get_or_insert_with(|| sight.is_own(&listing.name)),
                test: listing.is_test(place - from),
            };
            classes[standing.class()].push(place);
        }
    }
    classes.concat()
}

impl Run<'_> {
    fn all(&self) {
        let threads = if self.candidates.len() < WORTH_THREADS {
            1
        } else {
            self.bounds.threads.max(1)
        };
        if threads == 1 {
            self.look();
            return;
        }
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| self.look());
            }
            self.look();
        });
    }

    /// Looks at portions until there is none or a bound is reached.
    fn look(&self) {
        let mut text = crate::shard::Text::default();
        while self.stopped.lock().is_none() {
            let from = self.next.fetch_add(PORTION, Ordering::Relaxed);
            if from >= self.candidates.len() {
                return;
            }
            let to = (from + PORTION).min(self.candidates.len());
            for at in from..to {
                if self.begun.elapsed() >= self.bounds.time {
                    *self.stopped.lock() = Some(Stop::Time);
                    return;
                }
                self.look_at(at, &mut text);
            }
            self.stop_when_enough(to);
        }
    }

    fn look_at(&self, at: usize, text: &mut crate::shard::Text) {
        match self.verifier.verify(self.candidates[at], text) {
            Ok(seen) => {
                self.files.fetch_add(1, Ordering::Relaxed);
                self.bytes.fetch_add(seen.bytes, Ordering::Relaxed);
                if let Some(file) = seen.file {
                    self.count.fetch_add(1, Ordering::Relaxed);
                    self.found.lock().push(Found { candidate: at, file });
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&self, _error: &io::Error) {
        self.unreadable.fetch_add(1, Ordering::Relaxed);
    }

    fn stop_when_enough(&self, to: usize) {
        if to >= self.candidates.len() {
            return;
        }
        let stop = if self.count.load(Ordering::Relaxed) >= self.enough {
            Stop::Enough
        } else if self.bytes.load(Ordering::Relaxed) >= self.bounds.bytes {
            Stop::Bytes
        } else {
            return;
        };
        self.stopped.lock().get_or_insert(stop);
    }

    fn into_answer(self, mut answer: Answer, looked: Looked) -> Answer {
        let mut found = self.found.into_inner();
        let stopped = self.stopped.into_inner();
        found.sort_unstable_by_key(|found| found.candidate);
        let total = found.len() as u64;
        // What threads found beyond the bound differs from run to run.
        found.truncate(self.enough);
        answer.count = match stopped {
            Some(_) => Count::AtLeast(found.len() as u64),
            None => Count::Exactly(total),
        };
        let mut files: Vec<rank::Ranked> = found.into_iter().map(|found| found.file).collect();
        files.sort_by(rank::order);
        answer.languages = counted(files.iter().filter_map(|file| file.found.language));
        answer.repositories = counted(files.iter().map(|file| Arc::clone(&file.found.repository)));
        let page = files.into_iter().skip(self.bounds.skip).take(self.bounds.files);
        answer.files = page.map(|file| file.found).collect();
        answer.looked = Looked {
            files: self.files.into_inner(),
            bytes: self.bytes.into_inner(),
            unreadable: self.unreadable.into_inner(),
            time: self.begun.elapsed(),
            stopped,
            ..looked
        };
        answer
    }
}

fn counted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<(T, u64)> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    let mut counts: Vec<(T, u64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}
