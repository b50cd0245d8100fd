//! Paths within a workspace: names with `/` between them, none of which leads out.

use model::Fault;

/// Longest name of a file or folder in bytes, as of the file systems that Git writes to.
const LONGEST_NAME: usize = 255;
/// Deepest folder.
const DEEPEST: usize = 64;

/// The fault of a path that leads out, in the words of the original.
#[must_use]
pub fn leads_out() -> Fault {
    Fault::not_allowed("Relative path is not allowed to refer to a directory outside its parent")
}

/// A path without `.`, `..` and empty names; empty for the workspace itself.
pub(crate) fn within(path: &str) -> Result<String, Fault> {
    if path.starts_with('/') {
        return Err(leads_out());
    }
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop().ok_or_else(leads_out)?;
            }
            name if name.len() > LONGEST_NAME || name.contains('\0') => {
                return Err(Fault::input(format!(
                    "{name:?} is no name of a file: it has at most {LONGEST_NAME} bytes, none of which is zero"
                )));
            }
            name => names.push(name),
        }
    }
    if names.len() > DEEPEST {
        return Err(Fault::input(format!(
            "Folders of the task are nested more than {DEEPEST} levels deep"
        )));
    }
    Ok(names.join("/"))
}

/// A path below a folder; each of them may be empty.
pub(crate) fn joined(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        assert_eq!(within("./a//b/../c/").unwrap(), "a/c");
        assert_eq!(within(".").unwrap(), "");
        for path in ["..", "a/../..", "/etc/passwd", "a/../../b", "/"] {
            assert!(within(path).is_err(), "{path}");
        }
        assert!(within("a\0b").is_err() && within(&"n".repeat(256)).is_err());
        assert!(within(&"a/".repeat(65)).is_err() && within(&"a/".repeat(64)).is_ok());
    }
}
