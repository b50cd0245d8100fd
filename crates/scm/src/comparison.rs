//! What one commit of a repository has beyond another one, as its Git host says.

use std::collections::HashMap;

use model::Fault;
use serde_json::Value;

use crate::commits::web_address;
use crate::reader::UrlReader;

/// What a commit has beyond another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// How many commits; none where the other one has all of its commits.
    pub commits: u64,
    /// When the branch went on from the other one, as the host writes it; nothing where the other one is not on the way of its
    /// first parents.
    pub since: Option<String>,
}

impl UrlReader {
    /// What the commit `head` of a repository has beyond the commit `base`. Nothing where the host is none that can be asked: that
    /// is Gitea with an integration.
    pub async fn compare(
        &self,
        repository: &str,
        base: &str,
        head: &str,
    ) -> Result<Option<Comparison>, Fault> {
        let Some((account, owner, name)) = self.repository_at_gitea(repository) else {
            return Ok(None);
        };
        let told = account.compared((&owner, &name), base, head).await?;
        Ok(Some(read(&told, base, head)))
    }
}

/// The page that compares two commits; nothing for a repository that has no web address.
pub fn comparison_page(repository: &str, base: &str, head: &str) -> Option<String> {
    let mut url = web_address(repository)?;
    let path = url.path().trim_end_matches('/').trim_end_matches(".git");
    let path = format!("{path}/compare/{base}...{head}");
    url.set_path(&path);
    Some(url.into())
}

fn read(told: &Value, base: &str, head: &str) -> Comparison {
    let commits = told["commits"].as_array().into_iter().flatten();
    let named: HashMap<&str, &Value> = commits
        .filter_map(|one| Some((one["sha"].as_str()?, one)))
        .collect();
    Comparison {
        commits: told["total_commits"].as_u64().unwrap_or_default(),
        since: first_upon(&named, base, head).and_then(moment),
    }
}

/// The commit with which the branch of `head` went on from `base`. What was merged into it is older, and was not on it then.
fn first_upon<'a>(named: &HashMap<&str, &'a Value>, base: &str, head: &str) -> Option<&'a Value> {
    let mut at = *named.get(head)?;
    for _ in 0..named.len() {
        let parent = at["parents"][0]["sha"].as_str()?;
        if parent == base {
            return Some(at);
        }
        at = named.get(parent)?;
    }
    None
}

/// When a commit got its place, which may be long after it was written.
fn moment(commit: &Value) -> Option<String> {
    commit["commit"]["committer"]["date"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_branch_goes_on_with_what_is_merged_into_it() {
        let commit = |sha: &str, parents: &[&str], at: &str| {
            let parents: Vec<Value> = parents.iter().map(|sha| json!({ "sha": sha })).collect();
            json!({"sha": sha, "parents": parents, "commit": {"author": {"date": "long ago"}, "committer": {"date": at}}})
        };
        // `old` was written on a branch of its own, which `merge` brought.
        let merge = commit("merge", &["base", "old"], "09:00");
        let all = [
            commit("head", &["merge"], "10:00"),
            merge,
            commit("old", &["base"], "03:00"),
        ];
        let told = json!({"total_commits": 3, "commits": all});
        let read = |base: &str, head: &str| read(&told, base, head).since;
        assert_eq!(read("base", "head").as_deref(), Some("09:00"));
        assert_eq!(read("elsewhere", "head"), None);
        assert_eq!(read("base", "unknown"), None);
    }

    #[test]
    fn pages_that_compare() {
        for (repository, expected) in [
            (
                "https://me:geheim@git.example.com/shop/web.git",
                Some("https://git.example.com/shop/web/compare/a...b"),
            ),
            (
                "ssh://git@git.example.com:2222/shop/web.git",
                Some("https://git.example.com/shop/web/compare/a...b"),
            ),
            ("oci://registry.example.com/x", None),
        ] {
            let page = comparison_page(repository, "a", "b");
            assert_eq!(page.as_deref(), expected, "{repository}");
        }
    }
}
