//! `docs build` writes a site as files, and `docs check` tells what is wrong with one.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{command, transcript};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command(folder, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const SITE: [(&str, &str); 6] = [
    (
        "mkdocs.yml",
        "site_name: Shop\nnav:\n  - index.md\n  - Part: '!include part/mkdocs.yml'\n",
    ),
    ("docs/index.md", "# Shop\n\n![x](x.svg) [part](part/index.md)"),
    ("docs/x.svg", "<svg/>"),
    ("part/mkdocs.yml", "INHERIT: ../base.yml\nsite_name: part\n"),
    ("base.yml", "docs_dir: pages\n"),
    ("part/pages/index.md", "# Part"),
];

#[test]
fn a_site_is_written_and_written_again() {
    let folder = folder(&SITE);
    let arguments = ["docs", "build", ".", "--out", "site", "--json", "--etag", "abc"];
    let (code, out, error) = run(folder.path(), &arguments);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (told["pages"].as_u64(), told["removed"].as_u64()),
        (Some(2), Some(0))
    );
    let read = |path: &str| fs::read_to_string(folder.path().join("site").join(path));
    assert!(read("index.html").unwrap().contains("href=\"part/\""));
    assert!(read("part/index.html").unwrap().contains("<h1 id=\"part\">Part"));
    assert_eq!(read("x.svg").unwrap(), "<svg/>");
    let metadata: Value = serde_json::from_str(&read("techdocs_metadata.json").unwrap()).unwrap();
    assert_eq!(
        (&metadata["site_name"], &metadata["etag"]),
        (&"Shop".into(), &"abc".into())
    );
    fs::remove_file(folder.path().join("docs/x.svg")).unwrap();
    let (_, out, _) = run(folder.path(), &arguments);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["removed"], 1, "{told}");
    assert!(read("x.svg").is_err());
}

#[test]
fn only_files_of_an_earlier_build_are_removed() {
    let folder = folder(&SITE);
    let arguments = ["docs", "build", ".", "--out", "site", "--json"];
    // A checkout without files is as good as an empty folder.
    let site = folder.path().join("site");
    fs::create_dir_all(site.join(".git")).unwrap();
    fs::write(site.join(".git/HEAD"), "ref").unwrap();
    assert_eq!(run(folder.path(), &arguments).0, 0);
    fs::write(site.join("CNAME"), "docs.example.com").unwrap();
    fs::write(site.join("part/notes.txt"), "mine").unwrap();
    // A record that names what lies elsewhere is not believed.
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let mark = site.join("techdocs_metadata.json");
    let told = fs::read_to_string(&mark).unwrap();
    let forged = told.replace(
        "\"files\":[",
        "\"files\":[\"../letter.txt\",\".git/HEAD\",\"part\",",
    );
    assert_ne!(told, forged);
    fs::write(&mark, forged).unwrap();
    fs::remove_file(folder.path().join("docs/x.svg")).unwrap();
    let (code, out, error) = run(folder.path(), &arguments);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, told["removed"].as_u64()), (0, Some(1)), "{out} {error}");
    for kept in [
        "site/.git/HEAD",
        "site/CNAME",
        "site/part/notes.txt",
        "letter.txt",
    ] {
        assert!(folder.path().join(kept).is_file(), "{kept}");
    }
    // A file of somebody else is not written over.
    fs::write(folder.path().join("docs/CNAME"), "other").unwrap();
    let (code, _, error) = run(folder.path(), &arguments);
    assert!(
        code == 2 && error.contains("no earlier build wrote CNAME"),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(site.join("CNAME")).unwrap(),
        "docs.example.com"
    );
}

