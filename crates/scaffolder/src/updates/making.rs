//! Which steps make a project, and by which address it is known.

use scm::Integrations;
use serde_json::Value;

use super::hosted::has_requests;
use crate::template::Step;

/// The actions of the portal that put the record of a task into the first commit of a repository, and give that commit.
const MAKERS: [&str; 7] = [
    "gitea:repo:push",
    "github:repo:push",
    "publish:folder",
    "publish:git",
    "publish:gitea",
    "publish:github",
    "publish:gitlab",
];
/// What the names of actions end in that propose a change of a repository which is there.
const PROPOSERS: [&str; 2] = [":pull-request", ":merge-request"];

/// Whether a step may make a repository that keeps a record. A step with rounds makes several; none of them keeps one.
pub(crate) fn may_make(step: &Step) -> bool {
    let action = step.action.as_str();
    let publishes = action.starts_with("publish:") || action.ends_with(":repo:push");
    let proposes = PROPOSERS.iter().any(|end| action.ends_with(end));
    publishes && !proposes && step.each.is_none()
}

/// The address of the project that a step has made: the files of its branch where pull requests are known of the host, else what Git
/// takes. Nothing where the step has made no first commit with a record, and for a repository on this machine's disk.
pub(crate) fn made_by<'a>(integrations: &Integrations, step: &Step, output: &'a Value) -> Option<&'a str> {
    if !may_make(step) || !is_first_commit(&step.action, output) {
        return None;
    }
    let contents = output["repoContentsUrl"].as_str();
    let contents = contents.filter(|contents| has_requests(integrations, contents));
    let remote = output["remoteUrl"].as_str();
    let is_served = |remote: &&str| remote.starts_with("http://") || remote.starts_with("https://");
    contents.or(remote.filter(is_served))
}

/// Whether a step made the first commit of a repository. `publish:git` says it, since it also adds branches to repositories with commits,
/// and so does an action of another plugin that keeps the record. The others give the commit only where it is the first.
fn is_first_commit(action: &str, output: &Value) -> bool {
    let said = output["isFirstCommit"].as_bool();
    said.unwrap_or_else(|| MAKERS.contains(&action) && output["commitHash"].is_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use config::Config;
    use serde_json::json;

    use super::*;

    fn made(step: &Value, output: &Value) -> Option<String> {
        let hosts = json!({"integrations": {
            "gitea": [{"host": "gitea.example.com"}], "gitlab": [{"host": "gitlab.example.com", "token": "t"}],
        }});
        let config = Config::from_value(hosts, Path::new("/")).unwrap();
        let steps = Step::read_all(std::slice::from_ref(step));
        made_by(&Integrations::new(config.integrations()), &steps[0], output).map(str::to_owned)
    }

    #[track_caller]
    fn check(action: &str, output: &Value, expected: Option<&str>) {
        let step = json!({"id": "one", "action": action, "input": {}});
        assert_eq!(made(&step, output).as_deref(), expected, "{action} {output}");
    }

    #[test]
    fn a_first_commit_makes_a_project() {
        let gitea = "https://gitea.example.com/acme/orders";
        let contents = format!("{gitea}/src/branch/main/");
        let output =
            json!({"remoteUrl": format!("{gitea}.git"), "repoContentsUrl": contents, "commitHash": "4f2c"});
        check("publish:gitea", &output, Some(&contents));
        check("gitea:repo:push", &output, Some(&contents));
        let github = "https://github.com/acme/orders";
        let contents = format!("{github}/blob/main");
        let output =
            json!({"remoteUrl": format!("{github}.git"), "repoContentsUrl": contents, "commitHash": "4f2c"});
        check("publish:github", &output, Some(&contents));
        check("github:repo:push", &output, Some(&contents));
        let gitlab = "https://gitlab.example.com/acme/orders";
        let contents = format!("{gitlab}/-/blob/main");
        let output = json!({
            "remoteUrl": gitlab, "repoContentsUrl": contents, "commitHash": "4f2c", "projectId": 7, "created": true,
        });
        check("publish:gitlab", &output, Some(&contents));
        let plain = "https://git.example.com/orders.git";
        let output =
            json!({"remoteUrl": plain, "commitHash": "4f2c", "branchName": "main", "isFirstCommit": true});
        check("publish:git", &output, Some(plain));
        check("publish:bitbucket", &output, Some(plain));
    }

    #[test]
    fn what_is_not_the_first_commit_makes_none() {
        let plain = "https://git.example.com/orders.git";
        let output =
            json!({"remoteUrl": plain, "commitHash": "4f2c", "branchName": "add", "isFirstCommit": false});
        check("publish:git", &output, None);
        let github = "https://github.com/acme/orders";
        check(
            "github:repo:create",
            &json!({"remoteUrl": format!("{github}.git")}),
            None,
        );
        let pull = json!({"targetBranchName": "main", "remoteUrl": format!("{github}/pull/3"), "pullRequestNumber": 3});
        check("publish:github:pull-request", &pull, None);
        let gitea = "https://gitea.example.com/acme/orders";
        let pull = json!({"targetBranchName": "main", "remoteUrl": format!("{gitea}/pulls/3"), "pullRequestNumber": 3});
        check("publish:gitea:pull-request", &pull, None);
        let created = json!({"remoteUrl": format!("{gitea}.git"), "repoContentsUrl": format!("{gitea}/src/branch/main/")});
        check("gitea:repo:create", &created, None);
        let gitlab = "https://gitlab.example.com/acme/orders";
        let contents = format!("{gitlab}/-/blob/main");
        let taken =
            json!({"remoteUrl": gitlab, "repoContentsUrl": contents, "projectId": 7, "created": false});
        check("publish:gitlab", &taken, None);
        let empty =
            json!({"remoteUrl": gitlab, "repoContentsUrl": contents, "projectId": 7, "created": true});
        check("publish:gitlab", &empty, None);
        let pushed = json!({"projectid": "acme/orders", "projectPath": "acme/orders", "commitHash": "4f2c"});
        check("gitlab:repo:push", &pushed, None);
        let request =
            json!({"projectid": "acme/orders", "mergeRequestUrl": format!("{gitlab}/-/merge_requests/1")});
        check("publish:gitlab:merge-request", &request, None);
        // An action of another plugin that keeps no record, and a repository that only this machine has.
        check(
            "publish:bitbucket",
            &json!({"remoteUrl": plain, "commitHash": "4f2c"}),
            None,
        );
        let folder = json!({"remoteUrl": "file:///r/orders", "repoContentsUrl": "file:///r/orders/", "commitHash": "4f2c"});
        check("publish:folder", &folder, None);
    }

    #[test]
    fn a_step_with_rounds_makes_none() {
        let step = json!({"id": "one", "action": "publish:git", "each": ["a"], "input": {}});
        let output = json!({"remoteUrl": "https://git.example.com/a.git", "commitHash": "4f2c", "isFirstCommit": true});
        assert_eq!(made(&step, &output), None);
    }
}
