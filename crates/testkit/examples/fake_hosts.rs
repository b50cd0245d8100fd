//! The GitHub and the GitLab in memory as a process of their own, for trying templates beside a portal.
//!
//! `cargo run -p testkit --example fake_hosts` prints hosts, addresses and tokens as `KEY=VALUE`, and ends when its input is closed.
//! Each has the group or organisation `acme` with an empty repository `empty` and a repository `apps` that has files.

use std::io::{Read, Write};

use testkit::{FakeGithub, FakeGitlab};

fn main() -> std::io::Result<()> {
    let (github, gitlab) = (FakeGithub::start(), FakeGitlab::start());
    let files = [
        ("README.md", "# Apps\n"),
        (".github/workflows/build.yml", "on: workflow_dispatch\n"),
    ];
    github.add("acme/apps", &files, true);
    github.add("acme/empty", &[], true);
    gitlab.add("acme/apps", &files);
    let text = format!(
        "GITHUB_HOST={}\nGITHUB_API={}\nGITHUB_TOKEN={}\nGITLAB_HOST={}\nGITLAB_URL={}\nGITLAB_TOKEN={}\n",
        github.host(),
        github.api(),
        github.token(),
        gitlab.host(),
        gitlab.url(),
        gitlab.token()
    );
    std::io::stdout().write_all(text.as_bytes())?;
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new()).map(drop)
}
