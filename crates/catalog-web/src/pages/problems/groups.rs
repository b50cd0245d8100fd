//! Things that are wrong for the same reason and are mended in the same way.

use std::collections::BTreeMap;

use catalog::Finding;
use model::{Cause, EntityRef, Health, Problem};
use ui::plain_words;
use url::Url;

/// What a group has in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// How bad it is.
    pub(crate) health: Health,
    /// Why.
    pub(crate) cause: Cause,
    /// What else is the same: a host, a rule, a kind, a file. May be empty.
    pub(crate) same: String,
}

impl Key {
    /// The key of the group that a thing belongs to.
    pub(crate) fn of(finding: &Finding) -> Self {
        let kind = || {
            let reference = finding.subject.parse::<EntityRef>();
            reference
                .map(|reference| reference.kind().to_owned())
                .unwrap_or_default()
        };
        let file = || {
            let place = finding.problem.place.as_ref();
            place.map(|place| place.source.clone()).unwrap_or_default()
        };
        let same = match finding.cause {
            Cause::IncludeUnread => host(&finding.problem).unwrap_or_default(),
            Cause::Invalid => plain_words(&finding.problem.fault).replace(&finding.subject, "the entity"),
            Cause::NotAllowed | Cause::MissingReference => kind(),
            Cause::Conflict | Cause::Duplicate => file(),
            Cause::SourceUnread | Cause::Ancestor => finding.problem.hint.clone().unwrap_or_default(),
            Cause::Orphaned => finding.origin.clone().unwrap_or_default(),
        };
        Self {
            health: finding.health,
            cause: finding.cause,
            same,
        }
    }

    /// The heading of the group.
    pub(crate) fn title(&self) -> String {
        match self.cause {
            Cause::IncludeUnread if !self.same.is_empty() => {
                format!("Included files at `{}` cannot be read", self.same)
            }
            Cause::Invalid if !self.same.is_empty() => self.same.clone(),
            Cause::NotAllowed => format!("The kind `{}` is not allowed here", self.same),
            Cause::MissingReference => format!("References to a `{}` that is not in the catalog", self.same),
            _ => self.cause.title().to_owned(),
        }
    }
}

/// The host whose file could not be read.
fn host(problem: &Problem) -> Option<String> {
    let text = problem.fault.describe();
    let at = text.find("https://").or_else(|| text.find("http://"))?;
    let address = text[at..]
        .split(|c: char| c.is_whitespace() || "'\",;)".contains(c))
        .next()?;
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}

/// Groups of things, those that hurt most first, each with its things in their order.
pub(crate) fn grouped(findings: Vec<Finding>) -> Vec<(Key, Vec<Finding>)> {
    let mut groups: BTreeMap<Key, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(Key::of(&finding)).or_default().push(finding);
    }
    let mut groups: Vec<(Key, Vec<Finding>)> = groups.into_iter().collect();
    groups.sort_by(|(left, of_left), (right, of_right)| {
        let hurt = |findings: &[Finding]| {
            let affected: usize = findings.iter().map(|finding| finding.affected_total).sum();
            std::cmp::Reverse(affected + findings.len())
        };
        (left.health, left.cause, hurt(of_left))
            .cmp(&(right.health, right.cause, hurt(of_right)))
            .then_with(|| left.same.cmp(&right.same))
    });
    groups
}

/// The fix that all of a group have in common, if they have one.
pub(crate) fn common_fix<'a>(cause: Cause, problems: impl Iterator<Item = &'a Problem>) -> String {
    let mut hints = problems.map(|problem| problem.hint.as_deref());
    let first = hints.next().flatten();
    match first.filter(|first| hints.all(|hint| hint == Some(*first))) {
        Some(hint) => hint.to_owned(),
        None => cause.remedy().to_owned(),
    }
}
