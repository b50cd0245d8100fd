//! Where is looked: the places that the asker sees and that the conditions leave.

use std::collections::BTreeMap;

use crate::grams::Needs;
use crate::pattern::Pattern;
use crate::prepared::{Prepared, pass};
use crate::question::{Condition, Field};
use crate::set::Set;
use crate::sight::{Held, Sight};
use crate::view::View;

/// Where is looked.
pub struct Scope {
    /// The places.
    pub places: Set,
    /// Listings that have any of them, by position.
    pub listings: Vec<usize>,
    /// For each listing the fields for which each file is asked.
    asked: BTreeMap<usize, Vec<Field>>,
}

impl Scope {
    /// Everything that is seen and that the conditions leave.
    pub fn new(view: &View, prepared: &Prepared, sight: &dyn Sight) -> Self {
        let mut scope = Self {
            places: Set::empty(view.places()),
            listings: Vec::new(),
            asked: BTreeMap::new(),
        };
        for (at, listing) in view.listings().iter().enumerate() {
            if !sight.sees(&listing.name) || !pass(&prepared.repositories, &listing.name) {
                continue;
            }
            let Some(asked) = standing(prepared, sight, &listing.name) else {
                continue;
            };
            if !asked.is_empty() {
                scope.asked.insert(at, asked);
            }
            let (from, to) = view.range(at);
            scope.places.insert_range(from, to);
            scope.listings.push(at);
        }
        scope.narrow_paths(view, prepared);
        scope.narrow_languages(view, prepared);
        scope
    }

    fn narrow_paths(&mut self, view: &View, prepared: &Prepared) {
        let mut wanted: Option<Set> = None;
        for narrowing in &prepared.paths {
            let found = in_paths(view, &self.listings, &narrowing.pattern, &narrowing.needs);
            if narrowing.negated {
                self.places.remove(&found);
            } else {
                match &mut wanted {
                    Some(wanted) => wanted.add(&found),
                    None => wanted = Some(found),
                }
            }
        }
        if let Some(wanted) = wanted {
            self.places.keep(&wanted);
        }
    }

    fn narrow_languages(&mut self, view: &View, prepared: &Prepared) {
        if prepared.languages.is_empty() {
            return;
        }
        let any = prepared.languages.iter().any(|(_, negated)| !negated);
        let mut left = Set::empty(view.places());
        for listing in &self.listings {
            let (from, to) = view.range(*listing);
            for place in from..to {
                let language = view.listings()[*listing].language(place - from);
                let named = |taken: bool| {
                    let mut all = prepared.languages.iter().filter(|(_, negated)| *negated == taken);
                    language.is_some_and(|language| all.any(|(held, _)| *held == language))
                };
                if !named(true) && (!any || named(false)) {
                    left.insert(place);
                }
            }
        }
        self.places.keep(&left);
    }

    /// Whether the caller's conditions hold for a place.
    pub fn holds_at(&self, view: &View, prepared: &Prepared, sight: &dyn Sight, place: u32) -> bool {
        let (at, file) = view.place(place);
        let Some(fields) = self.asked.get(&at) else {
            return true;
        };
        let listing = &view.listings()[at];
        fields.iter().all(|field| {
            let held = |condition: &Condition| match sight.holds(&listing.name, condition) {
                Held::Everywhere => true,
                Held::Nowhere => false,
                Held::Somewhere => sight.holds_at(&listing.name, listing.path(file), condition),
            };
            let (wanted, unwanted) = of_field(prepared, *field);
            (wanted.is_empty() || wanted.iter().any(|condition| held(condition)))
                && !unwanted.iter().any(|condition| held(condition))
        })
    }
}

/// The places whose path has a pattern, of some listings.
pub fn in_paths(view: &View, listings: &[usize], pattern: &Pattern, needs: &Needs) -> Set {
    let mut found = Set::empty(view.places());
    for at in listings {
        let listing = &view.listings()[*at];
        if !listing.may_have(needs) {
            continue;
        }
        let text = listing.text().as_bytes();
        let (first, _) = view.range(*at);
        let mut from = 0;
        while let Some((start, _)) = pattern.find_at(text, from) {
            if start >= text.len() {
                break;
            }
            let file = listing.file_at(start);
            found.insert(first + file);
            from = listing.end_of(file) + 1;
        }
    }
    found
}

fn of_field(prepared: &Prepared, field: Field) -> (Vec<&Condition>, Vec<&Condition>) {
    let all = prepared
        .standing
        .iter()
        .filter(|condition| condition.field == field);
    all.partition(|condition| !condition.negated)
}

/// The fields for which each file of a repository is asked; nothing when no file can pass.
fn standing(prepared: &Prepared, sight: &dyn Sight, repository: &str) -> Option<Vec<Field>> {
    let mut asked = Vec::new();
    for field in [Field::Owner, Field::System, Field::Kind] {
        let (wanted, unwanted) = of_field(prepared, field);
        if wanted.is_empty() && unwanted.is_empty() {
            continue;
        }
        let held = |conditions: &[&Condition]| {
            let all = conditions
                .iter()
                .map(|condition| sight.holds(repository, condition));
            all.fold(Held::Nowhere, |best, held| match (best, held) {
                (Held::Everywhere, _) | (_, Held::Everywhere) => Held::Everywhere,
                (Held::Nowhere, Held::Nowhere) => Held::Nowhere,
                _ => Held::Somewhere,
            })
        };
        let wanted = if wanted.is_empty() {
            Held::Everywhere
        } else {
            held(&wanted)
        };
        let unwanted = held(&unwanted);
        if wanted == Held::Nowhere || unwanted == Held::Everywhere {
            return None;
        }
        if wanted == Held::Somewhere || unwanted == Held::Somewhere {
            asked.push(field);
        }
    }
    Some(asked)
}
