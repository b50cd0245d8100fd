//! Kustomizations, built as `kubectl kustomize` builds them, as far as `deploy` uses them.
//!
//! A key that is not read here is an error, never ignored: what is checked must be what a cluster gets. A test compares with
//! `kubectl` where that is installed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::manifest::{Manifests, is_of_cluster, list, name, text, texts, title};
use super::patch;

const FILE: &str = "kustomization.yaml";

/// The keys that are read.
const KEYS: [&str; 9] = [
    "apiVersion",
    "kind",
    "namespace",
    "labels",
    "resources",
    "components",
    "images",
    "configMapGenerator",
    "patches",
];

/// The objects of a folder, with components beside those that it names.
pub fn build(folder: &Path, components: &[PathBuf]) -> Result<Manifests> {
    let mut set = Manifests::default();
    accumulate(folder, components, &mut set)?;
    Ok(set)
}

fn accumulate(folder: &Path, further: &[PathBuf], set: &mut Manifests) -> Result<()> {
    let file = read(&folder.join(FILE))?;
    for key in file.as_object().into_iter().flat_map(Map::keys) {
        if !KEYS.contains(&key.as_str()) {
            bail!(
                "{}: the key '{key}' is not read by this check",
                folder.join(FILE).display()
            );
        }
    }
    for resource in texts(&file, "/resources") {
        add_resource(folder, resource, set)?;
    }
    let named = texts(&file, "/components")
        .into_iter()
        .map(|one| folder.join(one));
    let mut components: Vec<PathBuf> = named.collect::<Vec<_>>();
    components.extend(further.iter().cloned());
    let mut seen = Vec::new();
    for component in components {
        let real = component
            .canonicalize()
            .with_context(|| format!("there is no component {}", component.display()))?;
        if !seen.contains(&real) {
            accumulate(&component, &[], set)?;
            seen.push(real);
        }
    }
    for generator in list(&file, "/configMapGenerator") {
        generate(folder, generator, set)?;
    }
    for patch in list(&file, "/patches") {
        apply_patch(patch, set)?;
    }
    transform(&file, set);
    Ok(())
}

/// A file of objects, or another folder with a kustomization.
fn add_resource(folder: &Path, resource: &str, set: &mut Manifests) -> Result<()> {
    let path = folder.join(resource);
    let mut found = Manifests::default();
    if path.is_dir() {
        accumulate(&path, &[], &mut found)?;
    } else {
        stays_inside(resource)?;
        found.objects = documents(&path)?;
    }
    for object in found.objects {
        add(object, set)?;
    }
    Ok(())
}

fn add(object: Value, set: &mut Manifests) -> Result<()> {
    if text(&object, "/apiVersion").is_empty()
        || text(&object, "/kind").is_empty()
        || name(&object).is_empty()
    {
        bail!("an object lacks apiVersion, kind or name: {object}");
    }
    if set.find(text(&object, "/kind"), name(&object)).is_some() {
        bail!("{} is there twice", title(&object));
    }
    set.objects.push(object);
    Ok(())
}

/// `kubectl` reads no files from outside of a kustomization's folder.
fn stays_inside(file: &str) -> Result<()> {
    if file.starts_with('/') || file.split('/').any(|part| part == "..") {
        bail!("'{file}' lies outside of its kustomization's folder, where kubectl does not read it");
    }
    Ok(())
}

fn read(path: &Path) -> Result<Value> {
    documents(path)?
        .into_iter()
        .next()
        .with_context(|| format!("{} is empty", path.display()))
}

/// The documents of a file of YAML.
pub fn documents(path: &Path) -> Result<Vec<Value>> {
    let content = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    yaml::parse(&content, &yaml::Limits::default())
        .into_iter()
        .map(|document| {
            let value = document.value;
            value.map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
        })
        .filter(|value| !matches!(value, Ok(Value::Null)))
        .collect()
}

/// Makes a `ConfigMap` of files. Unless its name is fixed, the name ends with a digest, and what names it follows.
fn generate(folder: &Path, generator: &Value, set: &mut Manifests) -> Result<()> {
    let plain = text(generator, "/name");
    let mut data = Map::new();
    for file in texts(generator, "/files") {
        let (key, path) = file
            .split_once('=')
            .unwrap_or((file.rsplit('/').next().unwrap_or(file), file));
        stays_inside(path)?;
        let content = std::fs::read_to_string(folder.join(path))
            .with_context(|| format!("cannot read {}", folder.join(path).display()))?;
        data.insert(key.to_owned(), json!(content));
    }
    let mut metadata = json!({ "name": plain });
    for key in ["labels", "annotations"] {
        if let Some(pairs) = generator.pointer(&format!("/options/{key}")) {
            metadata[key] = pairs.clone();
        }
    }
    let is_fixed = generator.pointer("/options/disableNameSuffixHash") == Some(&json!(true));
    if !is_fixed {
        let hashed = format!("{plain}-{}", suffix(&data));
        rename(plain, &hashed, set);
        metadata["name"] = json!(hashed);
    }
    add(
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "data": data, "metadata": metadata }),
        set,
    )
}

