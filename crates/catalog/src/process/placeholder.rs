//! `$text`, `$json`, `$yaml`, `$openapi` and `$asyncapi`: parts of an entity that stand in other
//! files (as in `@backstage/plugin-catalog-backend` 4.0.0).
//!
//! The original reads placeholders only by URL, so relative ones in local files fail there, as they do here with
//! `portal.resolveFilePlaceholders: false`. Else they are read from the local repository, never from outside of it,
//! and never what is hidden there or configures a portal.

use std::path::{Path, PathBuf};

use model::{Fault, LocationRef, PLACEHOLDERS};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use yaml::Limits;

use super::bundle;
use crate::ingest::UrlSource;
use crate::paths::normalize;

/// Longest address, in bytes: what is longer is the content itself.
const MAX_ADDRESS: usize = 2_000;
/// Deepest nesting that is searched; documents nested deeper are refused when they are parsed.
const MAX_DEPTH: usize = 128;

/// Most bytes that the placeholders of one entity bring, all files together.
const MAX_BYTES: usize = 32 << 20;

/// Whether anything in the value has to be read from elsewhere.
pub(super) fn occur_in(value: &Value) -> bool {
    match value {
        Value::Object(map)
            if map.len() == 1 && PLACEHOLDERS.contains(&map.keys().next().map_or("", String::as_str)) =>
        {
            true
        }
        Value::Object(map) => map.values().any(occur_in),
        Value::Array(items) => items.iter().any(occur_in),
        _ => false,
    }
}

/// Replaces placeholders of one entity and remembers what was read.
pub(crate) struct Resolver<'a> {
    pub location: &'a LocationRef,
    /// The configured or registered location that led to `location`.
    pub origin: &'a LocationRef,
    pub source: &'a dyn UrlSource,
    pub local_files: bool,
    pub max_bytes: u64,
    pub limits: &'a Limits,
    /// What was read, as refresh keys.
    pub read: Vec<String>,
    /// Bytes read so far.
    pub bytes: usize,
}

