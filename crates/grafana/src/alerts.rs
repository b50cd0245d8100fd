//! Alert rules with their alerts, as Grafana and the data sources behind it tell them.

pub(crate) mod known;
pub(crate) mod pushed;
pub(crate) mod read;
pub(crate) mod refresh;
pub(crate) mod silences;
pub(crate) mod tables;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::silences::SilenceNote;
use crate::selector::AlertSelector;
use crate::trouble::Trouble;

/// Labels or annotations by their names.
pub(crate) type Labels = BTreeMap<String, String>;

/// The state of an alert or of all alerts of a rule, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum State {
    Firing,
    Failed,
    Pending,
    Recovering,
    NoData,
    Normal,
    Unknown,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// Its uid in Grafana; rules of data sources have none.
    pub(crate) uid: Option<String>,
    pub(crate) name: String,
    /// Folder and group, for people.
    pub(crate) place: String,
    /// The data source whose rule it is; nothing for rules of Grafana.
    pub(crate) source: Option<String>,
    pub(crate) state: State,
    pub(crate) labels: Labels,
    pub(crate) annotations: Labels,
    pub(crate) alerts: Vec<Alert>,
    /// Why it could not be evaluated.
    pub(crate) error: Option<String>,
    pub(crate) is_paused: bool,
}

/// An alert: a rule and a set of labels for which it was evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alert {
    pub(crate) state: State,
    pub(crate) labels: Labels,
    pub(crate) annotations: Labels,
    pub(crate) since: Option<Timestamp>,
    pub(crate) value: Option<String>,
    /// Nobody is notified of it.
    #[serde(default)]
    pub(crate) silence: Option<SilenceNote>,
}

/// Names and states of rules, with the labels and states of their alerts.
pub(crate) type Outline<'a> = Vec<(&'a str, State, Vec<(&'a Labels, State, bool)>)>;

/// What is known of the rules of an instance of Grafana.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct HostAlerts {
    /// When it was asked last.
    pub(crate) tried_at: Option<Timestamp>,
    /// When it answered last.
    pub(crate) known_at: Option<Timestamp>,
    /// Why it did not answer when it was asked last.
    pub(crate) trouble: Option<Trouble>,
    pub(crate) rules: Vec<Rule>,
}

/// A rule of an entity with those of its alerts that belong to the entity.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Owned<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) alerts: Vec<&'a Alert>,
    pub(crate) state: State,
}

impl HostAlerts {
    /// The rules that a selector means, the worst first, each once.
    pub(crate) fn of(&self, selector: &AlertSelector) -> Vec<Owned<'_>> {
        owned_of(self.rules.iter(), selector)
    }

    /// How many alerts of a selector are firing, and how many of its rules cannot be evaluated.
    pub(crate) fn counts(&self, selector: &AlertSelector) -> Counts {
        let owned = self.rules.iter().filter_map(|rule| owned(rule, selector));
        counts_of(&owned.collect::<Vec<_>>())
    }

    /// What people would notice: which alerts are in which state.
    pub(crate) fn outline(&self) -> Outline<'_> {
        self.rules
            .iter()
            .map(|rule| {
                let states = rule
                    .alerts
                    .iter()
                    .map(|alert| (&alert.labels, alert.state, alert.silence.is_some()))
                    .collect();
                (rule.name.as_str(), rule.state, states)
            })
            .collect()
    }
}

/// Numbers for the head of an entity's page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) firing: usize,
    /// Firing, and nobody is notified of it.
    pub(crate) silenced: usize,
    pub(crate) failed: usize,
}

impl Rule {
    /// Whether it or one of its alerts is in a state that people should look at.
    pub(crate) fn may_be_loud(&self) -> bool {
        let mut states = std::iter::once(self.state).chain(self.alerts.iter().map(|alert| alert.state));
        states.any(|state| state <= State::Recovering)
    }
}

impl Owned<'_> {
    /// How many alerts are firing and not silenced. A rule of which only the state is known counts as one.
    pub(crate) fn firing(&self) -> usize {
        let firing = self.alerts.iter().filter(|alert| alert.state == State::Firing);
        let (silenced, loud): (Vec<&&Alert>, Vec<&&Alert>) =
            firing.partition(|alert| alert.silence.is_some());
        let is_firing = self.state == State::Firing && silenced.is_empty();
        loud.len().max(usize::from(is_firing))
    }

    /// How many alerts are firing and silenced.
    pub(crate) fn silenced(&self) -> usize {
        let silenced = |alert: &&&Alert| alert.state == State::Firing && alert.silence.is_some();
        self.alerts.iter().filter(silenced).count()
    }

    /// The silence of a rule all of whose alerts that would be loud are silenced.
    pub(crate) fn silence(&self) -> Option<&SilenceNote> {
        let mut loud = self
            .alerts
            .iter()
            .filter(|alert| alert.state <= State::Pending)
            .peekable();
        let first = loud.peek()?.silence.as_ref();
        first.filter(|_| loud.all(|alert| alert.silence.is_some()))
    }

    /// Whether people should look.
    pub(crate) fn is_loud(&self) -> bool {
        let is_loud = matches!(
            self.state,
            State::Firing | State::Failed | State::Pending | State::Recovering
        );
        is_loud && self.silence().is_none()
    }
}

/// Those of the rules that a selector means, the worst first.
pub(crate) fn owned_of<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    selector: &AlertSelector,
) -> Vec<Owned<'a>> {
    let mut found: Vec<Owned<'a>> = rules.filter_map(|rule| owned(rule, selector)).collect();
    found.sort_by(|one, other| (one.state, &one.rule.name).cmp(&(other.state, &other.rule.name)));
    found
}

/// How many alerts of these rules are firing, and how many of the rules cannot be evaluated.
pub(crate) fn counts_of(owned: &[Owned<'_>]) -> Counts {
    owned.iter().fold(Counts::default(), |counts, owned| Counts {
        firing: counts.firing + owned.firing(),
        silenced: counts.silenced + owned.silenced(),
        failed: counts.failed + usize::from(owned.state == State::Failed),
    })
}

/// A rule belongs to a selector by its own labels, with all its alerts, or by the labels of some of its alerts.
fn owned<'a>(rule: &'a Rule, selector: &AlertSelector) -> Option<Owned<'a>> {
    let fits = |labels: &Labels| {
        selector
            .any
            .iter()
            .any(|pairs| pairs.iter().all(|pair| pair.fits(labels)))
    };
    let is_whole = fits(&rule.labels);
    let alerts: Vec<&Alert> = rule
        .alerts
        .iter()
        .filter(|alert| is_whole || fits(&alert.labels))
        .collect();
    if !is_whole && alerts.is_empty() {
        return None;
    }
    let state = state(rule, &alerts);
    Some(Owned { rule, alerts, state })
}

/// The worst state of alerts; without any, that of the rule. Missing data counts only where all alerts lack it.
fn state(rule: &Rule, alerts: &[&Alert]) -> State {
    let lacks_all = alerts.iter().all(|alert| alert.state == State::NoData);
    let states = alerts.iter().map(|alert| alert.state);
    let worst = states.filter(|state| lacks_all || *state != State::NoData).min();
    worst.unwrap_or(rule.state)
}

#[cfg(test)]
mod tests;
