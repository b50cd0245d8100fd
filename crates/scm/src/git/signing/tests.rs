//! Commits that are signed here, held against `git verify-commit` and `GnuPG`, with keys that `GnuPG` has made.

use std::path::Path;
use std::process::Command;

use super::Signer;
use crate::git::{Author, CommitFile, CommitText, Objects, make_repository};

/// Runs a script with a home of `GnuPG`'s own; what it prints.
fn run(folder: &Path, script: &str) -> String {
    let ran = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .env("GNUPGHOME", folder.join("keys"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{script}: {said}");
    String::from_utf8_lossy(&ran.stdout).into_owned() + &said
}

fn text() -> CommitText {
    CommitText {
        author: Author {
            name: "Scaffolder".to_owned(),
            email: "scaffolder@backstage.io".to_owned(),
        },
        time: 1_780_000_000,
        message: "initial commit\n\nwith a body".to_owned(),
    }
}

#[test]
fn git_and_gnupg_accept_what_is_signed() {
    // A key that signs itself, one with a subkey that does, and RSA.
    for (name, made) in [
        ("ed25519", "gpg -q --batch --passphrase '' --quick-generate-key ines ed25519 sign never"),
        (
            "subkey",
            "gpg -q --batch --passphrase '' --quick-generate-key ines ed25519 cert never
             gpg -q --batch --passphrase '' --quick-add-key $(gpg --list-keys --with-colons | awk -F: '/^fpr/ {print $10; exit}') ed25519 sign never",
        ),
        ("rsa", "gpg -q --batch --passphrase '' --quick-generate-key ines rsa2048 sign never"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        // Made before the commits, whatever the clock says.
        let made = made.replace("gpg -q", "gpg --faked-system-time 20260101T000000 -q");
        run(path, &format!("mkdir -m 700 keys; {made}"));
        let key = run(path, "gpg -q --batch --armor --export-secret-keys 2>/dev/null");
        let signer = Signer::of(&key, text().time).unwrap();
        let file = CommitFile {
            path: "a".to_owned(),
            bytes: b"1".to_vec(),
            is_executable: false,
        };
        let signed = || Objects::first_signed_commit(vec![file.clone()], &text(), &signer).unwrap();
        assert_eq!(signed(), signed(), "an attempt makes the same commit again");
        let repository = path.join("repository");
        make_repository(&repository, &signed(), "main").unwrap();
        let said = run(path, "git -C repository fsck --strict; git -C repository verify-commit --raw main 2>&1");
        assert!(said.contains("[GNUPG:] GOODSIG") && said.contains(&signer.key_number()), "{name}: {said}");
        assert_eq!(run(path, "git -C repository log --format=%B").trim_end(), text().message);
    }
}

#[test]
fn keys_that_cannot_sign_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let made = "mkdir -m 700 keys; gpg -q --batch --pinentry-mode loopback --passphrase hush --quick-generate-key ines ed25519 sign never
         gpg -q --batch --pinentry-mode loopback --passphrase hush --armor --export-secret-keys 2>/dev/null";
    let locked = run(path, made);
    let key = &locked[locked.find("-----BEGIN").unwrap()..];
    let told = Signer::of(key, 0).unwrap_err().message;
    assert!(
        told.contains("commitSigningKey") && told.contains("it is locked by a passphrase"),
        "{told}"
    );
    let public = run(path, "gpg -q --armor --export");
    let told = Signer::of(&public, 0).unwrap_err().message;
    assert!(told.contains("it is no armored private key"), "{told}");
}