impl Resolver<'_> {
    /// Replaces every placeholder in the value.
    pub async fn replace(&mut self, value: &mut Value) -> Result<(), Fault> {
        for (pointer, key, argument) in find(value) {
            let content = self.resolve(&key, &argument).await;
            let content = content.map_err(|fault| fault.at(pointer.clone()))?;
            if let Some(place) = value.pointer_mut(&pointer) {
                *place = content;
            }
        }
        Ok(())
    }

    async fn resolve(&mut self, key: &str, argument: &Value) -> Result<Value, Fault> {
        let Some(target) = argument.as_str() else {
            return Err(Fault::error(format!(
                "Placeholder {key} expected a string value parameter, in the form of an absolute URL or a relative path"
            )));
        };
        if target.len() > MAX_ADDRESS {
            return Err(Fault::error(format!(
                "Placeholder {key} expected an address, got a text of {} bytes",
                target.len()
            )));
        }
        let address = self.address(key, target)?;
        let text = self.fetch(key, target, &address).await?;
        match key {
            "$json" => model::parse_json(&text).map_err(|message| {
                Fault::error(format!(
                    "Placeholder {key} failed to parse JSON data at {target}, SyntaxError: {message}"
                ))
            }),
            "$yaml" => self.one_document(key, target, &text),
            "$openapi" | "$asyncapi" => {
                let root = self.one_document(key, target, &text)?;
                let bundled = bundle::bundle(self, key, &address, root).await?;
                Ok(yaml::to_string(&bundled).into())
            }
            _ => Ok(text.into()),
        }
    }

    fn one_document(&self, key: &str, target: &str, text: &str) -> Result<Value, Fault> {
        let mut documents = yaml::parse(text, self.limits);
        if documents.len() != 1 {
            return Err(Fault::error(format!(
                "Placeholder {key} expected to find exactly one document of data at {target}, found {}",
                documents.len()
            )));
        }
        let document = documents.remove(0);
        document.value.map_err(|error| {
            Fault::error(format!(
                "Placeholder {key} found an error in the data at {target}, {error}"
            ))
        })
    }

    /// Where the target is: an absolute URL, or the path of a local file.
    pub fn address(&self, key: &str, target: &str) -> Result<Address, Fault> {
        let unreachable = |fault: Fault| {
            Fault::error(format!(
                "Placeholder {key} could not form a URL out of {} and {target}, {fault}",
                self.location.target
            ))
        };
        let is_local = self.location.kind == "file" && url::Url::parse(target).is_err();
        if is_local && self.local_files {
            return self
                .local_file(Path::new(&self.location.target), target)
                .map(Address::File)
                .map_err(unreachable);
        }
        let hosts = self.source.integrations();
        let url = hosts
            .resolve_url(&self.location.target, target)
            .map_err(unreachable)?;
        hosts.same_repository(&self.location.target, &url)?;
        Ok(Address::Url(url))
    }

    /// A local file named by a catalog file or by a file that it includes.
    pub fn local_file(&self, named_in: &Path, target: &str) -> Result<PathBuf, Fault> {
        let catalog_file = Path::new(&self.location.target);
        let path = local_path(named_in, target, &confinement(catalog_file, self.origin))?;
        check_not_private(catalog_file, &path)?;
        Ok(path)
    }

    /// Reads the text at an address and remembers it as a refresh key.
    pub async fn fetch(&mut self, key: &str, target: &str, address: &Address) -> Result<String, Fault> {
        let refresh_key = address.refresh_key();
        if refresh_key.contains('\0') {
            return Err(Fault::input(format!(
                "Placeholder {key} names a file with a NUL character"
            )));
        }
        if !self.read.contains(&refresh_key) {
            self.read.push(refresh_key);
        }
        let content = match address {
            Address::Url(url) => self.source.read(url, None).await.map(|read| read.bytes.to_vec()),
            Address::File(path) => read_bounded(path, self.max_bytes).await,
        };
        let bytes = content.map_err(|fault| {
            Fault::error(format!(
                "Placeholder {key} could not read location {target}, {fault}"
            ))
        })?;
        self.bytes += bytes.len();
        if self.bytes > MAX_BYTES {
            return Err(Fault::error(format!(
                "Placeholder {key} was not resolved at {target}, the placeholders of an entity bring at most {} MiB",
                MAX_BYTES >> 20
            )));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Where a placeholder points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Url(String),
    File(PathBuf),
}

impl Address {
    /// The key under which a change of the file is announced.
    pub fn refresh_key(&self) -> String {
        match self {
            Self::Url(url) => format!("url:{url}"),
            Self::File(path) => format!("file:{}", path.display()),
        }
    }
}

/// The folder that files included by a catalog file must lie in: the repository, or the folder of the
/// configured file that leads to the catalog file, whichever is larger; without either its own folder.
fn confinement(catalog_file: &Path, origin: &LocationRef) -> PathBuf {
    let folder = catalog_file.parent().unwrap_or(Path::new("/"));
    let repository = folder.ancestors().find(|ancestor| ancestor.join(".git").exists());
    let configured = Path::new(&origin.target).parent();
    let configured = configured.filter(|parent| origin.kind == "file" && folder.starts_with(parent));
    let roots = [repository, configured].into_iter().flatten();
    roots
        .min_by_key(|root| root.components().count())
        .unwrap_or(folder)
        .to_path_buf()
}

/// The file that `target` means in a file, as long as it lies below `root`.
fn local_path(named_in: &Path, target: &str, root: &Path) -> Result<PathBuf, Fault> {
    let folder = named_in.parent().unwrap_or(Path::new("/"));
    let path = PathBuf::from(normalize(&folder.join(target)));
    let outside = || {
        Fault::not_allowed(format!(
            "it lies outside of {}, from where files may be read",
            root.display()
        ))
    };
    if !path.starts_with(root) {
        return Err(outside());
    }
    // A link may lead out although the path does not.
    if let (Ok(real), Ok(real_root)) = (path.canonicalize(), root.canonicalize())
        && !real.starts_with(real_root)
    {
        return Err(outside());
    }
    Ok(path)
}

/// Refuses what no descriptor has a reason to show: hidden files and folders, which hold passwords and the insides of
/// repositories, and configurations of portals. What lies in the catalog file's own folder may be hidden with it.
fn check_not_private(catalog_file: &Path, path: &Path) -> Result<(), Fault> {
    let folder = catalog_file.parent().unwrap_or(Path::new("/"));
    let real = path.canonicalize();
    let real_folder = folder.canonicalize();
    let real = real.as_deref().ok().zip(real_folder.as_deref().ok());
    for (path, folder) in [(path, folder)].into_iter().chain(real) {
        if let Some(name) = private_part(path, folder) {
            return Err(Fault::not_allowed(format!(
                "{} is not read: {name} is hidden or configures a portal, and may hold secrets",
                path.display()
            )));
        }
    }
    Ok(())
}

/// The part of a path, beyond those it shares with `folder`, that is private.
fn private_part(path: &Path, folder: &Path) -> Option<String> {
    let shared = path.components().zip(folder.components());
    let shared = shared.take_while(|(left, right)| left == right).count();
    let names = path.components().skip(shared);
    let mut names = names.map(|part| part.as_os_str().to_string_lossy().into_owned());
    names.find(|name| {
        let lower = name.to_lowercase();
        // Copies, too: app-config.yaml.bak.
        let is_yaml = lower.contains(".yaml") || lower.contains(".yml");
        name.starts_with('.') || (lower.starts_with("app-config") && is_yaml)
    })
}

async fn read_bounded(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Fault> {
    let missing = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::not_found(format!("no such file {}", path.display())),
        _ => Fault::error(format!("could not read {}: {error}", path.display())),
    };
    let metadata = tokio::fs::metadata(path).await.map_err(|error| missing(&error))?;
    if !metadata.is_file() {
        // A pipe would be waited for.
        return Err(Fault::error(format!("{} is no ordinary file", path.display())));
    }
    let too_large = |size: &str| {
        Fault::error(format!(
            "{} has {size} bytes, at most {max_bytes} are read",
            path.display()
        ))
    };
    if metadata.len() > max_bytes {
        return Err(too_large(&metadata.len().to_string()));
    }
    let file = tokio::fs::File::open(path)
        .await
        .map_err(|error| missing(&error))?;
    let mut bytes = Vec::new();
    // It may have grown since.
    let mut bounded = file.take(max_bytes.saturating_add(1));
    bounded
        .read_to_end(&mut bytes)
        .await
        .map_err(|error| missing(&error))?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large("too many"));
    }
    Ok(bytes)
}

