//! `CODEOWNERS` files: who owns which path of a repository.

mod expression;
mod gitea;
mod pattern;
mod processor;
mod repositories;

pub use processor::Processor;

use std::fmt::{self, Display};

/// Longest file, in bytes: GitHub reads none that is longer.
const MAX_BYTES: usize = 3 << 20;
/// Most rules of a file.
const MAX_RULES: usize = 10_000;
/// Most lines of a file that are said to be no rule.
const MAX_SKIPPED: usize = 100;

/// The language of the patterns in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// The patterns of `.gitignore`, as on GitHub, GitLab and Bitbucket.
    Gitignore,
    /// Regular expressions, as on Gitea and Forgejo.
    Gitea,
}

/// The rules of a file, in its order. Patterns are compiled only when a path is looked up.
#[derive(Debug, Clone)]
pub struct CodeOwners {
    syntax: Syntax,
    rules: Vec<Rule>,
    /// Lines that are no rule, and why.
    skipped: Vec<(u32, String)>,
}

/// A rule: who owns the paths of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its line, counted from 1.
    pub line: u32,
    /// Its pattern, in the file's language.
    pub pattern: String,
    /// Its owners, as written; those of Gitea with `@`.
    pub owners: Vec<String>,
}

/// What a line is that is not empty.
enum Line {
    Rule(Rule),
    /// No rule: its number, and why.
    None(u32, String),
}

/// A file that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLarge(String);

impl TooLarge {
    /// A file with more bytes than these.
    pub(crate) fn more_than(bytes: usize) -> Self {
        Self(format!("it has more than {bytes} bytes"))
    }
}

impl Display for TooLarge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl CodeOwners {
    /// Reads a file. Comments, empty lines and section headings are skipped.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Self, TooLarge> {
        if text.len() > MAX_BYTES {
            return Err(TooLarge::more_than(MAX_BYTES));
        }
        let read = match syntax {
            Syntax::Gitignore => rule_of_globs,
            Syntax::Gitea => gitea::rule,
        };
        let (mut rules, mut skipped) = (Vec::new(), Vec::new());
        for (text, number) in text.lines().zip(1..) {
            match read(text, number) {
                Some(Line::Rule(rule)) => rules.push(rule),
                Some(Line::None(number, reason)) if skipped.len() < MAX_SKIPPED => {
                    skipped.push((number, reason));
                }
                _ => {}
            }
            if rules.len() > MAX_RULES {
                return Err(TooLarge(format!("it has more than {MAX_RULES} rules")));
            }
        }
        Ok(Self {
            syntax,
            rules,
            skipped,
        })
    }

    /// All rules, in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules that count for a path: on Gitea all that match, elsewhere the last of them. A folder ends with a slash.
    pub fn applied(&self, path: &str) -> Vec<&Rule> {
        let path = path.trim_start_matches('/');
        let matches = self.matches();
        let mut rules = self.rules.iter().filter(|rule| matches(&rule.pattern, path));
        match self.syntax {
            Syntax::Gitea => rules.collect(),
            Syntax::Gitignore => rules.next_back().into_iter().collect(),
        }
    }

    /// Lines that the host skips, and why; a bounded number of them. Every expression is compiled for it.
    pub fn unusable(&self) -> Vec<(u32, String)> {
        let mut found = self.skipped.clone();
        if self.syntax == Syntax::Gitea {
            let flawed = self.rules.iter().filter_map(|rule| {
                let flaw = gitea::flaw(&rule.pattern)?;
                Some((rule.line, format!("its expression cannot be read: {flaw}")))
            });
            found.extend(flawed.take(MAX_SKIPPED));
        }
        found.sort();
        found.truncate(MAX_SKIPPED);
        found
    }

    fn matches(&self) -> fn(&str, &str) -> bool {
        match self.syntax {
            Syntax::Gitignore => pattern::matches,
            Syntax::Gitea => gitea::matches,
        }
    }

    /// The owners of a path, as written: those of the last rule that matches.
    pub fn owners(&self, path: &str) -> &[String] {
        let path = path.trim_start_matches('/');
        let matches = self.matches();
        let rule = self.rules.iter().rev().find(|rule| matches(&rule.pattern, path));
        rule.map_or(&[], |rule| &rule.owners)
    }

    /// The value for `spec.owner` of an entity in the file at `path`: the first owner.
    pub fn owner(&self, path: &str) -> Option<String> {
        self.owners(path).first().map(|owner| entity_owner(owner))
    }
}

fn rule_of_globs(line: &str, number: u32) -> Option<Line> {
    let content = line.split('#').next().unwrap_or_default().trim();
    let mut words = content.split_whitespace();
    let pattern = words
        .next()
        .filter(|word| !word.starts_with('[') && !word.starts_with("^["))?;
    Some(Line::Rule(Rule {
        line: number,
        pattern: pattern.to_owned(),
        owners: words.map(str::to_owned).collect(),
    }))
}

/// `@org/team` → `team`, `@user` → `User:user`, an e-mail address → its local part.
fn entity_owner(owner: &str) -> String {
    match owner.strip_prefix('@') {
        Some(name) => match owner.split_once('/') {
            Some((_, team)) => team.split('/').next().unwrap_or(team).to_owned(),
            None => format!("User:{name}"),
        },
        None => match owner.split_once('@') {
            Some((local, domain)) if domain.contains('.') => local.to_owned(),
            _ => owner.to_owned(),
        },
    }
}

