//! Looking through a repository for descriptors.

use model::{Fault, FaultKind};
use scm::gitea::{Gitea, Repository};

use super::settings::{DescriptorPath, ProviderSettings};

/// Most descriptors of one repository.
const MAX_DESCRIPTORS: usize = 500;

/// The descriptors of a repository: branches and paths. One to three requests for a path, one for each thousand files for a
/// pattern.
pub(super) async fn look(
    gitea: &Gitea,
    settings: &ProviderSettings,
    repository: &Repository,
) -> Result<Vec<(String, String)>, Fault> {
    let default = repository.default_branch.as_str();
    let wanted = settings.branch.as_deref().filter(|branch| *branch != default);
    if let Some(branch) = wanted
        && let Some(found) = on_branch(gitea, settings, repository, branch, true).await?
    {
        return Ok(found);
    }
    let found = on_branch(gitea, settings, repository, default, false).await?;
    Ok(found.unwrap_or_default())
}

/// The descriptors on a branch; nothing where there is no such branch.
async fn on_branch(
    gitea: &Gitea,
    settings: &ProviderSettings,
    repository: &Repository,
    branch: &str,
    may_be_missing: bool,
) -> Result<Option<Vec<(String, String)>>, Fault> {
    let (owner, name) = repository.owner_and_name();
    match &settings.path {
        DescriptorPath::File(path) => {
            if gitea.file(owner, name, branch, path).await?.is_some() {
                return Ok(Some(vec![(branch.to_owned(), path.clone())]));
            }
            let is_missing = may_be_missing && gitea.branch(repository, branch).await?.is_none();
            Ok((!is_missing).then(Vec::new))
        }
        DescriptorPath::Pattern(pattern) => {
            let files = match gitea.files(owner, name, branch).await {
                Err(fault) if fault.is(&FaultKind::NotFound) => return Ok(None),
                files => files?,
            };
            let files = files.entries.into_iter().filter(|file| !file.is_link);
            let matching = files.filter(|file| pattern.is_match(&file.path));
            let found: Vec<(String, String)> = matching.map(|file| (branch.to_owned(), file.path)).collect();
            if found.len() > MAX_DESCRIPTORS {
                return Err(Fault::input(format!(
                    "{} has {} files of the pattern {}, more than {MAX_DESCRIPTORS}; make the pattern narrower",
                    repository.full_name,
                    found.len(),
                    settings.path.text()
                )));
            }
            Ok(Some(found))
        }
    }
}
