//! The page of the commit that brought a file, by the address of the file.

use url::Url;

/// Words behind the repository in the addresses of files.
const WORDS: [&str; 6] = ["blob", "tree", "raw", "edit", "src", "blame"];

/// The page of a commit at the Git host of a file; nothing where the address does not tell the repository.
///
/// GitHub and Gitea have it below the repository, GitLab below `/-/`, and Bitbucket calls it `commits`.
pub fn commit_page_of_file(address: &str, sha: &str) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https")
        || sha.is_empty()
        || !sha.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return None;
    }
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().to_owned();
    let page = if let Some((repository, _)) = path.split_once("/-/") {
        format!("{repository}/-/commit/{sha}")
    } else {
        let parts: Vec<&str> = path.split('/').collect();
        // Owner and repository come first, whatever they are called.
        let at = parts.iter().skip(3).position(|part| WORDS.contains(part))? + 3;
        let word = if url.host_str().is_some_and(|host| host.contains("bitbucket")) {
            "commits"
        } else {
            "commit"
        };
        format!("{}/{word}/{sha}", parts[..at].join("/"))
    };
    url.set_path(&page);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_commits_of_files() {
        for (address, expected) in [
            (
                "https://git.example.com/shop/web/src/branch/main/catalog-info.yaml",
                Some("https://git.example.com/shop/web/commit/abc1"),
            ),
            (
                "https://git.example.com/under/shop/web/src/branch/main/a.yaml",
                Some("https://git.example.com/under/shop/web/commit/abc1"),
            ),
            (
                "https://me:geheim@github.com/shop/src/blob/main/a.yaml?x=1#L3",
                Some("https://github.com/shop/src/commit/abc1"),
            ),
            (
                "https://gitlab.example.com/a/b/c/-/blob/main/x/a.yaml",
                Some("https://gitlab.example.com/a/b/c/-/commit/abc1"),
            ),
            (
                "https://bitbucket.org/shop/web/src/main/a.yaml",
                Some("https://bitbucket.org/shop/web/commits/abc1"),
            ),
            ("https://example.com/a.yaml", None),
            ("file:/srv/shop/web/src/a.yaml", None),
            ("nothing", None),
        ] {
            assert_eq!(
                commit_page_of_file(address, "abc1").as_deref(),
                expected,
                "{address}"
            );
        }
        let address = "https://github.com/shop/web/blob/main/a.yaml";
        assert_eq!(commit_page_of_file(address, "../x"), None);
    }
}
