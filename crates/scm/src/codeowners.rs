//! `CODEOWNERS` files: who owns which path of a repository.

mod pattern;
mod processor;

pub use processor::Processor;

use pattern::Pattern;

/// The rules of a file, in its order.
#[derive(Debug, Clone, Default)]
pub struct CodeOwners {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    owners: Vec<String>,
}

impl CodeOwners {
    /// Reads a file. Comments, empty lines and section headings are passed over.
    pub fn parse(text: &str) -> Self {
        let rules = text.lines().filter_map(|line| {
            let content = line.split('#').next().unwrap_or_default().trim();
            let mut words = content.split_whitespace();
            let pattern = words
                .next()
                .filter(|word| !word.starts_with('[') && !word.starts_with("^["))?;
            Some(Rule {
                pattern: Pattern::new(pattern),
                owners: words.map(str::to_owned).collect(),
            })
        });
        Self {
            rules: rules.collect(),
        }
    }

    /// The owners of a path, as written: those of the last rule that matches.
    pub fn owners(&self, path: &str) -> &[String] {
        let path = path.trim_start_matches('/');
        let rule = self.rules.iter().rev().find(|rule| rule.pattern.matches(path));
        rule.map_or(&[], |rule| &rule.owners)
    }

    /// The value for `spec.owner` of an entity in the file at `path`: the first owner.
    pub fn owner(&self, path: &str) -> Option<String> {
        self.owners(path).first().map(|owner| entity_owner(owner))
    }
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

/// Where a host's repositories keep the file, in the order of preference.
pub(crate) fn candidates(integration: &str) -> &'static [&'static str] {
    match integration {
        "github" => &["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"],
        "gitlab" => &["CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS"],
        "gitea" => &["CODEOWNERS", ".gitea/CODEOWNERS", "docs/CODEOWNERS"],
        "bitbucketCloud" | "bitbucketServer" => &["CODEOWNERS", ".bitbucket/CODEOWNERS"],
        _ => &[],
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
";

    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(CodeOwners::parse(FILE).owner(path).as_deref(), expected, "{path}");
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
    }

    #[test]
    fn nothing_matches_in_an_empty_file() {
        assert_eq!(CodeOwners::parse("\n# x\n").owner("a"), None);
        assert_eq!(CodeOwners::parse("/a @x").owner(""), None);
    }
}
