//! `cargo xtask image`: the portal as an OCI image, without a daemon and without a base image.
//!
//! Two runs of one commit with one compiler give the same digest: files, owners, times and order are set here, and the time is
//! that of the commit.

mod elf;
mod layer;
mod oci;
mod sbom;
mod target;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::{exists, output, root, run};
use layer::{Entry, Layer};
use oci::{About, Archive};
use target::Target;

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask image [--architecture amd64|arm64] [--binary FILE] [--push IMAGE:TAG] [--authfile FILE] [--authorities FILE]
                         [--output FILE]
  builds a static release binary and writes an OCI archive; two runs on one commit give the same digest
  --architecture  the processor to build for; default that of this machine
  --binary        a static binary that is there, in place of a build
  --push          hands the archive to skopeo, which pushes it
  --authfile      where `skopeo login` kept who pushes
  --authorities   a file of certificates; default /etc/ssl/certs/ca-certificates.crt
  --output        the archive; default target/image/backstage-<architecture>.tar";

/// Bytes that an image may have, compressed.
const MAX_BYTES: usize = 40 << 20;

/// Who runs in the container: nobody that the host knows.
const USER: u64 = 65_532;

/// What was asked for.
#[derive(Debug, Default)]
struct Wanted {
    /// The processor to build for; that of this machine without it.
    target: Option<Target>,
    /// A static binary; without it one is built.
    binary: Option<PathBuf>,
    /// A file of certificates of authorities.
    authorities: Option<PathBuf>,
    /// Where the archive is written.
    output: Option<PathBuf>,
    /// Where the image is pushed to, with its tag.
    push: Option<String>,
    /// Where `skopeo login` kept who pushes, if not at its own place.
    credentials: Option<String>,
}

/// Makes the archive, and pushes it with `--push`.
pub fn run_all(arguments: &[String]) -> Result<()> {
    let wanted = read(arguments)?;
    let binary = match (&wanted.binary, wanted.target) {
        (Some(binary), _) => binary.clone(),
        (None, Some(target)) => target.build()?,
        (None, None) => Target::of_this_machine()?.build()?,
    };
    let program = std::fs::read(&binary).with_context(|| format!("cannot read {}", binary.display()))?;
    let authorities = wanted
        .authorities
        .unwrap_or_else(|| "/etc/ssl/certs/ca-certificates.crt".into());
    let authorities = std::fs::read(&authorities).with_context(|| {
        format!(
            "cannot read {}: install ca-certificates, or name a file with --authorities",
            authorities.display()
        )
    })?;
    let archive = assemble(&root(), &program, &authorities, &commit()?)?;
    if archive.bytes.len() > MAX_BYTES {
        bail!("the image has {} bytes, at most {MAX_BYTES}", archive.bytes.len());
    }
    let file = wanted
        .output
        .unwrap_or_else(|| root().join(format!("target/image/backstage-{}.tar", archive.architecture)));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&file, &archive.bytes).with_context(|| format!("cannot write {}", file.display()))?;
    println!(
        "{} {} bytes, {}",
        file.display(),
        archive.bytes.len(),
        archive.digest
    );
    let credentials = wanted.credentials;
    wanted
        .push
        .map_or(Ok(()), |image| push(&file, &image, credentials.as_deref()))
}

fn read(arguments: &[String]) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().with_context(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--architecture" => wanted.target = Some(Target::of(value)?),
            "--binary" => wanted.binary = Some(value.into()),
            "--authorities" => wanted.authorities = Some(value.into()),
            "--output" => wanted.output = Some(value.into()),
            "--push" => wanted.push = Some(value.clone()),
            "--authfile" => wanted.credentials = Some(value.clone()),
            _ => bail!("unknown option {option}\n{USAGE}"),
        }
    }
    Ok(wanted)
}

/// A commit and its time.
struct Commit {
    name: String,
    /// Seconds since 1970.
    seconds: u64,
}

fn commit() -> Result<Commit> {
    let text = output("git", &["log", "-1", "--format=%H %ct"])?;
    let (name, seconds) = text.trim().split_once(' ').context("git names no commit")?;
    let seconds = std::env::var("SOURCE_DATE_EPOCH").unwrap_or_else(|_| seconds.to_owned());
    Ok(Commit {
        name: name.to_owned(),
        seconds: seconds.parse().context("the time of the commit is no number")?,
    })
}

/// The archive of a program.
fn assemble(root: &Path, program: &[u8], authorities: &[u8], commit: &Commit) -> Result<Archive> {
    let architecture = elf::architecture(program)?;
    let text = |name: &str| std::fs::read(root.join(name)).with_context(|| format!("cannot read {name}"));
    let lock = String::from_utf8(text("Cargo.lock")?).context("Cargo.lock is no text")?;
    let packages = sbom::packages(&lock, "backstage")?;
    let version = sbom::version(&packages, "backstage")?;
    let mut layer = Layer::new(commit.seconds);
    for entry in [
        Entry::folder("tmp", 0o1777),
        Entry::folder("data", 0o700).owned_by(USER),
        Entry::file(
            "etc/passwd",
            b"root:x:0:0:root:/:/nonexistent\nportal:x:65532:65532:portal:/data:/nonexistent\n",
        ),
        Entry::file("etc/group", b"root:x:0:\nportal:x:65532:\n"),
        Entry::file(
            "etc/nsswitch.conf",
            b"passwd: files\ngroup: files\nhosts: files dns\n",
        ),
        Entry::file("etc/ssl/certs/ca-certificates.crt", authorities),
        Entry::file("usr/share/doc/backstage/LICENSE", &text("LICENSE")?),
        Entry::file("usr/share/doc/backstage/NOTICE", &text("NOTICE")?),
        Entry::file(
            "usr/share/doc/backstage/sbom.cdx.json",
            sbom::document(&packages, "backstage").as_bytes(),
        ),
        Entry::program("usr/local/bin/backstage", program),
    ] {
        layer.add(&entry)?;
    }
    oci::archive(
        layer,
        &About {
            architecture,
            version,
            revision: &commit.name,
            seconds: commit.seconds,
            user: USER,
        },
    )
}

fn push(file: &Path, image: &str, credentials: Option<&str>) -> Result<()> {
    if !exists("skopeo") {
        bail!(
            "pushing needs skopeo: apt-get install skopeo; the archive is at {}",
            file.display()
        );
    }
    let (archive, target) = (
        format!("oci-archive:{}", file.display()),
        format!("docker://{image}"),
    );
    let mut arguments = vec!["copy", &archive, &target];
    arguments.extend(credentials.into_iter().flat_map(|file| ["--dest-authfile", file]));
    if is_of_this_machine(image) {
        arguments.push("--dest-tls-verify=false");
    }
    run("skopeo", &arguments)
}

/// Whether the registry is one for tests, which speaks plain HTTP.
fn is_of_this_machine(image: &str) -> bool {
    let host = image.split(['/', ':']).next().unwrap_or_default();
    ["localhost", "127.0.0.1"].contains(&host)
}

#[cfg(test)]
mod tests;
