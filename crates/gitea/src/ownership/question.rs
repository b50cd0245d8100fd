//! Who owns one path: the rules of `CODEOWNERS` that count for it, the nearest descriptor above it, and where the two disagree.

use std::collections::HashMap;

use catalog::{Sight, View, store_fault};
use jiff::Timestamp;
use model::{Clock, EntityRef, Fault, SystemClock, entity};
use scm::codeowners::{CodeOwners, Rule, Syntax};
use scm::gitea::{AtPath, Gitea};
use store::Lane;
use ui::href::encode;

use super::described::{DescribedEntity, described};
use super::names::{Entities, NameStanding};
use super::reading::{Look, look};
use super::repositories::{KnownRepository, key};
use super::tables::{self, OwnersRow};
use super::{Owners, PathPlace};

/// Most entries of a folder whose owners are said.
const MAX_ENTRIES: usize = 200;

/// What `CODEOWNERS` says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathOwners {
    /// What is known of the repository.
    pub row: OwnersRow,
    /// The rules that count, in the order of the file.
    pub rules: Vec<Rule>,
}

/// The answer for one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub host: String,
    pub full_name: String,
    /// The repository's page.
    pub page: String,
    /// The default branch, whose file counts.
    pub branch: String,
    /// The path; that of a folder ends with a slash.
    pub path: String,
    /// There is something at the path; nothing where that could not be found out.
    pub is_there: Option<bool>,
    /// The path of the file, its address, the commit and when it was looked at.
    pub file: Option<(String, String, String)>,
    pub checked_at: Timestamp,
    /// Why the file could not be read.
    pub trouble: Option<String>,
    pub rules: Vec<Matched>,
    /// The owners of all rules, each once.
    pub owners: Vec<NameStanding>,
    /// The nearest descriptor above the path, with its entities.
    pub descriptor: Option<Descriptor>,
    pub verdict: Verdict,
    /// Owners of what lies in the folder.
    pub entries: Vec<EntryOwners>,
}

/// A rule that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matched {
    pub rule: Rule,
    /// The line's address.
    pub address: String,
}

/// A descriptor with the entities that it declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub path: String,
    pub address: String,
    pub entities: Vec<DescribedEntity>,
    /// Which of the owners are in the catalog, with their titles; owners that are hidden are left out.
    pub owners: HashMap<EntityRef, Option<String>>,
    /// Owners that may not be seen.
    pub hidden: Vec<EntityRef>,
}

/// The owners of an entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryOwners {
    pub name: String,
    pub is_folder: bool,
    pub owners: Vec<String>,
}

/// What the two say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The entities' owner is among those that the file names, or one of these belongs to it.
    Agree,
    /// These entities belong to somebody that the file does not name.
    Disagree(Vec<(EntityRef, EntityRef)>),
    /// Only the file names owners.
    OnlyFile,
    /// Only entities have owners.
    OnlyEntity,
    /// Nobody owns it.
    Nobody,
    /// What would decide it may not be seen.
    Unclear,
}

impl Owners {
    /// What `CODEOWNERS` says about a path of a repository; a folder ends with a slash. A repository that nobody asked about yet
    /// is read now.
    pub(crate) async fn owners_of(
        &self,
        host: &str,
        full_name: &str,
        path: &str,
    ) -> Result<PathOwners, Fault> {
        let (row, content) = self.known(host, full_name).await?;
        let Some(content) = content else {
            return Ok(PathOwners {
                row,
                rules: Vec::new(),
            });
        };
        let path = path.to_owned();
        // All expressions of the file are compiled for it.
        let found = tokio::task::spawn_blocking(move || rules(&content, &path)).await;
        let rules = found.map_err(|error| Fault::error(error.to_string()))?;
        Ok(PathOwners { row, rules })
    }

    /// The answer for a path, as far as a sight shows entities.
    pub(crate) async fn answer(
        &self,
        place: &PathPlace,
        path: Option<&str>,
        sight: &Sight,
    ) -> Result<Answer, Fault> {
        let gitea = self.client(&place.host)?;
        let (row, content) = self.known(&place.host, &place.full_name).await?;
        let wanted = path.map_or_else(|| place.path(&row.branch), str::to_owned);
        let wanted = wanted.trim_start_matches('/');
        let at_path = self.at_path(gitea, &row, wanted).await;
        let path = written(wanted, at_path.as_ref().ok(), place.is_folder);
        let rules = self.owners_of(&place.host, &place.full_name, &path).await?.rules;
        let entries = entries(content.unwrap_or_default(), &path, at_path.as_ref().ok()).await?;
        let view = self.catalog.seen_by(sight);
        let owners = self.standings(view, &place.host, &rules).await?;
        let descriptor = self.nearest(&view, &row, &path);
        let verdict = verdict(&view, &rules, &owners, descriptor.as_ref()).await?;
        let address = |file: &str, line| file_address(gitea, &row, file, line);
        let matched = |rule: Rule| Matched {
            address: address(row.path.as_deref().unwrap_or_default(), Some(rule.line)),
            rule,
        };
        let commit = row.commit.clone().unwrap_or_default();
        let file = row.path.as_deref();
        Ok(Answer {
            host: row.host.clone(),
            page: gitea.page(&row.full_name),
            full_name: row.full_name.clone(),
            branch: row.branch.clone(),
            path,
            is_there: at_path.ok().map(|at_path| at_path != AtPath::Nothing),
            file: file.map(|file| (file.to_owned(), address(file, None), commit)),
            checked_at: row.checked_at,
            trouble: row.trouble.clone(),
            rules: rules.into_iter().map(matched).collect(),
            owners,
            descriptor,
            verdict,
            entries,
        })
    }

