//! The Gitea server in memory as a process of its own, for measuring a portal beside it.
//!
//! `cargo run --release -p testkit --example fake_gitea -- 2000 1500 5` serves 2,000 repositories, of which 1,500 have a descriptor,
//! and takes 5 milliseconds for each answer. It prints its address and its token as `KEY=VALUE`, and ends when its input is closed.
//! `GET $GITEA_CALLS` tells how often each route was called, `DELETE` counts from zero again.

use std::io::{Read, Write};
use std::time::Duration;

use testkit::FakeGitea;

fn main() -> std::io::Result<()> {
    let numbers: Result<Vec<usize>, _> = std::env::args().skip(1).map(|text| text.parse()).collect();
    let numbers =
        numbers.map_err(|error| std::io::Error::other(format!("arguments are numbers: {error}")))?;
    let number = |place: usize, default| numbers.get(place).copied().unwrap_or(default);
    let gitea = FakeGitea::many(number(0, 2000), number(1, 1500));
    gitea.set(|settings| settings.latency = Duration::from_millis(number(2, 0) as u64));
    let url = gitea.url();
    let text = format!(
        "GITEA_URL={url}\nGITEA_TOKEN={}\nGITEA_CALLS={url}/fake/calls\n",
        gitea.token()
    );
    std::io::stdout().write_all(text.as_bytes())?;
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new()).map(drop)
}
