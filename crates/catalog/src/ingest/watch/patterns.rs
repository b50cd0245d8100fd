//! Which changed paths concern which files: by name, by pattern, through folders above them and through links.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobMatcher;

use crate::ingest::file::{base_folder, compile, is_pattern};
use crate::paths::normalize;

/// Links followed from one file to what it stands for.
const MOST_LINKS: usize = 16;

/// Paths that changed at about the same time.
#[derive(Debug, Default)]
pub(super) struct Changed {
    paths: HashSet<PathBuf>,
    /// Those that may stand for what lies below them: folders, links, and what has no ending and is gone.
    roots: Vec<PathBuf>,
}

impl Changed {
    pub fn of(paths: &HashSet<PathBuf>) -> Self {
        Self {
            roots: paths
                .iter()
                .filter(|path| may_hold_files(path))
                .cloned()
                .collect(),
            paths: paths.clone(),
        }
    }

    /// Whether a path, or a folder above it, is among them.
    pub fn touches(&self, path: &Path) -> bool {
        path.ancestors().any(|above| self.paths.contains(above))
    }
}

fn may_hold_files(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(found) => found.is_dir() || found.is_symlink(),
        Err(_) => path.extension().is_none(),
    }
}

/// A file that a source reads, or many of them.
pub(super) enum Pattern {
    Path(PathBuf),
    Glob { base: PathBuf, glob: Box<GlobMatcher> },
}

impl Pattern {
    /// What a target stands for; nothing for a pattern that cannot be understood, which reading it tells.
    pub fn of(target: &str) -> Vec<Self> {
        if is_pattern(target) {
            let base = base_folder(target);
            let glob = compile(target).ok().map(Box::new);
            return glob.map(|glob| Self::Glob { base, glob }).into_iter().collect();
        }
        let path = PathBuf::from(target);
        let links = behind_links(&path);
        std::iter::once(path).chain(links).map(Self::Path).collect()
    }

    /// The folder to be watched, and whether with all below it.
    pub fn folder(&self) -> (&Path, bool) {
        match self {
            Self::Path(file) => (file.parent().unwrap_or(Path::new("/")), false),
            Self::Glob { base, .. } => (base, true),
        }
    }

    /// Whether what is read may be different after a change.
    pub fn is_hit_by(&self, changed: &Changed) -> bool {
        match self {
            Self::Path(file) => changed.touches(file),
            Self::Glob { base, glob } => {
                changed.touches(base)
                    || changed.paths.iter().any(|path| glob.is_match(path))
                    || changed.roots.iter().any(|root| root.starts_with(base))
            }
        }
    }
}

/// The paths that links on the way to a file lead to, one after the other. Kubernetes replaces the files of a
/// `ConfigMap` by turning a link two steps behind them.
fn behind_links(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut current = path.to_path_buf();
    while found.len() < MOST_LINKS
        && let Some(next) = behind_first_link(&current)
    {
        found.push(next.clone());
        current = next;
    }
    found
}

fn behind_first_link(path: &Path) -> Option<PathBuf> {
    let mut above: Vec<&Path> = path.ancestors().collect();
    above.reverse();
    let is_link = |path: &&&Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let link = *above.iter().find(is_link)?;
    let target = link.parent()?.join(fs::read_link(link).ok()?);
    let rest = path.strip_prefix(link).ok()?;
    Some(PathBuf::from(normalize(&target.join(rest))))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_to_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("..v1")).unwrap();
        fs::write(root.join("..v1/x.yaml"), "").unwrap();
        symlink("..v1", root.join("..data")).unwrap();
        symlink("..data/x.yaml", root.join("x.yaml")).unwrap();
        symlink("round", root.join("round")).unwrap();
        assert_eq!(
            behind_links(&root.join("x.yaml")),
            [root.join("..data/x.yaml"), root.join("..v1/x.yaml")]
        );
        assert!(behind_links(&root.join("..v1/x.yaml")).is_empty());
        assert_eq!(behind_links(&root.join("round")).len(), MOST_LINKS);
        let hit = |target: &str, changed: &str| {
            let changed = Changed::of(&HashSet::from([root.join(changed)]));
            let target = root.join(target);
            let patterns = Pattern::of(target.to_str().unwrap());
            patterns.iter().any(|pattern| pattern.is_hit_by(&changed))
        };
        assert!(hit("x.yaml", "..data") && hit("*.yaml", "..data") && hit("*.yaml", "") && hit("x.yaml", ""));
        assert!(hit("**/*.yaml", "moved-away") && hit("*.yaml", "new.yaml"));
        assert!(!hit("x.yaml", "y.yaml") && !hit("*.yaml", "x.txt") && !hit("*.yaml", "gone.swp"));
    }
}