    /// What is known of the owners that rules name.
    async fn standings(
        &self,
        view: View<'_>,
        host: &str,
        rules: &[Rule],
    ) -> Result<Vec<NameStanding>, Fault> {
        let names = async { tables::names(&mut self.store.read().await?).await };
        let names = names.await.map_err(|error| store_fault(&error))?;
        let at_server = |name: &str| {
            let known = names.get(&(host.to_owned(), name.trim_start_matches('@').to_lowercase()));
            known.and_then(|(is_known, _)| *is_known)
        };
        Ok(Entities::new(view).standings(host, distinct(rules), at_server))
    }

    fn client(&self, host: &str) -> Result<&Gitea, Fault> {
        self.hosts.client(host).ok_or_else(|| {
            let hosts = self.hosts.names().join(", ");
            Fault::input(format!(
                "{host} is none of the hosts of integrations.gitea: {hosts}"
            ))
        })
    }

    /// What is known of a repository, and the text of its file.
    async fn known(&self, host: &str, full_name: &str) -> Result<(OwnersRow, Option<String>), Fault> {
        let known = async { tables::one(&mut self.store.read().await?, host, full_name).await };
        if let Some(known) = known.await.map_err(|error| store_fault(&error))? {
            return Ok(known);
        }
        let gitea = self.client(host)?;
        let repository = KnownRepository {
            host: host.to_owned(),
            full_name: full_name.to_owned(),
            listed: None,
        };
        match look(gitea, &repository, None, (true, SystemClock.now())).await {
            Look::Read(row, content) => {
                // The next question need not ask the server.
                let keep = async {
                    let mut tx = self.store.write_unordered(Lane::Person).await?;
                    tables::put(&mut tx, &row, content.as_deref()).await?;
                    tx.commit().await
                };
                keep.await.map_err(|error| store_fault(&error))?;
                Ok((row, content))
            }
            _ => Err(Fault::not_found(format!(
                "{host} has no repository {full_name} that the token sees"
            ))),
        }
    }

    async fn at_path(&self, gitea: &Gitea, row: &OwnersRow, path: &str) -> Result<AtPath, Fault> {
        if row.branch.is_empty() {
            return Ok(AtPath::Nothing);
        }
        let repository = scm::gitea::Repository {
            full_name: row.full_name.clone(),
            ..scm::gitea::Repository::default()
        };
        gitea.at_path(&repository, &row.branch, path).await
    }

    /// The nearest descriptor above a path.
    fn nearest(&self, view: &View<'_>, row: &OwnersRow, path: &str) -> Option<Descriptor> {
        let own = key(&row.host, &row.full_name);
        let within = |folder: &str| folder.is_empty() || path.starts_with(&format!("{folder}/"));
        let mut entities: Vec<(String, DescribedEntity)> = described(view, &self.hosts)
            .into_iter()
            .filter(|entity| key(&entity.host, &entity.full_name) == own)
            .map(|entity| (entity.folder(&row.branch), entity))
            .filter(|(folder, _)| within(folder))
            .collect();
        let deepest = entities.iter().map(|(folder, _)| folder.len()).max()?;
        entities.retain(|(folder, _)| folder.len() == deepest);
        let entities: Vec<DescribedEntity> = entities.into_iter().map(|(_, entity)| entity).collect();
        let named = view.known(entities.iter().filter_map(|one| one.owner.entity()));
        let (mut owners, mut hidden) = (HashMap::new(), Vec::new());
        for (reference, known) in named {
            match known {
                catalog::browse::Known::Seen(head) => _ = owners.insert(reference, head.title),
                catalog::browse::Known::Hidden => hidden.push(reference),
                catalog::browse::Known::Missing => {}
            }
        }
        let first = entities.first()?;
        Some(Descriptor {
            path: first.place.path(&row.branch),
            address: first.address.clone(),
            entities,
            owners,
            hidden,
        })
    }
}