#[cfg(unix)]
#[test]
fn links_in_the_output_folder_lead_nothing_out_of_it() {
    use std::os::unix::fs::symlink;
    let folder = folder(&SITE);
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("index.html"), "mine").unwrap();
    let arguments = ["docs", "build", ".", "--out", "site"];
    assert_eq!(run(folder.path(), &arguments).0, 0);
    let site = folder.path().join("site");
    fs::remove_dir_all(site.join("part")).unwrap();
    symlink(&other, site.join("part")).unwrap();
    let (code, _, error) = run(folder.path(), &arguments);
    assert!(
        code == 2 && error.contains("part/index.html is reached by a link"),
        "{error}"
    );
    // Where the site has no such page any more, the link stays as it is.
    fs::write(folder.path().join("mkdocs.yml"), "site_name: Shop\n").unwrap();
    let (code, out, error) = run(folder.path(), &arguments);
    assert_eq!(code, 0, "{out} {error}");
    assert_eq!(fs::read_to_string(other.join("index.html")).unwrap(), "mine");
    assert!(fs::symlink_metadata(site.join("part")).unwrap().is_symlink());
}

#[test]
fn a_build_that_was_interrupted_is_built_again() {
    let folder = folder(&SITE);
    fs::create_dir(folder.path().join("site")).unwrap();
    // A folder where a file has to be stops the first build in the middle.
    let site = folder.path().join("site");
    fs::create_dir_all(site.join(".x")).unwrap();
    fs::write(
        folder.path().join("mkdocs.yml"),
        "site_name: Shop\nexclude_docs: '!.x'\n",
    )
    .unwrap();
    fs::write(folder.path().join("docs/.x"), "text").unwrap();
    let arguments = ["docs", "build", ".", "--out", "site"];
    let (code, _, error) = run(folder.path(), &arguments);
    assert!(code == 2 && error.contains(".x is a folder"), "{error}");
    assert!(site.join("index.html").is_file());
    fs::remove_dir(site.join(".x")).unwrap();
    let (code, out, error) = run(folder.path(), &arguments);
    assert_eq!(code, 0, "{out} {error}");
    assert!(site.join(".x").is_file());
}

#[test]
fn a_readme_alone_is_a_site_with_its_pictures() {
    let folder = folder(&[
        ("README.md", "# Me\n\n![x](img/x.svg)"),
        ("img/x.svg", "<svg/>"),
        ("secret.txt", "s"),
    ]);
    let (code, out, error) = run(folder.path(), &["docs", "build", ".", "--out", "site"]);
    assert_eq!(code, 0, "{out} {error}");
    let site = folder.path().join("site");
    assert!(site.join("img/x.svg").is_file() && !site.join("secret.txt").exists());
    assert_eq!(run(folder.path(), &["docs", "check", "."]).0, 0);
}

#[test]
fn folders_that_hold_something_else_are_left_alone() {
    let folder = folder(&SITE);
    fs::create_dir(folder.path().join("other")).unwrap();
    fs::write(folder.path().join("other/letter.txt"), "dear").unwrap();
    for (out, reason) in [
        ("other", "holds other files"),
        (".", "holds the sources"),
        ("docs/site", "lies among the sources"),
    ] {
        let (code, _, error) = run(folder.path(), &["docs", "build", ".", "--out", out]);
        assert_eq!(code, 2, "{out}: {error}");
        assert!(error.contains(reason), "{out}: {error}");
    }
    assert!(folder.path().join("other/letter.txt").is_file());
    let (code, _, error) = run(folder.path(), &["docs", "build", "nowhere", "--out", "x"]);
    assert!(code == 2 && error.contains("there is no nowhere"), "{error}");
}

#[test]
fn findings_have_place_reason_and_way_out() {
    let folder = folder(&[
        (
            "mkdocs.yml",
            "site_name: Shop\nhooks: [x.py]\nnav:\n  - index.md\n  - Gone: gone.md\n",
        ),
        ("docs/index.md", "# Shop\n\nSee [one](one.md#x), [two](two.md).\n"),
        ("docs/one.md", "# One\n"),
    ]);
    insta::assert_snapshot!(transcript(folder.path(), &["docs", "check", "."]));
    let (code, out, _) = run(folder.path(), &["docs", "check", "mkdocs.yml", "--json"]);
    assert_eq!(code, 1);
    let findings: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let link = findings.iter().find(|one| one["rule"] == "link").unwrap();
    assert_eq!(
        (link["line"].as_u64(), link["column"].as_u64()),
        (Some(3), Some(28)),
        "{link}"
    );
}

