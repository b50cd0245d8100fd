//! What is wrong with documentation: where, why, and the way out.

use model::Severity;

/// Most problems of one severity that are kept of a site or page.
pub(crate) const MAX_PROBLEMS: usize = 500;

/// Something that is wrong with the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing it is.
    pub rule: Rule,
    /// The file, as the repository has it.
    pub file: String,
    /// The line in it.
    pub line: Option<u32>,
    /// The column in the line, in characters.
    pub column: Option<u32>,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub way_out: Option<String>,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A site without a page.
    NoPages,
    /// `mkdocs.yml` cannot be read, or a value in it cannot be used.
    Config,
    /// A Python object named in `mkdocs.yml`, which is not made.
    PythonTag,
    /// An entry of `nav` that leads nowhere.
    NavEntry,
    /// Another site that is included, or a file that is inherited, and is not there.
    Include,
    /// A link to a page or file that does not exist.
    Link,
    /// An image that does not exist.
    Image,
    /// A part of a page that is taken from a file that does not exist.
    Snippet,
    /// A link to a heading that does not exist.
    Anchor,
    /// A redirect to a page that does not exist.
    Redirect,
    /// Two files of one page.
    Conflict,
    /// A page that `nav` does not have.
    NotInNav,
    /// A key of `mkdocs.yml` without effect.
    Key,
    /// A link to a file of the repository outside of the documentation.
    Outside,
    /// Something that is left out because it is too much.
    Bound,
}

impl Rule {
    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Self::NoPages => "no-pages",
            Self::Config => "config",
            Self::PythonTag => "python-tag",
            Self::NavEntry => "nav-entry",
            Self::Include => "include",
            Self::Link => "link",
            Self::Image => "image",
            Self::Snippet => "snippet",
            Self::Anchor => "anchor",
            Self::Redirect => "redirect",
            Self::Conflict => "conflict",
            Self::NotInNav => "not-in-nav",
            Self::Key => "key",
            Self::Outside => "outside",
            Self::Bound => "bound",
        }
    }

    /// How bad it is. A reader meets an error, and loses something by a warning; a note says what is left out on purpose.
    pub fn severity(self) -> Severity {
        match self {
            Self::NoPages
            | Self::Config
            | Self::PythonTag
            | Self::NavEntry
            | Self::Include
            | Self::Link
            | Self::Image
            | Self::Snippet
            | Self::Bound => Severity::Error,
            Self::Anchor | Self::Redirect | Self::Conflict => Severity::Warning,
            Self::NotInNav | Self::Key | Self::Outside => Severity::Info,
        }
    }
}

impl Problem {
    pub(crate) fn new(rule: Rule, file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            rule,
            file: file.into(),
            line: None,
            column: None,
            text: text.into(),
            way_out: None,
        }
    }

    /// The same at a place.
    pub(crate) fn at(mut self, line: Option<u32>, column: Option<u32>) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    /// The same with what to do.
    pub(crate) fn way_out(mut self, text: impl Into<String>) -> Self {
        self.way_out = Some(text.into());
        self
    }

    /// Whether a reader meets it. What is left out on purpose counts for nothing.
    pub fn counts(&self) -> bool {
        self.rule.severity() != Severity::Info
    }

    /// The problem as one line of JSON has it.
    pub fn to_json(&self) -> serde_json::Value {
        let severity = match self.rule.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        serde_json::json!({
            "severity": severity,
            "rule": self.rule.id(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "message": self.text,
            "wayOut": self.way_out,
        })
    }
}

/// What is wrong with a page or site. Of each severity so many problems are kept that none crowds out another; the rest is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    kept: Vec<Problem>,
    found: Counts,
}

/// How many there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Counts {
    fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Info => &mut self.notes,
        }
    }
}

impl Findings {
    /// Notes a problem of a rule, which is made only where it is kept: its place has to be searched for.
    pub(crate) fn note(&mut self, rule: Rule, problem: impl FnOnce() -> Problem) {
        let found = self.found.of(rule.severity());
        *found += 1;
        if *found <= MAX_PROBLEMS {
            self.kept.push(problem());
        }
    }

    /// The same for one that is made.
    pub(crate) fn push(&mut self, problem: Problem) {
        self.note(problem.rule, || problem);
    }

    /// Adds what was found elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        for problem in &other.kept {
            self.note(problem.rule, || problem.clone());
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            *self.found.of(severity) += other.left_out(severity);
        }
    }

    /// The problems that are kept.
    pub fn problems(&self) -> &[Problem] {
        &self.kept
    }

    /// The same as a list of one's own.
    pub fn into_problems(self) -> Vec<Problem> {
        self.kept
    }

    /// How many were found of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let mut found = self.found;
        *found.of(severity)
    }

    /// How many of a severity are not kept.
    pub fn left_out(&self, severity: Severity) -> usize {
        self.count(severity).saturating_sub(MAX_PROBLEMS)
    }

    /// How many of them readers meet.
    pub(crate) fn met(&self) -> usize {
        self.found.errors + self.found.warnings
    }
}

impl FromIterator<Problem> for Findings {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        let mut findings = Self::default();
        problems.into_iter().for_each(|problem| findings.push(problem));
        findings
    }
}
