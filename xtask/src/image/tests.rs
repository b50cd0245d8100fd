//! An image of a small program: what is in it, and that it is the same each time.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::Value;

use super::oci::{Archive, digest};
use super::target::Target;
use super::{Commit, assemble, elf, is_of_this_machine, read};
use crate::process::root;

fn image(program: &[u8]) -> Archive {
    let commit = Commit {
        name: "0123456789abcdef".to_owned(),
        seconds: 1_700_000_000,
    };
    assemble(&root(), program, b"authorities", &commit).expect("an image")
}

/// What a tar holds: mode, owner, time and content by path.
fn unpack(bytes: &[u8]) -> BTreeMap<String, (u32, u64, u64, Vec<u8>)> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().expect("a tar");
    entries
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let path = entry
                .path()
                .expect("a path")
                .to_string_lossy()
                .trim_end_matches('/')
                .to_owned();
            let head = entry.header();
            let facts = (
                head.mode().expect("a mode"),
                head.uid().expect("an owner"),
                head.mtime().expect("a time"),
            );
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("a content");
            (path, (facts.0, facts.1, facts.2, content))
        })
        .collect()
}

fn json_of(files: &BTreeMap<String, (u32, u64, u64, Vec<u8>)>, path: &str) -> Value {
    serde_json::from_slice(&files[path].3).expect(path)
}

/// The blob that a descriptor names; its digest and size are those of the blob.
fn blob(files: &BTreeMap<String, (u32, u64, u64, Vec<u8>)>, descriptor: &Value) -> Vec<u8> {
    let named = descriptor["digest"].as_str().expect("a digest");
    let content = files[&format!("blobs/{}", named.replace(':', "/"))].3.clone();
    assert_eq!(digest(&content), named);
    assert_eq!(descriptor["size"], content.len());
    content
}

#[test]
fn two_runs_give_the_same_and_another_program_another_digest() {
    let (program, other) = (elf::sample(62, 1), elf::sample(183, 1));
    let first = image(&program);
    assert_eq!(first.bytes, image(&program).bytes);
    assert_eq!(first.digest, image(&program).digest);
    assert_ne!(first.digest, image(&other).digest);
    assert_eq!(
        (first.architecture, image(&other).architecture),
        ("amd64", "arm64")
    );
}

#[test]
fn the_archive_leads_from_the_index_to_the_files() {
    let program = elf::sample(62, 1);
    let archive = image(&program);
    let files = unpack(&archive.bytes);
    assert_eq!(json_of(&files, "oci-layout")["imageLayoutVersion"], "1.0.0");
    let listed = json_of(&files, "index.json")["manifests"][0].clone();
    assert_eq!(listed["digest"], archive.digest.as_str());
    assert_eq!(listed["platform"]["architecture"], "amd64");
    let manifest: Value = serde_json::from_slice(&blob(&files, &listed)).expect("a manifest");
    let configuration: Value = serde_json::from_slice(&blob(&files, &manifest["config"])).expect("JSON");
    assert_eq!(configuration["config"]["User"], "65532:65532");
    assert_eq!(
        configuration["config"]["Entrypoint"][0],
        "/usr/local/bin/backstage"
    );
    assert!(configuration["config"].get("Healthcheck").is_none());
    let labels = &configuration["config"]["Labels"];
    assert_eq!(labels["org.opencontainers.image.revision"], "0123456789abcdef");
    assert_eq!(labels["org.opencontainers.image.created"], "2023-11-14T22:13:20Z");
    let kind = "application/vnd.oci.image.layer.v1.tar+zstd";
    assert_eq!(manifest["layers"][0]["mediaType"], kind);
    let packed = blob(&files, &manifest["layers"][0]);
    let layer = zstd::bulk::decompress(&packed, 64 << 20).expect("zstd");
    assert_eq!(configuration["rootfs"]["diff_ids"][0], digest(&layer).as_str());
    check_files(&unpack(&layer), &program);
}

fn check_files(files: &BTreeMap<String, (u32, u64, u64, Vec<u8>)>, program: &[u8]) {
    for (path, mode, owner) in [
        ("usr/local/bin/backstage", 0o755, 0),
        ("etc/ssl/certs/ca-certificates.crt", 0o644, 0),
        ("etc/passwd", 0o644, 0),
        ("tmp", 0o1777, 0),
        ("data", 0o700, 65_532),
        ("usr/local/bin", 0o755, 0),
    ] {
        let found = &files[path];
        assert_eq!(
            (found.0, found.1, found.2),
            (mode, owner, 1_700_000_000),
            "{path}"
        );
    }
    assert_eq!(files["usr/local/bin/backstage"].3, program);
    let list = json_of(files, "usr/share/doc/backstage/sbom.cdx.json");
    assert_eq!(list["bomFormat"], "CycloneDX");
    assert_eq!(list["metadata"]["component"]["name"], "backstage");
    let components = list["components"].as_array().expect("components");
    let tokio = components
        .iter()
        .find(|one| one["name"] == "tokio")
        .expect("tokio");
    assert!(
        tokio["purl"]
            .as_str()
            .is_some_and(|purl| purl.starts_with("pkg:cargo/tokio@1."))
    );
    assert_eq!(tokio["hashes"][0]["content"].as_str().map(str::len), Some(64));
    assert!(!components.iter().any(|one| one["name"] == "xtask"));
}

#[test]
fn options_are_named() {
    let of = |texts: &[&str]| read(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
    let wanted = of(&["--binary", "a", "--push", "gitea.example.com/platform/portal:1"]).expect("options");
    assert_eq!(wanted.binary.as_deref(), Some(std::path::Path::new("a")));
    assert_eq!(
        wanted.push.as_deref(),
        Some("gitea.example.com/platform/portal:1")
    );
    for (texts, expected) in [
        (&["--push"][..], "needs a value"),
        (&["--tag", "1"][..], "unknown option --tag"),
        (&["--architecture", "s390x"][..], "amd64 and arm64"),
    ] {
        assert!(of(texts).expect_err(expected).to_string().contains(expected));
    }
}

#[test]
fn each_architecture_has_a_target_and_what_it_needs() {
    assert_eq!(
        Target::of("amd64").expect("a target").tuple,
        "x86_64-unknown-linux-gnu"
    );
    let arm = Target::of("arm64").expect("a target");
    assert_eq!(arm.tuple, "aarch64-unknown-linux-gnu");
    for (host, expected) in [
        ("aarch64-unknown-linux-gnu", false),
        ("x86_64-unknown-linux-gnu", true),
    ] {
        let variables = arm.variables(host);
        let links = variables
            .iter()
            .find(|(name, _)| name == "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER");
        assert_eq!(links.is_some(), expected, "{host}");
        assert!(
            variables
                .iter()
                .any(|(name, value)| name == "RUSTFLAGS" && value.contains("+crt-static"))
        );
    }
    let missing = arm.missing(&["x86_64-unknown-linux-gnu"], |_| false);
    let said = missing.expect("nothing of it is there");
    for part in [
        "rustup target add aarch64-unknown-linux-gnu",
        "apt-get install gcc-aarch64-linux-gnu",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(arm.missing(&["aarch64-unknown-linux-gnu"], |_| true), None);
}

#[test]
fn only_a_registry_of_this_machine_goes_without_tls() {
    for (image, expected) in [
        ("127.0.0.1:3300/platform/portal:1", true),
        ("localhost/portal:1", true),
        ("localhost.example.com/portal:1", false),
        ("gitea.example.com/platform/portal:1", false),
    ] {
        assert_eq!(is_of_this_machine(image), expected, "{image}");
    }
}
