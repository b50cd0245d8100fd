//! Values of keys with the number of entities that have them (`/entity-facets`).

use model::{Fault, Filter, js};
use store::LogMark;

use super::chosen::Chosen;
use super::{QueryError, View};
use crate::slow_work::Caller;

/// Most keys of one question.
const MAX_KEYS: usize = 100;
/// Most bytes of values in one answer.
const MAX_BYTES: usize = 64 << 20;
/// What a value costs beside its text.
const VALUE_BYTES: usize = 48;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Facet {
    /// The value as it is written in the entities.
    pub value: String,
    /// How many entities have it.
    pub count: u64,
}

/// The entities that count, and the last change that was in when they were found.
type Known = (Option<LogMark>, Chosen<'static>);

impl View<'_> {
    /// Values of each key among the entities that pass a filter, in the order of the keys asked for. Nothing
    /// more is counted once the caller is gone.
    pub fn facets(
        &self,
        keys: &[String],
        filter: Option<&Filter>,
        caller: &Caller,
    ) -> Result<Vec<Vec<Facet>>, QueryError> {
        if keys.iter().all(String::is_empty) {
            return Err(Fault::input("Missing or empty facets parameter").into());
        }
        if keys.len() > MAX_KEYS {
            return Err(Fault::input(format!(
                "At most {MAX_KEYS} facets are counted at once; ask for fewer"
            ))
            .into());
        }
        let (mut found, mut bytes, mut known) = (Vec::with_capacity(keys.len()), 0, None);
        for key in keys.iter().take_while(|_| !caller.is_gone()) {
            let values = self.facet(key, filter, &mut known);
            bytes += values
                .iter()
                .map(|facet| facet.value.len() + VALUE_BYTES)
                .sum::<usize>();
            if bytes > MAX_BYTES {
                return Err(Fault::input(format!(
                    "These facets have more than {} MiB of values; ask for fewer, or filter the entities",
                    MAX_BYTES >> 20
                ))
                .into());
            }
            found.push(values);
        }
        Ok(found)
    }

    /// Holds the index for one key only, so that changes come in between two of them.
    fn facet(&self, key: &str, filter: Option<&Filter>, known: &mut Option<Known>) -> Vec<Facet> {
        let index = self.catalog.index();
        let model = index.read();
        let is_restricted = filter.is_some() || !self.sight.is_everything();
        let mark = index.mark();
        let set = match known.take() {
            _ if !is_restricted => None,
            Some(same) if same.0 == mark => Some(same.1),
            _ => Some(self.chosen(&model, filter)),
        };
        let values = model.facet(&js::lowercase(key), set.as_deref());
        *known = set.and_then(Chosen::detached).map(|set| (mark, set));
        values
            .into_iter()
            .map(|(value, count)| Facet { value, count })
            .collect()
    }
}
