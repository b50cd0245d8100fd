//! A template on this disk that is tried, and what came of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use model::{Actor, Kinds};
use scaffolder::dry_run::{Beside, DryRun, DryRunReport};
use scaffolder::lint::{Subject, of_entity};
use scaffolder::template::Template;
use scaffolder::{Workbench, WorkspaceFile};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::lint::sentence;
use super::template_file::TemplateFile;
use super::values::Given;
use crate::commands::walk;

/// A template, and the file it is in.
pub struct OnDisk {
    pub template: Template,
    pub file: PathBuf,
    /// The folder that relative addresses may not leave.
    pub root: PathBuf,
    /// Folders that stand for addresses elsewhere.
    pub folders: Vec<(String, PathBuf)>,
}

impl OnDisk {
    /// The template of a file, or of a folder that has one.
    pub async fn find(path: &Path) -> Result<Self> {
        let file = if path.is_dir() {
            in_folder(path)?
        } else {
            path.to_owned()
        };
        Self::read(&file).await
    }

    /// The template of a file.
    pub async fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let file = TemplateFile::read(path).with_context(|| format!("{name} cannot be read"))?;
        if let Some(error) = file.errors().next() {
            bail!("{name}:{}:{}: {}", error.line, error.column, error.message);
        }
        let mut templates = file.templates().await?;
        let (Some(one), true) = (templates.pop(), templates.is_empty()) else {
            bail!("{name} has to hold one template: a document with `kind: Template`");
        };
        let shown = name.to_string();
        let subject = Subject {
            file: &shown,
            text: Some(one.text),
            line: one.line,
            entity: &one.entity,
        };
        if let Some(finding) = of_entity(&Kinds::builtin(), subject).first() {
            bail!("the catalog would refuse the template\n{}", sentence(finding));
        }
        let template = Template::of(&one.entity).map_err(|fault| anyhow::anyhow!("{name}: {fault}"))?;
        let file = std::path::absolute(path)?;
        Ok(Self {
            template,
            root: repository_of(&file),
            file,
            folders: Vec::new(),
        })
    }

    /// Tries it with these values, in the name of a person and with an environment where they are given.
    pub async fn attempt(
        &self,
        bench: &Workbench,
        given: &Given,
        (user, environment): (Option<Value>, Option<Value>),
    ) -> Result<DryRunReport> {
        let wanted = DryRun {
            limit: scaffolder::ActionLimit::default(),
            template: &self.template,
            values: &given.values,
            secrets: given.secrets.clone(),
            user,
            actor: Actor::system("a template is tried"),
            environment,
            beside: Beside::Disk {
                file: self.file.clone(),
                root: self.root.clone(),
                folders: self.folders.clone(),
            },
            until: None,
            is_made_up: given.is_made_up,
        };
        Ok(bench.dry_runs.run(wanted, &CancellationToken::new()).await?)
    }
}

/// The repository that a file is in: the nearest folder above it with a `.git`; else the folder of the file.
fn repository_of(file: &Path) -> PathBuf {
    let mut above = file.ancestors().skip(1);
    let found = above.find(|folder| folder.join(".git").exists());
    let beside = || file.parent().unwrap_or(file);
    found.unwrap_or_else(beside).to_owned()
}

/// The template's file in a folder: the one of the usual name, or the only one there is.
fn in_folder(folder: &Path) -> Result<PathBuf> {
    for name in ["template.yaml", "template.yml"] {
        let usual = folder.join(name);
        if usual.is_file() {
            return Ok(usual);
        }
    }
    let found = walk::descriptor_files(&[folder.to_owned()]).files;
    let is_template = |path: &PathBuf| TemplateFile::read(path).is_ok_and(|file| file.is_meant_as_template());
    let mut templates: Vec<PathBuf> = found.into_iter().filter(is_template).collect();
    match (templates.pop(), templates.len()) {
        (Some(one), 0) => Ok(one),
        (Some(_), others) => bail!(
            "there are {} templates below {}; name the file of one",
            others + 1,
            folder.display()
        ),
        (None, _) => bail!("there is no template in {}", folder.display()),
    }
}

/// Writes files into a folder, which must be empty or not there.
pub fn write(files: &[WorkspaceFile], folder: &Path) -> Result<()> {
    let has_something = folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    if has_something {
        bail!("the folder {} is not empty; name a new one", folder.display());
    }
    write_into(files, folder)
}

/// Writes files into a folder.
pub fn write_into(files: &[WorkspaceFile], folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for file in files {
        let target = folder.join(&file.path);
        let parent = target.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
        let failed = || format!("{} cannot be written", target.display());
        std::fs::write(&target, &file.bytes).with_context(failed)?;
        if file.is_executable {
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&target, mode).with_context(failed)?;
        }
    }
    Ok(())
}

/// Files by their paths.
pub fn by_path(files: &[WorkspaceFile]) -> BTreeMap<&str, &WorkspaceFile> {
    files.iter().map(|file| (file.path.as_str(), file)).collect()
}
