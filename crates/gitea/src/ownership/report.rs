//! All repositories, and what is wrong with their owners.

use std::collections::{BTreeMap, HashMap};

use catalog::browse::Known;
use catalog::{Sight, store_fault};
use model::{EntityRef, Fault};
use url::form_urlencoded;

use super::Owners;
use super::described::{DescribedEntity, EntityOwner, described};
use super::names::{Entities, NameStanding};
use super::question::file_address;
use super::repositories::key;
use super::tables::{self, OwnersRow};
use crate::people;

/// Repositories on one page.
pub(crate) const PAGE: usize = 50;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FindingKind {
    /// `spec.owner` names an entity that is not there.
    OwnerGone,
    /// `CODEOWNERS` names somebody whom the server does not know.
    NameUnknown,
    /// There is neither a file nor an entity.
    NoOwner,
    /// `CODEOWNERS` names somebody who is not in the catalog.
    NotInCatalog,
    /// The server skips a line of the file.
    LineSkipped,
    /// The repository could not be read.
    NotRead,
}

impl FindingKind {
    /// All of them, each with its word in addresses and its words for people.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::OwnerGone, "owner-gone", "Owner is gone"),
        (Self::NameUnknown, "name-unknown", "Name unknown in Gitea"),
        (Self::NoOwner, "no-owner", "No owner"),
        (Self::NotInCatalog, "not-in-catalog", "Not in the catalog"),
        (Self::LineSkipped, "line-skipped", "Line without effect"),
        (Self::NotRead, "not-read", "Not read"),
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(_, word, _)| word)
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(.., words)| words)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub kind: FindingKind,
    /// What exactly, as a sentence without a full stop.
    pub text: String,
    /// Where: a line of the file, or a descriptor.
    pub address: Option<String>,
    /// The entity that it is about.
    pub entity: Option<EntityRef>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub host: String,
    pub full_name: String,
    pub page: String,
    /// Path and address of the file.
    pub file: Option<(String, String)>,
    /// Entities whose descriptors lie in it, with their titles.
    pub entities: Vec<(EntityRef, Option<String>)>,
    pub findings: Vec<Finding>,
}

/// Which repositories are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReportQuestion {
    /// Only with this finding.
    pub finding: Option<FindingKind>,
    /// Part of the repository's name.
    pub text: String,
    /// Also repositories without a finding.
    pub all: bool,
    /// Repositories before the page.
    pub start: usize,
}

/// The repositories of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub lines: Vec<Line>,
    /// Repositories on all pages.
    pub total: usize,
    /// Repositories that are known.
    pub known: usize,
    /// Repositories with each finding.
    pub counts: BTreeMap<FindingKind, usize>,
}

impl ReportQuestion {
    /// Reads a query string.
    pub fn parse(query: &str) -> Result<Self, Fault> {
        let mut question = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*name {
                "finding" if !value.is_empty() => {
                    let known = FindingKind::ALL.iter().find(|(_, word, _)| *word == value);
                    let (kind, ..) = known.ok_or_else(|| {
                        let words: Vec<&str> = FindingKind::ALL.iter().map(|(_, word, _)| *word).collect();
                        Fault::input(format!(
                            "finding '{value}' is unknown, expected one of {}",
                            words.join(", ")
                        ))
                    })?;
                    question.finding = Some(*kind);
                }
                "q" => value.clone_into(&mut question.text),
                "all" => question.all = value == "true",
                "start" => {
                    question.start = value
                        .parse()
                        .map_err(|_| Fault::input(format!("start '{value}' is no number")))?;
                }
                _ => {}
            }
        }
        Ok(question)
    }

    /// How many fields of the form are set.
    pub fn filters(&self) -> usize {
        usize::from(self.finding.is_some()) + usize::from(!self.text.is_empty()) + usize::from(self.all)
    }

    fn is_for(&self, line: &Line) -> bool {
        let has = |kind: FindingKind| line.findings.iter().any(|finding| finding.kind == kind);
        line.full_name.to_lowercase().contains(&self.text.to_lowercase())
            && self.finding.is_none_or(has)
            && (self.all || !line.findings.is_empty())
    }
}

/// What is needed to judge repositories.
struct Judging<'a> {
    owners: &'a Owners,
    entities: Entities<'a>,
    names: HashMap<(String, String), (Option<bool>, jiff::Timestamp)>,
    renamed: HashMap<String, String>,
    /// What the view knows of the owners of entities.
    known: catalog::browse::Named,
    sees_everything: bool,
}

/// Names of users and teams by host: whether the server knows each, and when it was asked.
type KnownNames = HashMap<(String, String), (Option<bool>, jiff::Timestamp)>;

impl Owners {
    /// The repositories of a page, as far as a sight shows entities.
    pub(crate) async fn report(&self, question: &ReportQuestion, sight: &Sight) -> Result<Report, Fault> {
        let read = async {
            let mut session = self.store.read().await?;
            let names = tables::names(&mut session).await?;
            let renamed = people::tables::renamed(&mut session).await?;
            Ok((tables::all(&mut session).await?, names, renamed))
        };
        let (rows, names, renamed) = read.await.map_err(|error| store_fault(&error))?;
        let (owners, sight, question) = (self.clone(), sight.clone(), question.clone());
        // All entities and repositories are gone through.
        self.catalog
            .run_slow(move |_| owners.judge_all(rows, (names, renamed), &question, &sight))
            .await
    }

