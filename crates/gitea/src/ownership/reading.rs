//! One look at a repository: its `CODEOWNERS` at the newest commit of its default branch.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Fault, FaultKind};
use scm::codeowners::{CodeOwners, Syntax};
use scm::gitea::{Gitea, OwnersRead, Repository};

use super::repositories::KnownRepository;
use super::tables::{OwnersRow, Summary};

/// A repository that was pushed to so shortly before a look may have been pushed to again within the same second.
const UNSETTLED: SignedDuration = SignedDuration::from_secs(5);
/// How long a repository that no provider lists is taken to be as it was, unless a push says otherwise.
const LOOKED_AT_FOR: SignedDuration = SignedDuration::from_mins(58);
/// Most names of a file that are kept in short.
const MAX_NAMES: usize = 500;

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing was asked: the server's list says that nobody pushed.
    Untouched,
    /// The file is as it was, or could not be read.
    Noted(OwnersRow),
    /// The file was read.
    Read(OwnersRow, Option<String>),
    /// The repository is not there, or not shown any more.
    Gone,
}

/// Looks at a repository. `is_pushed` says that the list may not know yet what was pushed.
pub(crate) async fn look(
    gitea: &Gitea,
    known: &KnownRepository,
    before: Option<&OwnersRow>,
    (is_pushed, now): (bool, Timestamp),
) -> Look {
    let is_fresh = |before: &OwnersRow| match &known.listed {
        Some(listed) => is_settled(listed, before),
        // Nobody lists it: it is asked for now and then.
        None => before.trouble.is_none() && now.duration_since(before.checked_at) < LOOKED_AT_FOR,
    };
    if !is_pushed && before.is_some_and(is_fresh) {
        return Look::Untouched;
    }
    match read(gitea, known, before, now).await {
        Ok(look) => look,
        Err(fault) => {
            let row = OwnersRow {
                host: known.host.clone(),
                trouble: Some(fault.message),
                checked_at: now,
                // What was not read is looked at again.
                version: None,
                ..before.cloned().unwrap_or_else(|| OwnersRow {
                    full_name: known.full_name.clone(),
                    ..OwnersRow::default()
                })
            };
            if before.is_some() {
                Look::Noted(row)
            } else {
                Look::Read(row, None)
            }
        }
    }
}

fn is_settled(listed: &Repository, before: &OwnersRow) -> bool {
    let pushed = listed.updated_at.parse::<Timestamp>();
    before.version.as_deref() == Some(listed.updated_at.as_str())
        && before.branch == listed.default_branch
        && before.trouble.is_none()
        && pushed.is_ok_and(|pushed| before.checked_at.duration_since(pushed) > UNSETTLED)
}

async fn read(
    gitea: &Gitea,
    known: &KnownRepository,
    before: Option<&OwnersRow>,
    now: Timestamp,
) -> Result<Look, Fault> {
    let repository = if let Some(listed) = &known.listed {
        listed.clone()
    } else {
        let (owner, name) = known.full_name.split_once('/').unwrap_or_default();
        match gitea.repository(owner, name).await? {
            Some(repository) => repository,
            None => return Ok(Look::Gone),
        }
    };
    let branch = if repository.empty {
        ""
    } else {
        repository.default_branch.as_str()
    };
    let row = OwnersRow {
        host: known.host.clone(),
        // A renamed repository is found by the name that descriptors still have.
        full_name: known.full_name.clone(),
        branch: branch.to_owned(),
        version: Some(repository.updated_at.clone()),
        checked_at: now,
        ..OwnersRow::default()
    };
    if branch.is_empty() {
        return Ok(Look::Read(row, None));
    }
    let commit = before
        .filter(|before| before.branch == branch)
        .and_then(|before| before.commit.as_deref());
    match gitea.owners_file(&repository, branch, commit).await {
        Ok(OwnersRead::Same) => Ok(before.map_or(Look::Untouched, |before| {
            Look::Noted(OwnersRow {
                version: row.version,
                checked_at: now,
                trouble: None,
                ..before.clone()
            })
        })),
        Ok(OwnersRead::NoBranch) => Ok(Look::Read(
            OwnersRow {
                branch: String::new(),
                ..row
            },
            None,
        )),
        Ok(OwnersRead::Read(file)) => {
            let row = OwnersRow {
                commit: Some(file.commit),
                ..row
            };
            Ok(with_file(row, file.file).await)
        }
        Err(fault) if fault.is(&FaultKind::NotFound) && known.listed.is_none() => Ok(Look::Gone),
        Err(fault) => Err(fault),
    }
}

/// Judging all expressions of a large file takes a while.
async fn with_file(row: OwnersRow, file: Option<(String, String)>) -> Look {
    let Some((path, text)) = file else {
        return Look::Read(row, None);
    };
    let judged = text.clone();
    let summary = tokio::task::spawn_blocking(move || summary(&judged)).await;
    let (summary, trouble) = match summary {
        Ok(Ok(summary)) => (summary, None),
        Ok(Err(reason)) => (Summary::default(), Some(reason)),
        Err(error) => (Summary::default(), Some(error.to_string())),
    };
    let row = OwnersRow {
        path: Some(path),
        summary,
        trouble,
        ..row
    };
    Look::Read(row, Some(text))
}

/// What a file says in short; why it is not used.
pub(crate) fn summary(text: &str) -> Result<Summary, String> {
    let file =
        CodeOwners::parse(text, Syntax::Gitea).map_err(|error| format!("CODEOWNERS is not used: {error}"))?;
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for rule in file.rules() {
        for owner in &rule.owners {
            names.entry(owner).or_insert(rule.line);
        }
    }
    let mut names: Vec<(String, u32)> = names
        .into_iter()
        .map(|(name, line)| (name.to_owned(), line))
        .collect();
    names.sort_by_key(|(_, line)| *line);
    names.truncate(MAX_NAMES);
    Ok(Summary {
        rules: file.rules().len(),
        names,
        unusable: file.unusable(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_short() {
        let summary = summary("# who\n.* @ada @shop/web\nlonely\ndocs/.* @ada\n**/x @bob\n").unwrap();
        assert_eq!(summary.rules, 3);
        let names: Vec<(&str, u32)> = summary
            .names
            .iter()
            .map(|(name, line)| (name.as_str(), *line))
            .collect();
        assert_eq!(names, [("@ada", 2), ("@shop/web", 2), ("@bob", 5)]);
        let lines: Vec<u32> = summary.unusable.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn a_list_that_stays_the_same_spares_the_look() {
        let listed = Repository {
            updated_at: "2026-11-24T08:00:00Z".to_owned(),
            default_branch: "main".to_owned(),
            ..Repository::default()
        };
        let row = |checked: &str, branch: &str, trouble: Option<&str>| OwnersRow {
            version: Some(listed.updated_at.clone()),
            branch: branch.to_owned(),
            trouble: trouble.map(str::to_owned),
            checked_at: checked.parse().unwrap(),
            ..OwnersRow::default()
        };
        assert!(is_settled(&listed, &row("2026-11-24T08:01:00Z", "main", None)));
        assert!(!is_settled(&listed, &row("2026-11-24T08:00:03Z", "main", None)));
        assert!(!is_settled(&listed, &row("2026-11-24T08:01:00Z", "trunk", None)));
        assert!(!is_settled(
            &listed,
            &row("2026-11-24T08:01:00Z", "main", Some("away"))
        ));
    }
}
