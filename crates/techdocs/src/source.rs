//! Where the documentation of an entity lies.

use std::path::{Component, Path, PathBuf};

use model::{Fault, entity};
use scm::Integrations;
use serde_json::Value;

use crate::REF;

/// A folder with documentation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// A folder of a repository, by its address.
    Url(String),
    /// A folder on this machine.
    Folder(PathBuf),
    /// A site that another program published, by its folder in the storage.
    Published(String),
}

impl Source {
    /// The source that an entity names; nothing if it names none.
    pub fn of(value: &Value, integrations: &Integrations) -> Option<Result<Self, Fault>> {
        let reference = entity::annotation(value, REF)?;
        Some(resolve(reference.trim(), value, integrations))
    }

    /// The type and target of the original's location.
    pub fn location(&self) -> (&'static str, String) {
        match self {
            Self::Url(url) => ("url", url.clone()),
            Self::Folder(folder) => ("dir", folder.display().to_string()),
            Self::Published(folder) => ("published", folder.clone()),
        }
    }
}

fn resolve(reference: &str, value: &Value, integrations: &Integrations) -> Result<Source, Fault> {
    match reference.split_once(':') {
        Some(("url", url)) => Ok(Source::Url(url.to_owned())),
        Some(("dir", folder)) => in_source(folder, value, integrations),
        _ => {
            let kind = reference.split(':').next().unwrap_or_default();
            Err(Fault::input(format!(
                "Invalid reference annotation {kind}: {REF} must be dir:<folder> or url:<address of a folder>, not \
                 '{reference}'"
            )))
        }
    }
}

/// A folder relative to where the entity comes from.
fn in_source(folder: &str, value: &Value, integrations: &Integrations) -> Result<Source, Fault> {
    let managed = entity::annotation(value, entity::MANAGED_BY_LOCATION).unwrap_or_default();
    if let Some(file) = managed.strip_prefix("file:") {
        // What a file on this machine says about another place of this machine does not count.
        let base = Path::new(file).parent().unwrap_or(Path::new("/"));
        return below(base, folder).map(Source::Folder);
    }
    let location =
        entity::annotation(value, entity::SOURCE_LOCATION).filter(|location| location.starts_with("url:"));
    let Some(base) = location.unwrap_or(managed).strip_prefix("url:") else {
        return Err(Fault::input(format!(
            "The documentation folder '{folder}' is relative to the entity's source, but '{managed}' is no address; \
             set {REF} to url:<address of the folder>"
        )));
    };
    let relative = if folder.is_empty() || folder == "." {
        "./"
    } else {
        folder
    };
    integrations.resolve_url(base, relative).map(Source::Url)
}

/// A folder below another one. It may not climb out.
fn below(base: &Path, folder: &str) -> Result<PathBuf, Fault> {
    let mut path = base.to_path_buf();
    for part in Path::new(folder).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            _ => {
                return Err(Fault::input(format!(
                    "Relative path is not allowed to refer to a directory outside its parent: {REF} is 'dir:{folder}'"
                )));
            }
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(annotations: &Value, expected: &Result<Source, &str>) {
        let config = json!({"integrations": {"gitea": [{"host": "git.example.com"}]}});
        let config = config::Config::from_value(config, Path::new("/")).unwrap();
        let integrations = Integrations::new(config.integrations());
        let value = json!({"metadata": {"name": "x", "annotations": annotations}});
        let found = Source::of(&value, &integrations).expect("annotated");
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(&found, expected),
            (Err(fault), Err(text)) => assert!(fault.message.contains(text), "{fault}"),
            (found, expected) => panic!("{found:?} is not {expected:?}"),
        }
    }

    #[test]
    fn folders_of_repositories_and_of_this_machine() {
        let url = |url: &str| Ok(Source::Url(url.to_owned()));
        let tree = "https://git.example.com/o/r/src/branch/main";
        let source = format!("url:{tree}/");
        check(
            &json!({REF: "dir:.", "backstage.io/source-location": source}),
            &url(&format!("{tree}/")),
        );
        check(
            &json!({REF: "dir:./sub", "backstage.io/source-location": source}),
            &url(&format!("{tree}/sub")),
        );
        check(
            &json!({REF: "dir:.", "backstage.io/managed-by-location": format!("url:{tree}/a/catalog-info.yaml")}),
            &url(&format!("{tree}/a/")),
        );
        check(
            &json!({REF: format!("url:{tree}/docs")}),
            &url(&format!("{tree}/docs")),
        );
        let file = "file:/srv/app/catalog-info.yaml";
        let folder = |path: &str| Ok(Source::Folder(PathBuf::from(path)));
        check(
            &json!({REF: "dir:.", "backstage.io/managed-by-location": file}),
            &folder("/srv/app"),
        );
        check(
            &json!({REF: "dir:docs", "backstage.io/managed-by-location": file}),
            &folder("/srv/app/docs"),
        );
    }

    #[test]
    fn what_is_refused() {
        let file = "file:/srv/app/catalog-info.yaml";
        check(
            &json!({REF: "dir:../x", "backstage.io/managed-by-location": file}),
            &Err("outside its parent"),
        );
        check(
            &json!({REF: "dir:/etc", "backstage.io/managed-by-location": file}),
            &Err("outside its parent"),
        );
        check(
            &json!({REF: "github:x"}),
            &Err("Invalid reference annotation github"),
        );
        check(&json!({REF: "dir:."}), &Err("is no address"));
        // Only a file of this machine may lead to files of this machine.
        check(
            &json!({REF: "dir:.", "backstage.io/source-location": "file:/etc/", "backstage.io/managed-by-location": "url:https://git.example.com/x"}),
            &Ok(Source::Url("https://git.example.com/".to_owned())),
        );
    }
}
