//! Files of a workspace as files of the disk, for what reads a folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use model::Fault;

use crate::WorkspaceFile;
use crate::path::within;

/// Writes files into a folder that is new and that nobody else writes to: links in it are not looked for.
///
/// # Errors
/// A path leads out, or the disk fails.
pub fn lay_out(folder: &Path, files: &[WorkspaceFile]) -> Result<(), Fault> {
    for file in files {
        let target = folder.join(within(&file.path)?);
        let failed = |error: std::io::Error| Fault::error(format!("{}: {error}", file.path));
        fs::create_dir_all(target.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(&target, &file.bytes).map_err(failed)?;
        if file.is_executable {
            fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).map_err(failed)?;
        }
    }
    Ok(())
}
