//! An image at the registry of a real Gitea.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::acceptance::services::Services;
use crate::image;
use crate::process::{Scratch, exists, output, run};

/// An image goes to Gitea's registry, and is there under its digest.
pub fn pushed(services: &Services) -> Result<()> {
    if !exists("skopeo") {
        println!("SKIPPED: no image was pushed, because skopeo is not installed");
        return Ok(());
    }
    let folder = Scratch::new("image")?;
    let place = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(place("hello.rs"), "fn main() { println!(\"hello\"); }")?;
    let (source, program) = (place("hello.rs"), place("hello"));
    let flags = ["-C", "target-feature=+crt-static", "-C", "strip=symbols"];
    run("rustc", &[&flags[..], &[&source, "-o", &program]].concat())?;
    let registry = services
        .variable("GITEA_URL")?
        .trim_start_matches("http://")
        .to_owned();
    let credentials = place("credentials.json");
    sign_in(services, &registry, &credentials)?;
    let image = format!("{registry}/platform/portal:test");
    let archive = place("image.tar");
    let arguments = [
        "--binary",
        &program,
        "--output",
        &archive,
        "--push",
        &image,
        "--authfile",
        &credentials,
    ];
    image::run_all(&arguments.map(str::to_owned))?;
    let digest = |place: &str| {
        output(
            "skopeo",
            &[
                "inspect",
                "--format={{.Digest}}",
                "--tls-verify=false",
                "--authfile",
                &credentials,
                place,
            ],
        )
    };
    let (made, kept) = (
        digest(&format!("oci-archive:{archive}"))?,
        digest(&format!("docker://{image}"))?,
    );
    ensure!(
        !made.is_empty() && made == kept,
        "Gitea has another image: {kept}"
    );
    Ok(())
}

/// Signs in at a registry; the token goes by a pipe.
fn sign_in(services: &Services, registry: &str, credentials: &str) -> Result<()> {
    let user = services.variable("GITEA_ADMIN")?;
    let mut child = Command::new("skopeo")
        .args([
            "login",
            "--tls-verify=false",
            "--authfile",
            credentials,
            "--username",
            &user,
        ])
        .args(["--password-stdin", registry])
        .stdin(Stdio::piped())
        .spawn()?;
    let input = child.stdin.take().context("skopeo takes nothing")?;
    { input }.write_all(services.variable("GITEA_TOKEN")?.as_bytes())?;
    ensure!(child.wait()?.success(), "Gitea's registry does not let {user} in");
    Ok(())
}