    fn judge_all(
        &self,
        rows: Vec<OwnersRow>,
        (names, renamed): (KnownNames, HashMap<String, String>),
        question: &ReportQuestion,
        sight: &Sight,
    ) -> Report {
        let view = self.catalog.seen_by(sight);
        let mut by_repository: HashMap<(String, String), Vec<DescribedEntity>> = HashMap::new();
        let all = described(&view, &self.hosts);
        let known = view.known(all.iter().filter_map(|one| one.owner.entity()));
        for entity in all {
            by_repository
                .entry(key(&entity.host, &entity.full_name))
                .or_default()
                .push(entity);
        }
        let judging = Judging {
            owners: self,
            entities: Entities::new(view),
            names,
            renamed,
            known,
            sees_everything: sight.is_everything(),
        };
        let mut report = Report {
            known: rows.len(),
            ..Report::default()
        };
        for row in rows {
            let entities = by_repository
                .remove(&key(&row.host, &row.full_name))
                .unwrap_or_default();
            let line = judging.line(&row, entities);
            for (kind, ..) in FindingKind::ALL {
                let has = line.findings.iter().any(|finding| finding.kind == kind);
                *report.counts.entry(kind).or_default() += usize::from(has);
            }
            if question.is_for(&line) {
                report.total += 1;
                let is_on_page = report.total > question.start && report.lines.len() < PAGE;
                report.lines.extend(is_on_page.then_some(line));
            }
        }
        report
    }
}

impl Judging<'_> {
    fn line(&self, row: &OwnersRow, entities: Vec<DescribedEntity>) -> Line {
        let gitea = self.owners.hosts.client(&row.host);
        let address = |line| {
            let file = row.path.as_deref()?;
            Some(file_address(gitea?, row, file, line))
        };
        let mut findings: Vec<Finding> = entities
            .iter()
            .filter_map(|entity| self.of_entity(entity))
            .collect();
        let names = row.summary.names.iter().map(|(name, _)| name.as_str());
        let at_server = |name: &str| {
            let known = self
                .names
                .get(&(row.host.clone(), name.trim_start_matches('@').to_lowercase()));
            known.and_then(|(is_known, _)| *is_known)
        };
        let standings = self.entities.standings(&row.host, names, at_server);
        for (standing, (_, line)) in standings.iter().zip(&row.summary.names) {
            findings.extend(of_name(standing, *line, address(Some(*line))));
        }
        findings.extend(row.summary.unusable.iter().map(|(line, reason)| Finding {
            kind: FindingKind::LineSkipped,
            text: format!("line {line}: {reason}"),
            address: address(Some(*line)),
            entity: None,
        }));
        if let Some(trouble) = &row.trouble {
            findings.push(plain(FindingKind::NotRead, trouble.clone()));
        } else if row.path.is_none() && entities.is_empty() && !row.branch.is_empty() {
            let seen = if self.sees_everything {
                ""
            } else {
                " that you may see"
            };
            findings.push(plain(
                FindingKind::NoOwner,
                format!("no CODEOWNERS, and no entity{seen}"),
            ));
        }
        findings.sort_by_key(|finding| finding.kind);
        Line {
            host: row.host.clone(),
            page: gitea.map(|gitea| gitea.page(&row.full_name)).unwrap_or_default(),
            full_name: row.full_name.clone(),
            file: row.path.clone().zip(address(None)),
            entities: entities
                .into_iter()
                .map(|entity| (entity.reference, entity.title))
                .collect(),
            findings,
        }
    }

    fn of_entity(&self, entity: &DescribedEntity) -> Option<Finding> {
        let text = match &entity.owner {
            EntityOwner::None => return None,
            EntityOwner::Unreadable(text) => format!("its owner '{text}' is no reference"),
            EntityOwner::Entity(owner) => {
                if self.known.get(owner) != Some(&Known::Missing) {
                    return None;
                }
                match self.renamed.get(&owner.to_string()) {
                    Some(new) => format!("its owner {owner} was renamed in Gitea; name {new}"),
                    None => format!("its owner {owner} is not in the catalog"),
                }
            }
        };
        Some(Finding {
            kind: FindingKind::OwnerGone,
            text,
            address: Some(entity.address.clone()),
            entity: Some(entity.reference.clone()),
        })
    }
}

fn of_name(standing: &NameStanding, line: u32, address: Option<String>) -> Option<Finding> {
    let (kind, text) = if standing.at_server == Some(false) {
        let text = format!("line {line}: Gitea knows no {}", standing.name);
        (FindingKind::NameUnknown, text)
    } else if standing.entity.is_none() && !standing.is_hidden {
        let text = format!("line {line}: {} would be {}", standing.name, standing.expected);
        (FindingKind::NotInCatalog, text)
    } else {
        return None;
    };
    Some(Finding {
        kind,
        text,
        address,
        entity: None,
    })
}

fn plain(kind: FindingKind, text: String) -> Finding {
    Finding {
        kind,
        text,
        address: None,
        entity: None,
    }
}