fn rules(text: &str, path: &str) -> Vec<Rule> {
    let file = CodeOwners::parse(text, Syntax::Gitea);
    file.map(|file| file.applied(path).into_iter().cloned().collect())
        .unwrap_or_default()
}

/// A path as rules are asked: that of a folder ends with a slash.
fn written(path: &str, at_path: Option<&AtPath>, is_folder: bool) -> String {
    let is_folder = match at_path {
        Some(AtPath::Folder(_)) => true,
        Some(AtPath::File) => false,
        Some(AtPath::Nothing) | None => is_folder || path.ends_with('/'),
    };
    match path.trim_end_matches('/') {
        folder if is_folder && !folder.is_empty() => format!("{folder}/"),
        path => path.to_owned(),
    }
}

/// The owners of what lies in a folder.
async fn entries(text: String, folder: &str, at_path: Option<&AtPath>) -> Result<Vec<EntryOwners>, Fault> {
    let Some(AtPath::Folder(entries)) = at_path else {
        return Ok(Vec::new());
    };
    let entries: Vec<(String, bool)> = entries.iter().take(MAX_ENTRIES).cloned().collect();
    let folder = folder.to_owned();
    let found = tokio::task::spawn_blocking(move || of_entries(&text, &folder, entries)).await;
    found.map_err(|error| Fault::error(error.to_string()))
}

fn of_entries(text: &str, folder: &str, entries: Vec<(String, bool)>) -> Vec<EntryOwners> {
    let Ok(file) = CodeOwners::parse(text, Syntax::Gitea) else {
        return Vec::new();
    };
    let of_entry = |(name, is_folder): (String, bool)| {
        let slash = if is_folder { "/" } else { "" };
        let rules: Vec<Rule> = file
            .applied(&format!("{folder}{name}{slash}"))
            .into_iter()
            .cloned()
            .collect();
        EntryOwners {
            owners: distinct(&rules).into_iter().map(str::to_owned).collect(),
            name,
            is_folder,
        }
    };
    entries.into_iter().map(of_entry).collect()
}

fn distinct(rules: &[Rule]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for owner in rules.iter().flat_map(|rule| &rule.owners) {
        if !names.iter().any(|name| name.eq_ignore_ascii_case(owner)) {
            names.push(owner);
        }
    }
    names
}

/// The page of a file of the default branch, at a line.
pub(crate) fn file_address(gitea: &Gitea, row: &OwnersRow, file: &str, line: Option<u32>) -> String {
    let encoded = |text: &str| text.split('/').map(encode).collect::<Vec<_>>().join("/");
    let page = gitea.page(&row.full_name);
    let line = line.map_or_else(String::new, |line| format!("#L{line}"));
    format!(
        "{page}/src/branch/{}/{}{line}",
        encoded(&row.branch),
        encoded(file)
    )
}

async fn verdict(
    view: &View<'_>,
    rules: &[Rule],
    names: &[NameStanding],
    descriptor: Option<&Descriptor>,
) -> Result<Verdict, Fault> {
    let entities = descriptor
        .map(|descriptor| descriptor.entities.as_slice())
        .unwrap_or_default();
    let owned: Vec<(&EntityRef, &EntityRef)> = entities
        .iter()
        .filter_map(|one| Some((&one.reference, one.owner.entity()?)))
        .collect();
    match (rules.is_empty(), owned.is_empty()) {
        (true, true) => return Ok(Verdict::Nobody),
        (false, true) => return Ok(Verdict::OnlyFile),
        (true, false) => return Ok(Verdict::OnlyEntity),
        (false, false) => {}
    }
    let named: Vec<EntityRef> = names
        .iter()
        .filter_map(|name| name.entity.as_ref().map(|(entity, _)| entity.clone()))
        .collect();
    let mut groups: Vec<EntityRef> = Vec::new();
    for person in view.entities(&named).await?.iter().flatten() {
        let memberships = entity::relations(person).filter(|(kind, _)| *kind == "memberOf");
        groups.extend(memberships.filter_map(|(_, group)| group.parse().ok()));
    }
    let is_named = |owner: &EntityRef| named.contains(owner) || groups.contains(owner);
    let strangers: Vec<(EntityRef, EntityRef)> = owned
        .into_iter()
        .filter(|(_, owner)| !is_named(owner))
        .map(|(entity, owner)| (entity.clone(), owner.clone()))
        .collect();
    let is_hidden =
        |owner: &EntityRef| descriptor.is_some_and(|descriptor| descriptor.hidden.contains(owner));
    Ok(if strangers.is_empty() {
        Verdict::Agree
    } else if names.iter().any(|name| name.is_hidden) || strangers.iter().any(|(_, owner)| is_hidden(owner)) {
        Verdict::Unclear
    } else {
        Verdict::Disagree(strangers)
    })
}
