//! What the catalog list shows, as its address says it. The address is the only state.

use model::{Filter, HEALTH};

/// The filter of entities that refer to something that is not in the catalog; it has no counts of its own.
pub(crate) const MISSING: &str = "status.missing";
/// The filter by why an entity is not healthy.
pub(crate) const CAUSE: &str = "status.cause";
use plugin::StateColumn;
use ui::{Direction, href};
use url::form_urlencoded;

use catalog::browse::one_of;

/// Rows on a page unless the address says otherwise.
const DEFAULT_LIMIT: usize = 50;
/// Most rows on a page.
const MAX_LIMIT: usize = 200;
/// Further names in the address.
pub(crate) const OTHERS: [&str; 7] = ["scope", "user", "q", "sort", "columns", "cursor", "limit"];
/// Most values of one filter; further ones do not count.
const MAX_VALUES: usize = 50;

/// Whose entities are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Scope {
    /// Everybody's.
    #[default]
    All,
    /// Those the viewer or a group of the viewer owns.
    Owned,
    /// Those the viewer starred.
    Starred,
}

impl Scope {
    /// All scopes with the words for the address and for people.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::All, "", "All"),
        (Self::Owned, "owned", "Owned"),
        (Self::Starred, "starred", "Starred"),
    ];
}

/// A filter by the values of one field.
pub(crate) struct FilterKey {
    /// Name in the address.
    pub(crate) name: &'static str,
    /// Heading.
    pub(crate) title: &'static str,
    /// The field it filters.
    pub(crate) field: &'static str,
}

/// The filters, in the order shown.
pub(crate) const FILTERS: [FilterKey; 8] = [
    FilterKey {
        name: "type",
        title: "Type",
        field: "spec.type",
    },
    FilterKey {
        name: "owner",
        title: "Owner",
        field: "relations.ownedBy",
    },
    FilterKey {
        name: "lifecycle",
        title: "Lifecycle",
        field: "spec.lifecycle",
    },
    FilterKey {
        name: "health",
        title: "Health",
        field: HEALTH,
    },
    FilterKey {
        name: "problem",
        title: "Problem",
        field: CAUSE,
    },
    FilterKey {
        name: "missing",
        title: "Refers to, not in the catalog",
        field: MISSING,
    },
    FilterKey {
        name: "tag",
        title: "Tag",
        field: "metadata.tags",
    },
    FilterKey {
        name: "namespace",
        title: "Namespace",
        field: "metadata.namespace",
    },
];

/// A column that can be shown.
pub(crate) struct ColumnKey {
    /// Name in the address.
    pub(crate) name: &'static str,
    /// Heading.
    pub(crate) title: &'static str,
    /// The field to order by, when it can be ordered.
    pub(crate) order: Option<&'static str>,
}

/// The columns, in the order shown. The name is always there.
pub(crate) const COLUMNS: [ColumnKey; 10] = [
    ColumnKey {
        name: "name",
        title: "Name",
        order: Some("metadata.name"),
    },
    ColumnKey {
        name: "kind",
        title: "Kind",
        order: Some("kind"),
    },
    ColumnKey {
        name: "owner",
        title: "Owner",
        order: Some("spec.owner"),
    },
    ColumnKey {
        name: "type",
        title: "Type",
        order: Some("spec.type"),
    },
    ColumnKey {
        name: "lifecycle",
        title: "Lifecycle",
        order: Some("spec.lifecycle"),
    },
    ColumnKey {
        name: "health",
        title: "Health",
        order: Some(HEALTH),
    },
    ColumnKey {
        name: "system",
        title: "System",
        order: Some("spec.system"),
    },
    ColumnKey {
        name: "namespace",
        title: "Namespace",
        order: Some("metadata.namespace"),
    },
    ColumnKey {
        name: "description",
        title: "Description",
        order: None,
    },
    ColumnKey {
        name: "tags",
        title: "Tags",
        order: None,
    },
];

/// Chosen values of a state that a plugin knows of entities.
#[derive(Debug, Clone)]
pub(crate) struct StateFilter {
    /// The state.
    pub(crate) column: &'static StateColumn,
    /// The chosen values.
    pub(crate) chosen: Vec<&'static str>,
}

/// The column before those of plugins.
const BEFORE_STATES: &str = "lifecycle";

