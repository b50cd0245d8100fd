//! What travels with the form: the page, the values of all pages, secrets, and chosen parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::forms::Filled;
use crate::forms::edit::Edit;
use crate::forms::effective::Branches;
use crate::forms::reading::Sent;

/// A form that is being filled in.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Wizard {
    /// The page it was sent from, or is shown at; behind the last one stands the review.
    pub page: usize,
    /// Values and secrets.
    pub filled: Filled,
    /// Chosen parts by page.
    branches: BTreeMap<usize, Branches>,
    none: Branches,
}

/// The part of it that a hidden field holds.
#[derive(Serialize, Deserialize, Default)]
struct Kept {
    #[serde(default)]
    page: usize,
    #[serde(default)]
    values: Value,
    #[serde(default)]
    branches: BTreeMap<usize, Branches>,
}

/// What a button asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) enum Go {
    Next,
    Back,
    /// Draw the page anew.
    Update,
    Edit(Edit),
    Page(usize),
    Create,
}

impl Go {
    pub(in crate::pages) fn read(sent: &Sent) -> Self {
        let word = sent.last("go").unwrap_or_default();
        if let Some(edit) = Edit::parse(word) {
            return Self::Edit(edit);
        }
        match word {
            "back" => Self::Back,
            "update" => Self::Update,
            "create" => Self::Create,
            _ => {
                let page = word.strip_prefix("page:").and_then(|page| page.parse().ok());
                page.map_or(Self::Next, Self::Page)
            }
        }
    }
}

impl Wizard {
    /// What a form carries. A form that was tampered with begins anew.
    pub(in crate::pages) fn read(sent: &Sent) -> Self {
        let kept = sent
            .last("state")
            .and_then(|text| serde_json::from_str::<Kept>(text).ok());
        let secrets = sent
            .last("secrets")
            .and_then(|text| serde_json::from_str(text).ok());
        let kept = kept.unwrap_or_default();
        let mut wizard = Self {
            page: kept.page,
            branches: kept.branches,
            ..Self::default()
        };
        wizard.take_values(kept.values);
        wizard.filled.secrets = secrets.unwrap_or_default();
        wizard
    }

    /// Takes these values, if they are an object.
    pub(in crate::pages) fn take_values(&mut self, values: Value) {
        self.filled.values = if values.is_object() { values } else { json!({}) };
    }

    /// Chosen parts of a page.
    pub(in crate::pages) fn branches(&self, page: usize) -> &Branches {
        self.branches.get(&page).unwrap_or(&self.none)
    }

    /// Takes in the parts that were chosen on the page at hand.
    pub(in crate::pages) fn choose_branches(&mut self, sent: &Sent) {
        let chosen = self.branches.entry(self.page).or_default();
        chosen.extend(sent.branches());
    }

    /// Takes the parts along that were chosen in rows of the page at hand.
    pub(super) fn move_branches(&mut self, edit: &Edit) {
        if let Some(chosen) = self.branches.get_mut(&self.page) {
            edit.move_branches(chosen);
        }
    }

    /// For the hidden field of the state.
    pub(in crate::pages) fn state(&self) -> String {
        json!({"page": self.page, "values": self.filled.values, "branches": self.branches}).to_string()
    }

    /// For the hidden field of secrets; nothing without any.
    pub(in crate::pages) fn secrets(&self) -> Option<String> {
        let secrets = &self.filled.secrets;
        (!secrets.is_empty()).then(|| json!(secrets).to_string())
    }
}
