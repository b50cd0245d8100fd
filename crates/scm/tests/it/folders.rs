//! Folders on disk: what is read of them, their version, and what is not followed.

use std::fs;

use scm::{TreeLimits, folder_version, read_folder};

use crate::trees::paths;

#[test]
fn a_folder_on_disk() {
    let place = tempfile::tempdir().unwrap();
    let (root, outside) = (place.path().join("root"), place.path().join("secret.md"));
    fs::create_dir_all(root.join("docs/deep")).unwrap();
    fs::create_dir_all(root.join(".git")).unwrap();
    for (path, content) in [
        ("mkdocs.yml", "site_name: x"),
        ("docs/a.md", "A"),
        ("docs/deep/b.md", "B"),
        (".git/x", "X"),
    ] {
        fs::write(root.join(path), content).unwrap();
    }
    fs::write(&outside, "secret").unwrap();
    #[cfg(unix)]
    for (link, target) in [
        ("docs/inside.md", "a.md"),
        ("docs/out.md", "../../secret.md"),
        ("docs/up", ".."),
        ("docs/g", "../.git"),
    ] {
        std::os::unix::fs::symlink(target, root.join(link)).unwrap();
    }
    let limits = TreeLimits {
        files: 200,
        bytes: 1000,
    };
    let read = read_folder(&root, "mkdocs.yml", &limits).unwrap();
    assert_eq!(paths(&read), ["mkdocs.yml"]);
    assert!(read_folder(&root, "nowhere", &limits).unwrap().files.is_empty());
    let docs = read_folder(&root, "docs/deep", &limits).unwrap();
    assert_eq!(paths(&docs), ["docs/deep/b.md"]);
    assert_eq!(docs.version, folder_version(&root, "docs/deep", &limits).unwrap());
    fs::write(root.join("docs/deep/b.md"), "changed").unwrap();
    assert_ne!(docs.version, folder_version(&root, "docs/deep", &limits).unwrap());
    #[cfg(unix)]
    {
        // A link back to a folder around it is not followed.
        let all = read_folder(&root, "", &limits).unwrap();
        assert_eq!(
            paths(&all),
            ["docs/a.md", "docs/deep/b.md", "docs/inside.md", "mkdocs.yml"]
        );
    }
    let climbing = read_folder(&root, "../", &limits).unwrap_err().to_string();
    assert!(climbing.contains("leads out of the folder"), "{climbing}");
    let few = TreeLimits {
        files: 3,
        bytes: 1000,
    };
    let error = read_folder(&root, "docs", &few).unwrap_err().to_string();
    assert!(error.ends_with("it has more than 3 files"), "{error}");
}
