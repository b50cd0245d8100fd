//! Finding the files of templates below folders and by globs.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use globset::GlobBuilder;

use crate::commands::walk::{self, Found};

/// Signs by which a glob is told from a path.
const SIGNS: [char; 3] = ['*', '?', '['];

/// The YAML files that are meant: those of folders are searched for, and a glob stands for all that fit it.
pub fn files(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    for path in paths {
        let one = match glob_of(path) {
            Some(base) => fitting(path, &base)?,
            None => walk::descriptor_files(std::slice::from_ref(path)),
        };
        found.files.extend(one.files);
        found.unreadable.extend(one.unreadable);
    }
    Ok(found)
}

/// The folder before the first sign of a glob; nothing for a path that is none, or that exists.
fn glob_of(path: &Path) -> Option<PathBuf> {
    let has_sign = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(SIGNS);
    if path.exists() || !path.components().any(|part| has_sign(&part)) {
        return None;
    }
    let base: PathBuf = path.components().take_while(|part| !has_sign(part)).collect();
    let is_here = base.as_os_str().is_empty();
    Some(if is_here { PathBuf::from(".") } else { base })
}

fn fitting(glob: &Path, base: &Path) -> Result<Found> {
    let text = glob.to_string_lossy();
    let wanted = GlobBuilder::new(text.trim_start_matches("./"))
        .literal_separator(true)
        .build()
        .with_context(|| format!("the glob {text} cannot be read"))?
        .compile_matcher();
    let mut found = walk::descriptor_files(&[base.to_owned()]);
    let here = Path::new(".");
    let files = found.files.into_iter();
    let files = files.map(|file| file.strip_prefix(here).map(Path::to_owned).unwrap_or(file));
    found.files = files.filter(|file| wanted.is_match(file)).collect();
    Ok(found)
}