/// The paths at which repositories of a host keep the file, in order of preference, and the language of its patterns.
pub(crate) fn conventions(integration: &str) -> (&'static [&'static str], Syntax) {
    match integration {
        "github" => (
            &["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"],
            Syntax::Gitignore,
        ),
        "gitlab" => (
            &["CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS"],
            Syntax::Gitignore,
        ),
        "gitea" => (
            &[
                "CODEOWNERS",
                "docs/CODEOWNERS",
                ".gitea/CODEOWNERS",
                ".forgejo/CODEOWNERS",
            ],
            Syntax::Gitea,
        ),
        "bitbucketCloud" | "bitbucketServer" => (&["CODEOWNERS", ".bitbucket/CODEOWNERS"], Syntax::Gitignore),
        _ => (&[], Syntax::Gitignore),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# everything
*                 @org/all second@example.com
*.yaml            @writer
/docs/            docs@example.com
/only/*           @org/only
apps/             @org/apps/nested
**/deep/*.json    plain-team
/ignored          # nobody
[Section]
!negated.txt      @never
a/**/z.txt        @org/stars
With\\-Escape/x    @org/escaped
";

    fn owner(text: &str, syntax: Syntax, path: &str) -> Option<String> {
        CodeOwners::parse(text, syntax).unwrap().owner(path)
    }

    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(
            owner(FILE, Syntax::Gitignore, path).as_deref(),
            expected,
            "{path}"
        );
    }

    #[test]
    fn the_last_matching_rule_decides() {
        check("README.md", Some("all"));
        check("a/b/catalog-info.yaml", Some("User:writer"));
        check("docs/x.yaml", Some("docs"));
        check("sub/docs/x.md", Some("all"));
        check("only/x", Some("only"));
        check("only/x/y", Some("only"));
        check("x/apps/y.yaml", Some("apps"));
        check("APPS/y.yaml", Some("apps"));
        check("x/deep/y.json", Some("plain-team"));
        check("deep/y.json", Some("plain-team"));
        check("ignored", None);
        check("negated.txt", Some("all"));
        check("a/z.txt", Some("stars"));
        check("a/b/c/z.txt", Some("stars"));
        check("/README.md", Some("all"));
        check("with-escape/x", Some("escaped"));
    }

    #[test]
    fn nothing_matches_in_an_empty_file() {
        assert_eq!(owner("\n# x\n", Syntax::Gitignore, "a"), None);
        assert_eq!(owner("/a @x", Syntax::Gitignore, ""), None);
        assert_eq!(owner("\n# x\n", Syntax::Gitea, "a"), None);
    }

    #[test]
    fn patterns_of_gitea_are_regular_expressions() {
        let check = |text: &str, path: &str, expected: Option<&str>| {
            assert_eq!(
                owner(text, Syntax::Gitea, path).as_deref(),
                expected,
                "{text} {path}"
            );
        };
        for everything in [
            ".*",
            ".+",
            "*",
            r".*\.yaml",
            r"^catalog-info\.yaml$",
            r"catalog-info\\.yaml",
            "(?i)CATALOG.*",
        ] {
            check(
                &format!("{everything} @org/team"),
                "catalog-info.yaml",
                Some("team"),
            );
        }
        // The backslash goes when the line is split into words; doubled it reaches the expression.
        check(r"a\\.b @x", "axb", None);
        check(r"a\.b @x", "axb", Some("User:x"));
        check(r"with\ blank\#s @x", "with blank#s", Some("User:x"));
        // The whole path has to match.
        check("docs @org/docs", "docs/x.yaml", None);
        check("docs/.* @org/docs", "docs/x.yaml", Some("docs"));
        check("/docs/.* @org/docs", "docs/x.yaml", Some("docs"));
        check("a|b/.*$ @org/either", "x/b/c", Some("either"));
        check("Docs/.* @org/docs", "docs/x.yaml", None);
        // Turned round.
        check(r"!.*\\.md @org/code", "x.yaml", Some("code"));
        check(r"!.*\\.md @org/code", "x.md", None);
        check(
            ".* @org/all\n.*yaml\t@org/yaml\t@second\n",
            "x.yaml",
            Some("yaml"),
        );
        check(".* @org/all\n.*yaml @org/yaml\n", "x.md", Some("all"));
        // A rule needs an owner that Gitea knows how to read.
        check(".* @org/all\n.*yaml\n", "x.yaml", Some("all"));
        check(".* @org/all\n.*yaml # @org/x", "x.yaml", Some("all"));
        check(".* @org/all\n.*yaml @a/b/c", "x.yaml", Some("all"));
        check(".* user", "x", Some("User:user"));
        check(".* org/team", "x", Some("team"));
        // A text that is no expression, or that takes too long to match, matches nothing.
        check(".* @org/all\n.*( @broken", "x", Some("all"));
        check("!( @broken", "x", None);
        check(&format!("{} @big", "(a{1000}){1000}"), "a", None);
    }

    #[test]
    fn a_large_file_is_bounded_and_quick() {
        let rules = |count: usize, rule: &str| rule.repeat(count);
        for (syntax, rule) in [
            (Syntax::Gitignore, "/some/folder/*.go @org/x\n"),
            (Syntax::Gitea, "some/.*go @org/x\n"),
        ] {
            assert!(CodeOwners::parse(&rules(MAX_RULES, rule), syntax).is_ok());
            let error = CodeOwners::parse(&rules(MAX_RULES + 1, rule), syntax).unwrap_err();
            assert_eq!(error.to_string(), "it has more than 10000 rules");
        }
        let error = CodeOwners::parse(&"#\n".repeat(MAX_BYTES), Syntax::Gitignore).unwrap_err();
        assert_eq!(error.to_string(), format!("it has more than {MAX_BYTES} bytes"));
    }
}
