//! The sets of one pattern. Each set that has a name is made once for all patterns, each single unit once for its pattern; the spans of the
//! classes are counted and bounded.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::classes::{LINE_ENDS, NAMES, Span, Units, spans_of};

/// Spans that the classes of a pattern may have together.
const MOST_SPANS: usize = 100_000;

/// The sets of [`NAMES`], with case and without.
static NAMED: LazyLock<[[Arc<Units>; 6]; 2]> = LazyLock::new(|| {
    [false, true]
        .map(|ignores_case| NAMES.map(|name| Arc::new(Units::of(spans_of(name), false, ignores_case))))
});
static NO_LINE_END: LazyLock<Arc<Units>> =
    LazyLock::new(|| Arc::new(Units::of(LINE_ENDS.to_vec(), true, false)));

/// A set that has a name, by its place in [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name(usize);

impl Name {
    pub(super) fn of(letter: char) -> Option<Self> {
        NAMES.iter().position(|name| *name == letter).map(Self)
    }
}

/// What stands between the brackets of a class.
#[derive(Debug, Default)]
pub(super) struct Members {
    spans: Vec<Span>,
    has_name: [bool; NAMES.len()],
}

impl Members {
    pub(super) fn add(&mut self, first: u16, last: u16) {
        self.spans.push((first, last));
    }

    pub(super) fn add_named(&mut self, name: Name) {
        self.has_name[name.0] = true;
    }
}

/// The sets of a pattern.
pub(super) struct Sets {
    ignores_case: bool,
    single: HashMap<u16, Arc<Units>>,
    /// Spans that classes may still have.
    left: usize,
}

impl Sets {
    pub(super) fn new(ignores_case: bool) -> Self {
        Self {
            ignores_case,
            single: HashMap::new(),
            left: MOST_SPANS,
        }
    }

    pub(super) fn one(&mut self, unit: u16) -> Arc<Units> {
        let ignores_case = self.ignores_case;
        let made = || Arc::new(Units::of(vec![(unit, unit)], false, ignores_case));
        self.single.entry(unit).or_insert_with(made).clone()
    }

    pub(super) fn named(&self, name: Name) -> Arc<Units> {
        NAMED[usize::from(self.ignores_case)][name.0].clone()
    }

    /// `.`
    pub(super) fn no_line_end() -> Arc<Units> {
        NO_LINE_END.clone()
    }

    /// A class; the reason where the pattern has too many spans.
    pub(super) fn class(&mut self, members: Members, is_negated: bool) -> Result<Arc<Units>, String> {
        let mut spans = members.spans;
        let named = &NAMED[usize::from(self.ignores_case)];
        for (_, set) in members.has_name.iter().zip(named).filter(|(has, _)| **has) {
            spans.extend(set.spans());
        }
        let set = Units::of(spans, is_negated, self.ignores_case);
        self.left = self.left.checked_sub(set.spans().len()).ok_or_else(|| {
            format!(
                "The regular expression is too large: its classes have more than {MOST_SPANS} ranges together"
            )
        })?;
        Ok(Arc::new(set))
    }
}
