//! The manifests as they are keep the rules; each rule finds the fault that it is for.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::manifest::{Manifests, name, text};
use super::rules::{Sources, all};
use super::{build, components, kustomization};
use crate::process::root;

/// What may be wrong, and how the rules say it.
const FAULTS: &str = include_str!("faults.txt");

fn sources() -> Sources {
    Sources::read(&root()).expect("the repository has what the rules read")
}

fn whole() -> Manifests {
    let deploy = root().join("deploy");
    build(&deploy.join("prod"), &components(&deploy).expect("components")).expect("prod builds")
}

/// What the rules say when an object has another value at a pointer; without a value it is removed.
fn problems_with(kind: &str, object: &str, pointer: &str, value: Option<Value>) -> Vec<String> {
    let mut set = whole();
    let changed = set
        .objects
        .iter_mut()
        .find(|one| text(one, "/kind") == kind && name(one) == object)
        .unwrap_or_else(|| panic!("there is no {kind} {object}"));
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    let place = changed
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("there is no {parent}"));
    match (value, place) {
        (None, Value::Object(fields)) => drop(fields.remove(&last.replace("~1", "/"))),
        (Some(value), Value::Array(items)) => items[last.parse::<usize>().expect("a place")] = value,
        (Some(value), place) => place[last.replace("~1", "/").as_str()] = value,
        (None, _) => panic!("{pointer} is in a list"),
    }
    all(&set, &sources()).expect("the rules can be held")
}

#[test]
fn the_manifests_keep_the_rules() {
    super::check().expect("deploy keeps its rules");
}

#[test]
fn each_fault_is_found() {
    let rows = FAULTS.lines().filter(|line| !line.starts_with('#'));
    for row in rows {
        let columns: Vec<_> = row.split(" | ").collect();
        let [object, pointer, value, expected] = columns[..] else {
            panic!("four columns: {row}");
        };
        let (kind, name) = object.split_once(' ').expect(row);
        let value = (value != "-").then(|| serde_json::from_str(value).expect(row));
        let pointer = pointer.replace('^', "/spec/template/spec/containers/0");
        let found = problems_with(kind, name, &pointer, value);
        assert!(
            found.iter().any(|problem| problem.contains(expected)),
            "{row}: {found:?}"
        );
    }
}

#[test]
fn a_secret_in_clear_is_found() {
    let mut set = whole();
    set.objects.push(json!({
        "apiVersion": "v1", "kind": "Secret", "stringData": {"a": "b"},
        "metadata": {"name": "s", "namespace": "portal", "labels": {"backstage.io/kubernetes-id": "portal"}},
    }));
    assert_eq!(
        all(&set, &sources()).expect("rules"),
        ["Secret s: secrets do not belong into Git"]
    );
}

#[test]
fn a_changed_configuration_replaces_the_pods() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("deploy"), folder.path());
    let volume = "/spec/template/spec/volumes/0/configMap/name";
    let named = || {
        let set = build(&folder.path().join("prod"), &[]).expect("it builds");
        text(set.portal().expect("the portal"), volume).to_owned()
    };
    let before = named();
    assert_eq!(before, named());
    let file = folder.path().join("prod/files/app-config.yaml");
    let content = std::fs::read_to_string(&file).expect("the configuration");
    std::fs::write(&file, content.replace("title: Developer portal", "title: Portal"))
        .expect("a folder of ours");
    assert_ne!(before, named());
    assert!(named().starts_with("portal-app-config-"), "{}", named());
}

#[test]
fn what_is_not_read_is_refused() {
    for (kustomization, expected) in [
        ("namePrefix: x-\n", "'namePrefix' is not read"),
        ("resources: [../a.yaml]\n", "outside"),
        ("resources: [none.yaml]\n", "cannot read"),
        ("components: [none]\n", "no component"),
        (
            "configMapGenerator: [{name: a, files: [/etc/hostname]}]\n",
            "outside",
        ),
        (
            "patches: [{target: {kind: A, name: b}, patch: '[]'}]\n",
            "a patch finds no A b",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("kustomization.yaml"), kustomization).expect("a folder of ours");
        let error = kustomization::build(folder.path(), &[]).expect_err(kustomization);
        assert!(
            format!("{error:#}").contains(expected),
            "{kustomization}: {error:#}"
        );
    }
}

/// What is checked is what a cluster gets: `kubectl` builds the same objects, and the same names.
#[test]
fn kubectl_builds_the_same() {
    let Some(kubectl) = kubectl() else {
        eprintln!("SKIPPED: there is no kubectl to compare with, on the path or as KUBECTL");
        return;
    };
    let with_all = tempfile::tempdir().expect("a folder");
    copy(&root().join("deploy"), with_all.path());
    let file = with_all.path().join("prod/kustomization.yaml");
    let content = std::fs::read_to_string(&file).expect("the kustomization");
    std::fs::write(&file, content.replace("  # - ../", "  - ../")).expect("a folder of ours");
    let deploy = root().join("deploy");
    for folder in [
        deploy.join("prod"),
        deploy.join("base"),
        with_all.path().join("prod"),
    ] {
        let printed = Command::new(&kubectl)
            .arg("kustomize")
            .arg(&folder)
            .output()
            .expect("kubectl runs");
        assert!(
            printed.status.success(),
            "{}",
            String::from_utf8_lossy(&printed.stderr)
        );
        let stream = String::from_utf8(printed.stdout).expect("UTF-8");
        let theirs = yaml::parse(&stream, &yaml::Limits::default());
        let theirs = theirs.into_iter().map(|document| document.value.expect("YAML"));
        let theirs = by_title(theirs.collect());
        let ours = by_title(build(&folder, &[]).expect("it builds").objects);
        let titles = |objects: &BTreeMap<String, Value>| objects.keys().cloned().collect::<Vec<_>>();
        assert_eq!(titles(&ours), titles(&theirs), "{}", folder.display());
        for (title, object) in &ours {
            assert_eq!(object, &theirs[title], "{}: {title}", folder.display());
        }
    }
}

fn by_title(objects: Vec<Value>) -> BTreeMap<String, Value> {
    objects
        .into_iter()
        .map(|object| (super::manifest::title(&object), object))
        .collect()
}

fn kubectl() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("KUBECTL").map(std::path::PathBuf::from);
    let kept = std::env::home_dir().map(|home| home.join(".cache/portal-services/bin/kubectl"));
    let on_path = crate::process::exists("kubectl").then(|| "kubectl".into());
    named.or(on_path).or(kept.filter(|path| path.is_file()))
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder of ours");
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a file of ours");
        }
    }
}