/// What the list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListState {
    /// Only this kind, lower-cased.
    pub(crate) kind: Option<String>,
    /// Whose.
    pub(crate) scope: Scope,
    /// Chosen values per filter, parallel to [`FILTERS`], lower-cased.
    pub(crate) chosen: [Vec<String>; FILTERS.len()],
    /// States that plugins know of entities.
    pub(crate) states: Vec<StateFilter>,
    /// Part of the name or title.
    pub(crate) text: String,
    /// Column ordered by and direction, when not by name.
    pub(crate) order: Option<(&'static str, Direction)>,
    /// Chosen columns; empty means the usual.
    pub(crate) columns: Vec<&'static str>,
    /// Place in the list.
    pub(crate) cursor: Option<String>,
    /// Rows on the page, when not the usual.
    pub(crate) limit: Option<usize>,
}

impl ListState {
    /// Reads an address. What is not understood is left out, so that an old link still works.
    /// `states` are those that plugins know of entities.
    pub(crate) fn parse(query: &str, states: &[&'static StateColumn]) -> Self {
        let state_filter = |column: &&'static StateColumn| StateFilter {
            column,
            chosen: Vec::new(),
        };
        let mut state = Self {
            states: states.iter().map(state_filter).collect(),
            ..Self::default()
        };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if !value.is_empty() {
                state.read(&key, &value);
            }
        }
        state
    }

    fn read(&mut self, key: &str, value: &str) {
        match original_name(key).unwrap_or(key) {
            "user" => self.read("scope", value),
            "kind" => self.kind = Some(model::js::lowercase(value)),
            "scope" => {
                let found = Scope::ALL.iter().find(|(_, word, _)| *word == value);
                self.scope = found.map_or(Scope::All, |(scope, ..)| *scope);
            }
            "q" => value.trim().clone_into(&mut self.text),
            "sort" => self.order = parse_order(value),
            "columns" => {
                let names: Vec<_> = value
                    .split(',')
                    .filter_map(|name| self.column_name(name))
                    .collect();
                self.columns.extend(names);
            }
            "cursor" => self.cursor = Some(value.to_owned()),
            "limit" => self.limit = value.parse().ok().map(|limit: usize| limit.clamp(1, MAX_LIMIT)),
            name => self.read_filter(name, value),
        }
    }

    fn read_state(&mut self, key: &str, value: &str) {
        let Some(filter) = self.states.iter_mut().find(|filter| filter.column.name == key) else {
            return;
        };
        let value = model::js::lowercase(value);
        let known = filter.column.values.iter().find(|known| known.value == value);
        if let Some(known) = known
            && !filter.chosen.contains(&known.value)
        {
            filter.chosen.push(known.value);
        }
    }

    fn read_filter(&mut self, key: &str, value: &str) {
        let Some(index) = FILTERS.iter().position(|filter| filter.name == key) else {
            return self.read_state(key, value);
        };
        let value = model::js::lowercase(value);
        let values = &mut self.chosen[index];
        if values.len() < MAX_VALUES && !values.contains(&value) {
            values.push(value);
        }
    }

    /// The address.
    pub(crate) fn href(&self, path: &str) -> String {
        let order = self.order.map(|(column, direction)| match direction {
            Direction::Ascending => column.to_owned(),
            Direction::Descending => format!("-{column}"),
        });
        let columns = self.columns.join(",");
        let limit = self.limit.map(|limit| limit.to_string());
        let scope = Scope::ALL
            .iter()
            .find(|(scope, ..)| *scope == self.scope)
            .map_or("", |(_, word, _)| *word);
        let mut pairs = vec![
            ("kind", self.kind.as_deref().unwrap_or_default()),
            ("scope", scope),
        ];
        for (filter, values) in FILTERS.iter().zip(&self.chosen) {
            pairs.extend(values.iter().map(|value| (filter.name, value.as_str())));
        }
        for filter in &self.states {
            pairs.extend(filter.chosen.iter().map(|value| (filter.column.name, *value)));
        }
        pairs.extend([
            ("q", self.text.as_str()),
            ("sort", order.as_deref().unwrap_or_default()),
            ("columns", &columns),
            ("limit", limit.as_deref().unwrap_or_default()),
            ("cursor", self.cursor.as_deref().unwrap_or_default()),
        ]);
        href::with_query(path, pairs)
    }

    /// The same list from its start, changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut state = Self {
            cursor: None,
            ..self.clone()
        };
        change(&mut state);
        state
    }

    /// With a value of a filter switched.
    pub(crate) fn toggled(&self, filter: usize, value: &str) -> Self {
        self.with(|state| {
            let values = &mut state.chosen[filter];
            match values.iter().position(|chosen| chosen == value) {
                Some(at) => drop(values.remove(at)),
                None => values.push(value.to_owned()),
            }
        })
    }

    /// With a value of the state at `at` switched.
    pub(crate) fn with_state_toggled(&self, at: usize, value: &'static str) -> Self {
        self.with(|state| {
            let chosen = &mut state.states[at].chosen;
            match chosen.iter().position(|known| *known == value) {
                Some(place) => drop(chosen.remove(place)),
                None => chosen.push(value),
            }
        })
    }

    /// Without any filter, but with the same kind, scope, order and columns.
    pub(crate) fn cleared(&self) -> Self {
        self.with(|state| {
            state.chosen = Default::default();
            state.states.iter_mut().for_each(|filter| filter.chosen.clear());
            state.text.clear();
        })
    }

    /// Ordered by a column; once more turns the direction.
    pub(crate) fn ordered(&self, column: &'static str) -> Self {
        let current = self.order.unwrap_or(("name", Direction::Ascending));
        let direction = if current == (column, Direction::Ascending) {
            Direction::Descending
        } else {
            Direction::Ascending
        };
        let usual = column == "name" && direction == Direction::Ascending;
        self.with(|state| state.order = (!usual).then_some((column, direction)))
    }

    /// How many filters are set.
    pub(crate) fn active(&self) -> usize {
        let of_states: usize = self.states.iter().map(|filter| filter.chosen.len()).sum();
        let of_fields: usize = self.chosen.iter().map(Vec::len).sum();
        of_fields + of_states + usize::from(!self.text.is_empty())
    }

    /// The columns shown.
    pub(crate) fn shown(&self) -> Vec<&'static str> {
        if !self.columns.is_empty() {
            return self
                .all_columns()
                .map(|(name, _)| name)
                .filter(|name| *name == "name" || self.columns.contains(name))
                .collect();
        }
        let kind: &[&str] = if self.kind.is_none() { &["kind"] } else { &[] };
        let mut shown = vec!["name"];
        shown.extend(kind);
        shown.extend(["type", "owner", BEFORE_STATES]);
        shown.extend(self.states.iter().map(|filter| filter.column.name));
        shown.extend(["description", "tags"]);
        shown
    }

    /// Names and headings of all columns, in the order shown.
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let at = COLUMNS
            .iter()
            .position(|column| column.name == BEFORE_STATES)
            .map_or(COLUMNS.len(), |at| at + 1);
        let (before, after) = COLUMNS.split_at(at);
        let own = |column: &'static ColumnKey| (column.name, column.title);
        let states = self
            .states
            .iter()
            .map(|filter| (filter.column.name, filter.column.title));
        before.iter().map(own).chain(states).chain(after.iter().map(own))
    }

    fn column_name(&self, name: &str) -> Option<&'static str> {
        let known = self.all_columns().find(|(known, _)| *known == name);
        known.map(|(known, _)| known)
    }

    /// Rows on a page.
    pub(crate) fn rows(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// The field to order by, and the direction.
    pub(crate) fn order_field(&self) -> (&'static str, Direction) {
        let (column, direction) = self.order.unwrap_or(("name", Direction::Ascending));
        let field = COLUMNS
            .iter()
            .find(|known| known.name == column)
            .and_then(|known| known.order);
        (field.unwrap_or("metadata.name"), direction)
    }

    /// The conditions of the address, without those of the filter at `left_out`.
    pub(crate) fn conditions(&self, left_out: Option<usize>) -> Vec<Filter> {
        let kind = self
            .kind
            .iter()
            .map(|kind| one_of("kind", std::slice::from_ref(kind)));
        let chosen = FILTERS.iter().zip(&self.chosen).enumerate();
        let chosen = chosen.filter(|(index, (_, values))| Some(*index) != left_out && !values.is_empty());
        kind.chain(chosen.map(|(_, (filter, values))| one_of(filter.field, values)))
            .collect()
    }
}

/// The name of a filter of the original's catalog page, `filters[owners][0]`, so that links to it still work.
fn original_name(key: &str) -> Option<&str> {
    let (name, _) = key.strip_prefix("filters[")?.split_once(']')?;
    Some(match name {
        "owners" => "owner",
        "lifecycles" => "lifecycle",
        "tags" => "tag",
        "text" => "q",
        other => other,
    })
}

fn parse_order(text: &str) -> Option<(&'static str, Direction)> {
    let (name, direction) = match text.strip_prefix('-') {
        Some(name) => (name, Direction::Descending),
        None => (text, Direction::Ascending),
    };
    let column = COLUMNS
        .iter()
        .find(|column| column.name == name && column.order.is_some())?;
    Some((column.name, direction))
}

#[cfg(test)]
mod tests;