/// Every placeholder: where it is, its key and its argument.
fn find(value: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    collect(value, &mut String::new(), 0, &mut found);
    found
}

fn collect(value: &Value, pointer: &mut String, depth: usize, found: &mut Vec<(String, String, Value)>) {
    if depth > MAX_DEPTH {
        return;
    }
    let length = pointer.len();
    match value {
        Value::Object(map) => {
            if map.len() == 1
                && let Some((key, argument)) = map.iter().next()
                && PLACEHOLDERS.contains(&key.as_str())
            {
                found.push((pointer.clone(), key.clone(), argument.clone()));
                return;
            }
            for (key, child) in map {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect(child, pointer, depth + 1, found);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                collect(child, pointer, depth + 1, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn placeholders_are_objects_with_one_known_key() {
        let check = |value: Value, expected: &[&str]| {
            let found: Vec<_> = find(&value)
                .into_iter()
                .map(|(pointer, key, _)| format!("{pointer} {key}"))
                .collect();
            assert_eq!(found, expected, "{value}");
            assert_eq!(occur_in(&value), !expected.is_empty(), "{value}");
        };
        check(
            json!({"spec": {"a/b": [{"$text": "x"}, {"$yaml": "y"}]}}),
            &["/spec/a~1b/0 $text", "/spec/a~1b/1 $yaml"],
        );
        check(json!({"spec": {"$text": "x", "more": 1}}), &[]);
        check(json!({"spec": {"$unknown": "x"}}), &[]);
    }

    #[test]
    fn local_files_stay_within_their_tree() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("catalog/deep/er")).unwrap();
        std::os::unix::fs::symlink("/etc", path("catalog/link")).unwrap();
        let nested = path("catalog/deep/er/catalog-info.yaml");
        let read = |origin: &str, target: &str| {
            let origin = LocationRef::new("file", path(origin).display().to_string());
            local_path(&nested, target, &confinement(&nested, &origin))
        };
        let check = |origin: &str, target: &str, expected: Option<&str>| {
            let found = read(origin, target).ok();
            assert_eq!(found, expected.map(path), "{origin} {target}");
        };
        let own = "catalog/deep/er/catalog-info.yaml";
        check(own, "./docs/a.txt", Some("catalog/deep/er/docs/a.txt"));
        check(own, "../a.txt", None);
        // The folder of the configured file that leads here.
        let root = "catalog/root.yaml";
        check(root, "../../a.txt", Some("catalog/a.txt"));
        check(root, "../../../a.txt", None);
        check(root, "/etc/passwd", None);
        check(root, "../../link/passwd", None);
        check("catalog/*/er/catalog-info.yaml", "../a.txt", None);
        check("elsewhere/root.yaml", "../a.txt", None);
        let fault = read(root, "../../../a.txt").unwrap_err();
        assert!(fault.message.contains("lies outside of"), "{fault}");
        // The repository.
        std::fs::create_dir_all(path(".git")).unwrap();
        check(own, "../../../a.txt", Some("a.txt"));
        check(own, "../../../../a.txt", None);
    }

    #[test]
    fn private_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["catalog/.github", "catalog/docs/.hidden", ".git"] {
            std::fs::create_dir_all(path(name)).unwrap();
        }
        std::fs::write(path("catalog/.env"), "SECRET=1").unwrap();
        std::os::unix::fs::symlink(path("catalog/.env"), path("catalog/innocent.txt")).unwrap();
        let read = |catalog_file: &str, target: &str| {
            let catalog_file = path(catalog_file);
            let target = PathBuf::from(normalize(&catalog_file.parent().unwrap().join(target)));
            check_not_private(&catalog_file, &target)
        };
        let check = |catalog_file: &str, target: &str, expected: bool| {
            assert_eq!(
                read(catalog_file, target).is_ok(),
                expected,
                "{catalog_file} {target}"
            );
        };
        let own = "catalog/catalog-info.yaml";
        for private in [
            "./.env",
            ".github/x.md",
            "../.git/config",
            "docs/.hidden/x",
            "innocent.txt",
            "app-config.yaml",
            "../app-config.local.yaml",
            "../App-Config.production.yml",
            "app-config.yaml.bak",
        ] {
            check(own, private, false);
        }
        for open in ["./api.yaml", "../docs/a.b.md", "app-config.md", "config.yaml"] {
            check(own, open, true);
        }
        check("catalog/.github/catalog-info.yaml", "./api.yaml", true);
        check("catalog/.github/catalog-info.yaml", "../docs/x.yaml", true);
        check("catalog/.github/catalog-info.yaml", "./.env", false);
        check("catalog/.github/catalog-info.yaml", "../.env", false);
        let fault = read(own, "../.git/config").unwrap_err();
        assert!(fault.message.contains(".git is hidden"), "{fault}");
    }

    #[tokio::test]
    async fn only_ordinary_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for path in [pipe.as_path(), folder.path(), Path::new("/dev/zero")] {
            let fault = read_bounded(path, 10).await.unwrap_err();
            assert!(fault.message.ends_with("is no ordinary file"), "{fault}");
        }
        let file = folder.path().join("file");
        std::fs::write(&file, "12345678901").unwrap();
        let fault = read_bounded(&file, 10).await.unwrap_err();
        assert!(
            fault.message.ends_with("has 11 bytes, at most 10 are read"),
            "{fault}"
        );
        assert_eq!(read_bounded(&file, 11).await.unwrap().len(), 11);
    }
}
