//! Pushing a commit over smart HTTP: the first one of an empty repository, one on a new branch, or one on top of a branch; and
//! removing a branch.

use std::time::Duration;

use model::Fault;

use super::local::check_branch;
use super::objects::Objects;
use super::pack::pack;
use super::remote::{Branches, Remote, Service, line, lines, next_line};

/// Longest answer to a push.
const MAX_ANSWER: u64 = 4 << 20;
/// Longest time until the server has taken a commit.
const LONGEST: Duration = Duration::from_mins(5);
/// The name of no commit.
const NOTHING: &str = "0000000000000000000000000000000000000000";
/// Most letters of what the server says.
const MAX_SAID: usize = 500;

/// How a push went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The commit is there now.
    New,
    /// It was there already.
    Known,
}

/// Pushes the first commit of an empty repository. One that has exactly this commit at the branch is left as it is.
pub async fn push_first(remote: &Remote<'_>, branch: &str, objects: &Objects) -> Result<Pushed, Fault> {
    check_branch(branch)?;
    let branches = remote.branches(Service::Push).await?;
    if branches.heads.get(branch) == Some(&objects.commit()) {
        return Ok(Pushed::Known);
    }
    if let Some(known) = branches.heads.keys().next() {
        let known = if branches.heads.contains_key(branch) {
            branch
        } else {
            known
        };
        return Err(Fault::conflict(format!(
            "The branch {known} of {} has commits already that this task did not make; choose another name, or remove that \
             repository",
            remote.repository
        )));
    }
    send(remote, &branches, branch, NOTHING, objects).await
}

/// Pushes a commit to a branch that is at `before`, the commit on which it builds; without one to a branch that is not there yet.
/// A branch that has exactly this commit is left as it is.
pub async fn push(
    remote: &Remote<'_>,
    branch: &str,
    before: Option<&str>,
    objects: &Objects,
) -> Result<Pushed, Fault> {
    check_branch(branch)?;
    let branches = remote.branches(Service::Push).await?;
    let now = branches.heads.get(branch).map(String::as_str);
    if now == Some(&objects.commit()) {
        return Ok(Pushed::Known);
    }
    if now != before {
        let reason = match before {
            Some(_) => "was changed meanwhile; try the task again",
            None => {
                "is there already, with commits that this task did not make; choose another name, or remove it"
            }
        };
        return Err(Fault::conflict(format!(
            "The branch {branch} of {} {reason}",
            remote.repository
        )));
    }
    send(remote, &branches, branch, before.unwrap_or(NOTHING), objects).await
}

/// Removes a branch that is at a commit. Fails where it is at another one by now.
pub async fn remove(remote: &Remote<'_>, branch: &str, commit: &str) -> Result<(), Fault> {
    check_branch(branch)?;
    let branches = remote.branches(Service::Push).await?;
    order(remote, &branches, (branch, commit, NOTHING), &[]).await
}

async fn send(
    remote: &Remote<'_>,
    branches: &Branches,
    branch: &str,
    before: &str,
    objects: &Objects,
) -> Result<Pushed, Fault> {
    let change = (branch, before, &*objects.commit());
    order(remote, branches, change, &pack(objects)?).await?;
    Ok(Pushed::New)
}

/// Has a server move a branch from one commit to another, with the objects that it needs for that.
async fn order(
    remote: &Remote<'_>,
    branches: &Branches,
    (branch, before, after): (&str, &str, &str),
    objects: &[u8],
) -> Result<(), Fault> {
    let reference = format!("refs/heads/{branch}");
    let is_banded = branches.can("side-band-64k");
    let bands = if is_banded { " side-band-64k" } else { "" };
    let mut body = line(&format!(
        "{before} {after} {reference}\0report-status{bands} agent=backstage\n"
    ));
    body.extend_from_slice(b"0000");
    body.extend_from_slice(objects);
    let answer = remote.ask(Service::Push, body, MAX_ANSWER, LONGEST).await?;
    let (report, said) = if is_banded {
        apart(&answer)
    } else {
        (answer.to_vec(), String::new())
    };
    judge(&lines(&report), &reference, said.trim(), remote)
}

/// The report of an answer in bands, and what the server says to people.
fn apart(mut answer: &[u8]) -> (Vec<u8>, String) {
    let (mut report, mut said) = (Vec::new(), Vec::new());
    while let Some((line, rest)) = next_line(answer) {
        match line.split_first() {
            Some((1, part)) => report.extend_from_slice(part),
            Some((2 | 3, part)) => said.extend_from_slice(part),
            _ => {}
        }
        answer = rest;
    }
    (report, String::from_utf8_lossy(&said).into_owned())
}

fn judge(lines: &[String], reference: &str, said: &str, remote: &Remote<'_>) -> Result<(), Fault> {
    let is = |wanted: &str| lines.iter().any(|line| line.trim_end() == wanted);
    if is("unpack ok") && is(&format!("ok {reference}")) {
        return Ok(());
    }
    let reason = lines.iter().find(|line| {
        line.starts_with("ng ") || (line.starts_with("unpack ") && line.trim_end() != "unpack ok")
    });
    let reason = reason.map_or("it does not say why", |line| line.trim_end());
    let said = spoken(said);
    let said = if said.is_empty() {
        said
    } else {
        format!(" ({said})")
    };
    Err(Fault::error(format!(
        "{} did not take the commit: {reason}{said}; rules of the server or of the branch may forbid it",
        remote.repository
    )))
}

/// What a server says to people, on one line. Gitea frames its words with lines that say `error:` alone.
fn spoken(said: &str) -> String {
    let lines = said
        .lines()
        .map(|line| line.trim().trim_start_matches("error:").trim());
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ").chars().take(MAX_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn words_for_people_come_without_their_frame() {
        let said = "\nerror:\nerror: Not allowed to push to protected branch main\nerror:\n";
        assert_eq!(spoken(said), "Not allowed to push to protected branch main");
        assert_eq!(spoken("a ticket\n is missing\n"), "a ticket is missing");
        assert_eq!(spoken(&"x".repeat(2_000)).len(), 500);
    }
}