/// The end that kustomize gives the name of a generated `ConfigMap`: ten characters of a digest, without those that might
/// spell a word.
fn suffix(data: &Map<String, Value>) -> String {
    let mut keys: Vec<_> = data.keys().collect();
    keys.sort();
    let fields: Vec<String> = keys
        .into_iter()
        .map(|key| format!("{}:{}", json!(key), data[key]))
        .collect();
    // The name is left out there, too. Go's encoder writes these three as escapes.
    let encoded = format!(
        r#"{{"data":{{{}}},"kind":"ConfigMap","name":""}}"#,
        fields.join(",")
    )
    .replace('<', "\\u003c")
    .replace('>', "\\u003e")
    .replace('&', "\\u0026");
    let digest = format!("{:x}", Sha256::digest(encoded));
    let spelled = digest.chars().take(10).map(|letter| match letter {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    });
    spelled.collect()
}

/// Pods that name the `ConfigMap` get its whole name.
fn rename(plain: &str, hashed: &str, set: &mut Manifests) {
    for object in &mut set.objects {
        if let Some(pod) = object.pointer_mut("/spec/template/spec") {
            rename_within(pod, plain, hashed);
        }
    }
}

fn rename_within(value: &mut Value, plain: &str, hashed: &str) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rename_within(item, plain, hashed)),
        Value::Object(fields) => {
            for (key, field) in fields {
                let names_one = ["configMap", "configMapRef", "configMapKeyRef"].contains(&key.as_str());
                if names_one && field["name"] == plain {
                    field["name"] = json!(hashed);
                }
                rename_within(field, plain, hashed);
            }
        }
        _ => {}
    }
}

fn apply_patch(patch: &Value, set: &mut Manifests) -> Result<()> {
    let (kind, target) = (text(patch, "/target/kind"), text(patch, "/target/name"));
    let operations = yaml::parse_one(text(patch, "/patch"), &yaml::Limits::default())
        .map_err(|error| anyhow::anyhow!("the patch of {kind} {target}: {error}"))?;
    let operations = operations
        .as_array()
        .with_context(|| format!("the patch of {kind} {target} is no list of operations"))?;
    let object = set
        .objects
        .iter_mut()
        .find(|object| text(object, "/kind") == kind && name(object) == target)
        .with_context(|| format!("a patch finds no {kind} {target}"))?;
    patch::apply(object, operations).with_context(|| format!("the patch of {kind} {target}"))
}

/// Namespace, labels and images, which count for every object that was read so far.
fn transform(file: &Value, set: &mut Manifests) {
    let namespace = text(file, "/namespace");
    for object in &mut set.objects {
        if !namespace.is_empty() && !is_of_cluster(object) {
            object["metadata"]["namespace"] = json!(namespace);
        }
        for label in list(file, "/labels") {
            add_labels(object, &label["pairs"], label["includeTemplates"] == true);
        }
        for image in list(file, "/images") {
            replace_image(object, image);
        }
    }
}

fn add_labels(object: &mut Value, pairs: &Value, with_templates: bool) {
    let has_template = object.pointer("/spec/template/metadata").is_some();
    let mut places = vec!["/metadata"];
    if with_templates && has_template {
        places.push("/spec/template/metadata");
    }
    for place in places {
        let Some(metadata) = object.pointer_mut(place) else {
            continue;
        };
        for (key, value) in pairs.as_object().into_iter().flatten() {
            metadata["labels"][key] = value.clone();
        }
    }
}

fn replace_image(object: &mut Value, image: &Value) {
    let containers = object.pointer_mut("/spec/template/spec/containers");
    for container in containers.and_then(Value::as_array_mut).into_iter().flatten() {
        if container["image"] == image["name"] {
            let new = text(image, "/newName");
            container["image"] = json!(match text(image, "/digest") {
                "" => format!("{new}:{}", text(image, "/newTag")),
                digest => format!("{new}@{digest}"),
            });
        }
    }
}