#[test]
fn the_configuration_that_is_named_is_read() {
    let folder = folder(&[
        (
            "mkdocs.yml",
            "site_name: Usual\nsite_description: what is inherited\n",
        ),
        (
            "mkdocs.prod.yml",
            "INHERIT: mkdocs.yml\nsite_name: Other\ndocs_dir: prod\n",
        ),
        ("docs/index.md", "# Usual"),
        ("prod/index.md", "# Other page\n\n[gone](gone.md)"),
        ("README.md", "# Read me"),
    ]);
    let arguments = ["docs", "build", "mkdocs.prod.yml", "--out", "site", "--json"];
    let (code, out, error) = run(folder.path(), &arguments);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["siteName"], "Other");
    let metadata = fs::read_to_string(folder.path().join("site/techdocs_metadata.json")).unwrap();
    assert!(metadata.contains("what is inherited"), "{metadata}");
    let page = fs::read_to_string(folder.path().join("site/index.html")).unwrap();
    assert!(page.contains("Other page"), "{page}");
    let (code, out, _) = run(folder.path(), &["docs", "check", "mkdocs.prod.yml"]);
    assert_eq!(
        (code, out.starts_with("prod/index.md:3:8: error")),
        (1, true),
        "{out}"
    );
    assert_eq!(run(folder.path(), &["docs", "check", "mkdocs.yml"]).0, 0);
    for command in [
        &["docs", "check", "README.md"][..],
        &["docs", "build", "README.md", "--out", "x"],
    ] {
        let (code, _, error) = run(folder.path(), command);
        assert!(
            code == 2 && error.contains("is no configuration of a site"),
            "{error}"
        );
    }
}

#[test]
fn many_notes_hide_no_error() {
    let notes: String = (0..600).map(|at| format!("[{at}](../src/main.rs)\n")).collect();
    let folder = folder(&[
        ("docs/a.md", notes.as_str()),
        ("docs/b.md", "[gone](gone.md)"),
        ("src/main.rs", "fn main() {}"),
    ]);
    let (code, out, error) = run(folder.path(), &["docs", "check", "."]);
    assert_eq!(code, 1, "{error}");
    assert!(out.contains("docs/b.md:1:8: error"), "{out}");
    assert!(
        error.contains("2 page(s): 1 error(s), 0 warning(s), 600 note(s)"),
        "{error}"
    );
    assert!(
        error.contains("100 more are listed when some of these are mended"),
        "{error}"
    );
}

#[test]
fn warnings_fail_where_that_is_asked_for() {
    let folder = folder(&[("docs/index.md", "# Shop\n\n[x](#x)\n")]);
    assert_eq!(run(folder.path(), &["docs", "check", "."]).0, 0);
    assert_eq!(run(folder.path(), &["docs", "check", ".", "--strict"]).0, 1);
}

#[test]
fn a_site_is_published_into_a_folder() {
    let folder = folder(&SITE);
    let config = "techdocs:\n  publisher: {type: local, local: {publishDirectory: published}}\n";
    fs::write(folder.path().join("app-config.yaml"), config).unwrap();
    let publish = |entity: &str| {
        run(
            folder.path(),
            &["docs", "publish", ".", "--entity", entity, "--json"],
        )
    };
    let (code, out, error) = publish("default/Component/shop");
    assert_eq!(code, 0, "{out} {error}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&told["folder"], &told["pages"]),
        (&"default/component/shop".into(), &2.into())
    );
    let site = folder.path().join("published/default/component/shop");
    assert!(site.join("part/index.html").is_file() && site.join("techdocs_metadata.json").is_file());
    for wrong in ["shop", "default/component/../x", "a/b/c/d"] {
        let (code, _, error) = publish(wrong);
        assert!(
            code == 2 && error.contains("namespace/kind/name"),
            "{wrong}: {error}"
        );
    }
}
