//! Resolving, editing and analysing URLs.

use scm::Integrations;
use serde_json::json;

fn integrations() -> Integrations {
    let value = json!({ "integrations": {
        "gitea": [{ "host": "git.example.com" }],
        "gitlab": [{ "host": "gl.example.com", "baseUrl": "https://gl.example.com/lab" }],
        "bitbucketServer": [{ "host": "bb.example.com" }],
    }});
    let config = config::Config::from_value(value, std::path::Path::new("/")).expect("valid");
    Integrations::new(config.integrations())
}

#[test]
fn references_within_files() {
    let check = |base: &str, relative: &str, expected: &str| {
        let resolved = integrations().resolve_url(base, relative).expect(base);
        assert_eq!(resolved, expected, "{base} {relative}");
    };
    let github = "https://github.com/o/r/blob/main/a/b/x.yaml?q=1";
    check(
        github,
        "./y.yaml",
        "https://github.com/o/r/tree/main/a/b/y.yaml?q=1",
    );
    check(
        github,
        "../y.yaml",
        "https://github.com/o/r/tree/main/a/y.yaml?q=1",
    );
    check(github, "/y.yaml", "https://github.com/o/r/tree/main/y.yaml?q=1");
    check(github, "https://other/y", "https://other/y");
    check(github, "./", "https://github.com/o/r/tree/main/a/b/?q=1");
    let gitlab = "https://gitlab.com/g/s/r/-/blob/main/a/x.yaml";
    check(gitlab, "y.yaml", "https://gitlab.com/g/s/r/-/blob/main/a/y.yaml");
    check(gitlab, "/y.yaml", "https://gitlab.com/g/s/r/-/blob/main/y.yaml");
    let gitea = "https://git.example.com/o/r/src/branch/main/a/x.yaml";
    check(
        gitea,
        "y.yaml",
        "https://git.example.com/o/r/src/branch/main/a/y.yaml",
    );
    check(
        gitea,
        "/d/y.yaml",
        "https://git.example.com/o/r/src/branch/main/d/y.yaml",
    );
    let azure = "https://dev.azure.com/o/p/_git/r?path=%2Fa%2Fx.yaml&version=GBmain";
    check(
        azure,
        "./y.yaml",
        "https://dev.azure.com/o/p/_git/r?path=%2Fa%2Fy.yaml&version=GBmain",
    );
    check(
        azure,
        "/y.yaml",
        "https://dev.azure.com/o/p/_git/r?path=%2Fy.yaml&version=GBmain",
    );
    check(
        "https://bb.example.com/projects/P/repos/r/browse/a/x.yaml?at=dev",
        "/y.yaml",
        "https://bb.example.com/projects/P/repos/r/browse/y.yaml?at=dev",
    );
    check(
        "https://plain.example.com/a/x.yaml",
        "y.yaml",
        "https://plain.example.com/a/y.yaml",
    );
    check(
        "https://plain.example.com/a/x.yaml",
        "/y.yaml",
        "https://plain.example.com/y.yaml",
    );
    assert_eq!(
        integrations()
            .resolve_url("nothing", "y")
            .map_err(|fault| fault.message),
        Err("Invalid URL".to_owned())
    );
}

#[test]
fn edit_pages() {
    let check = |url: &str, expected: &str| assert_eq!(integrations().edit_url(url), expected);
    check(
        "https://github.com/o/r/blob/main/x.yaml",
        "https://github.com/o/r/edit/main/x.yaml",
    );
    check(
        "https://gitlab.com/g/r/-/blob/main/x.yaml",
        "https://gitlab.com/g/r/-/edit/main/x.yaml",
    );
    check(
        "https://git.example.com/o/r/src/branch/main/x.yaml",
        "https://git.example.com/o/r/_edit/main/x.yaml",
    );
    check(
        "https://bitbucket.org/o/r/src/main/x.yaml",
        "https://bitbucket.org/o/r/src/main/x.yaml?mode=edit&at=main",
    );
    check(
        "https://bb.example.com/projects/P/repos/r/browse/x?at=dev",
        "https://bb.example.com/projects/P/repos/r/browse/x",
    );
    check(
        "https://plain.example.com/x.yaml",
        "https://plain.example.com/x.yaml",
    );
}

#[test]
fn what_a_url_tells() {
    let check = |target: &str, name: &str, annotation: Option<(&str, &str)>| {
        let analysis = integrations().analyze(target).expect(target);
        assert_eq!(analysis.name, name);
        let annotation = annotation.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(analysis.annotation, annotation, "{target}");
    };
    check(
        "https://github.com/lumen/shop",
        "shop",
        Some(("github.com/project-slug", "lumen/shop")),
    );
    check(
        "https://github.com/lumen/shop/blob/main/x.yaml",
        "shop",
        Some(("github.com/project-slug", "lumen/shop")),
    );
    check(
        "https://github.com/lumen",
        "lumen",
        Some(("github.com/project-slug", "/lumen")),
    );
    check(
        "https://gitlab.com/lumen/group/shop",
        "shop",
        Some(("gitlab.com/project-slug", "lumen/group/shop")),
    );
    check(
        "https://gitlab.com/lumen/shop/-/blob/main/x.yaml",
        "shop",
        Some(("gitlab.com/project-slug", "lumen/shop")),
    );
    check(
        "https://dev.azure.com/org/proj/_git/repo",
        "repo",
        Some(("dev.azure.com/project-slug", "proj/repo")),
    );
    check("https://bitbucket.org/lumen/shop/src/main/x.yaml", "shop", None);
    check(
        "https://git.example.com/lumen/shop/src/branch/main/x.yaml",
        "shop",
        None,
    );
    check("https://unknown.example.invalid/a/b", "b", None);
    check("http://127.0.0.1:5555/mut/a.yaml", "a.yaml", None);
    for target in ["nonsense", "/tmp/x", ""] {
        let error = integrations().analyze(target).expect_err(target);
        assert_eq!(
            error.to_string(),
            "InputError: The given location.target is not a URL"
        );
    }
}

#[test]
fn files_of_other_repositories() {
    let check = |file: &str, referred: &str, fine: bool| {
        assert_eq!(
            integrations().same_repository(file, referred).is_ok(),
            fine,
            "{file} {referred}"
        );
    };
    let file = "https://github.com/o/r/blob/main/x.yaml";
    check(file, "https://github.com/o/r/tree/dev/y.yaml", true);
    check(file, "https://github.com/o/other/blob/main/y.yaml", false);
    check(file, "https://ghe.example.com/o/r/blob/main/y.yaml", false);
    check(file, "https://plain.example.com/y.yaml", true);
    check(
        "http://127.0.0.1/a.yaml",
        "https://github.com/o/other/blob/main/y.yaml",
        true,
    );
}
