//! What a step changes in a repository that is there: the files of the workspace under their paths in the repository.

use model::Fault;
use plugin::ActionContext;
use scm::git::CommitFile;
use workspace::leads_out;

use super::blocking;

/// The files below a folder of the workspace, under their paths in the repository.
pub(super) async fn files(
    context: &ActionContext,
    source: Option<&str>,
    target: Option<&str>,
) -> Result<Vec<CommitFile>, Fault> {
    let workspace = context.workspace.below(source.unwrap_or("."))?;
    let folder = joined(target, "")?;
    if let Some(source) = source
        && !context.workspace.is_folder(source)
    {
        return Err(Fault::not_found(format!(
            "The workspace has no folder {source}; correct sourcePath, which is \".\" for the whole workspace"
        )));
    }
    let mut files = blocking(move || workspace.files()).await?;
    for file in &mut files {
        if !folder.is_empty() {
            file.path = format!("{folder}/{}", file.path);
        }
    }
    Ok(files)
}

/// A path below a folder of the repository. One that leads out is refused.
pub(super) fn joined(target: Option<&str>, path: &str) -> Result<String, Fault> {
    let whole = format!("{}/{path}", target.unwrap_or_default());
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or_else(leads_out)?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_repository() {
        assert_eq!(joined(Some("./apps/"), "a/b").unwrap(), "apps/a/b");
        assert_eq!(joined(Some("."), "").unwrap(), "");
        assert_eq!(joined(None, "/a").unwrap(), "a");
        assert_eq!(joined(Some("apps/../libs"), "x").unwrap(), "libs/x");
        assert!(joined(Some("apps"), "../../x").is_err());
    }
}
