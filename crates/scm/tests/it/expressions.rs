//! The expressions of `CODEOWNERS` on Gitea: what differs between its engines and the one at hand.

use scm::codeowners::{CodeOwners, Syntax};

fn gitea(text: &str) -> CodeOwners {
    CodeOwners::parse(text, Syntax::Gitea).expect("a small file")
}

/// Lines of the rules that count for a path.
fn lines(file: &CodeOwners, path: &str) -> Vec<u32> {
    file.applied(path).iter().map(|rule| rule.line).collect()
}

#[test]
fn one_pattern_and_one_path() {
    // As in the file: of two backslashes one reaches the expression.
    for (pattern, path, is_matched) in [
        // Both engines.
        ("docs/.*", "docs/a.md", true),
        ("/docs/.*", "docs/a.md", true),
        ("!/docs/.*", "docs/a.md", false),
        ("!/docs/.*", "src/a.rs", true),
        ("docs", "docs/a.md", false),
        ("docs/", "docs/", true),
        (r"docs/(aws|google|azure)/[^/]*\\.(md|txt)", "docs/aws/x.md", true),
        (
            r"docs/(aws|google|azure)/[^/]*\\.(md|txt)",
            "docs/aws/x/y.md",
            false,
        ),
        (r"a\\.b", "a.b", true),
        (r"a\\.b", "axb", false),
        (r"\#path", "#path", true),
        (r"path\ with\ blanks/", "path with blanks/", true),
        ("(?i)README.*", "readme.md", true),
        ("(?:a|b)/c", "b/c", true),
        ("[[:alpha:]]+", "abc", true),
        ("[[:alpha:]]+", "ab1", false),
        (r"\\w+\\.rs", "main.rs", true),
        (r"\\p{Lu}.*", "Über", true),
        ("a{2}", "aa", true),
        ("a{2,}", "aaa", true),
        ("a{1,2}", "aaa", false),
        ("a{2}?", "aa", true),
        (".*?x", "abx", true),
        ("a||b/c", "b/c", true),
        // An alternative is only bound to the side on which it stands.
        ("a|b", "a/x", true),
        ("a|b", "x/b", true),
        ("a|b", "b/x", false),
        // A beginning that may be left out.
        ("*", "anything", true),
        (r"*\\.md", "a/b.md", true),
        (r"*\\.md", "a/b.rs", false),
        // Signs that stand for themselves there.
        ("{{name}}/.*", "{{name}}/a", true),
        ("a{,2}", "a{,2}", true),
        ("a{x}", "a{x}", true),
        ("[[]x]", "[x]", true),
        ("[a&&b]+", "&&", true),
        ("[~~]", "~", true),
        ("[]a]+", "]a", true),
        ("[^]a]+", "]", false),
        (r"\\<x\\>", "<x>", true),
        (r"\\Qa.b(c\\E.*", "a.b(c/d", true),
        (r"\\Qa.b\\E", "axb", false),
        (r"\\Qa.b", "a.b", true),
        (r".*\\z", "x", true),
        (r"\\Ax", "x", true),
        ("(?P<folder>a|b)/x", "a/x", true),
        ("(?<folder>a|b)/x", "a/x", true),
        // Since 1.26.
        ("(?!vendor/).*", "src/x", true),
        ("(?!vendor/).*", "vendor/x", false),
        (r".*(?<!_test)\\.go", "a.go", true),
        (r".*(?<!_test)\\.go", "a_test.go", false),
        // Neither takes these.
        ("**/x", "a/x", false),
        (".**", "x", false),
        ("a++", "aa", false),
        ("a{2}{3}", "aaaaaa", false),
        ("(", "(", false),
        ("[a", "a", false),
        ("!(", "x", false),
    ] {
        let file = gitea(&format!("{pattern} @x\n"));
        assert_eq!(
            lines(&file, path),
            vec![1; usize::from(is_matched)],
            "{pattern} for {path}"
        );
    }
}

#[test]
fn every_rule_that_matches_counts_on_gitea_and_the_last_elsewhere() {
    let text = "# who\n.* @org/all\n!.*md @org/code @ada\n\ndocs/.* @org/docs\n";
    let file = gitea(text);
    assert_eq!(lines(&file, "docs/a.md"), [2, 5]);
    assert_eq!(lines(&file, "/src/a.rs"), [2, 3]);
    assert_eq!(file.owner("src/a.rs").as_deref(), Some("code"));
    let globs = CodeOwners::parse("* @org/all\ndocs/ @org/docs\n", Syntax::Gitignore).expect("small");
    assert_eq!(lines(&globs, "docs/a.md"), [2]);
    assert_eq!(lines(&globs, "a.md"), [1]);
}

#[test]
fn lines_that_the_host_skips_are_said() {
    let file = gitea("alone\n.* @x\n**/x @y\n# no\n.*( @z\n.* a/b/c\n");
    let lines: Vec<u32> = file.unusable().iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 3, 5, 6]);
    let reasons: Vec<String> = file.unusable().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons[0], "it names no owner");
    assert_eq!(
        reasons[1],
        "its expression cannot be read: * repeats what is repeated already"
    );
    assert!(
        reasons[2].starts_with("its expression cannot be read: ") && reasons[2].len() < 120,
        "{}",
        reasons[2]
    );
}

/// What looks back without end is given up.
#[test]
fn an_expression_that_takes_too_long_matches_nothing() {
    let begun = std::time::Instant::now();
    let file = gitea("(?=x)(a|aa)+b @x\n((?=a)a+)+b @x\n");
    assert_eq!(lines(&file, &"a".repeat(200)), [0; 0]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
}
