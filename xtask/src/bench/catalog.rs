//! Generated catalogs: the same number always gives the same files.
//!
//! N components of about 1 KB, and beside them N/10 APIs, N/20 systems, resources and users, N/50 groups
//! and N/200 domains, so that lists, facets and relations have lifelike proportions.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

const WORDS: &[&str] = &[
    "payment", "order", "search", "user", "basket", "invoice", "freight", "ledger", "audit", "profile",
    "session", "fraud", "stock", "media", "gateway", "report", "import", "archive", "identity", "quota",
];
const TAGS: &[&str] = &[
    "java", "go", "python", "rust", "node", "react", "kafka", "postgres", "redis", "grpc", "rest", "data",
    "web", "mobile", "internal", "external", "gold", "silver", "bronze", "pci", "batch",
];
const TYPES: &[&str] = &["service", "service", "service", "website", "library"];
const LIFECYCLES: &[&str] = &["production", "production", "experimental", "deprecated"];

/// A catalog on disk.
#[derive(Debug)]
pub struct Generated {
    /// Its files.
    pub files: Vec<PathBuf>,
    /// Documents in all of them.
    pub entities: usize,
    /// Name of a component in the middle of it.
    pub some_component: String,
    /// Name of the one that is written last.
    pub last_component: String,
}

/// Writes a catalog into a folder. Small ones have 20 documents a file, large ones 200.
pub fn generate(components: usize, folder: &Path) -> Result<Generated> {
    write(components, 0, folder)
}

/// Writes the same catalog with every description changed.
pub fn touch(components: usize, edition: u32, folder: &Path) -> Result<Generated> {
    write(components, edition, folder)
}

fn write(components: usize, edition: u32, folder: &Path) -> Result<Generated> {
    std::fs::create_dir_all(folder)?;
    let per_file = if components > 20_000 { 200 } else { 20 };
    let mut maker = Maker::new(components, edition);
    let mut generated = Generated {
        files: Vec::new(),
        entities: 0,
        some_component: component_name(components / 2),
        last_component: component_name(components - 1),
    };
    loop {
        let documents: Vec<String> = maker.by_ref().take(per_file).collect();
        if documents.is_empty() {
            return Ok(generated);
        }
        let file = folder.join(format!("part-{:05}.yaml", generated.files.len()));
        // Written beside and renamed, so that nobody reads half a file.
        let fresh = folder.join("part.new");
        std::fs::write(&fresh, documents.join("---\n"))?;
        std::fs::rename(&fresh, &file)?;
        generated.entities += documents.len();
        generated.files.push(file);
    }
}

/// One document after the other.
struct Maker {
    components: usize,
    edition: u32,
    /// Kind and number of the next document.
    kind: usize,
    next: usize,
    state: u64,
}

/// In the order they are written; the last are the components.
const KINDS: usize = 7;

impl Maker {
    fn new(components: usize, edition: u32) -> Self {
        Self {
            components,
            edition,
            kind: 0,
            next: 0,
            state: 42,
        }
    }

    fn how_many(&self, kind: usize) -> usize {
        let n = self.components;
        [n / 200, n / 50, n / 20, n / 20, n / 20, n / 10, n][kind].max(2)
    }

    /// A number below `limit` (splitmix64).
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below a usize")
    }

    fn pick(&mut self, list: &[&'static str]) -> &'static str {
        list[self.below(list.len())]
    }

    fn sentence(&mut self, words: usize) -> String {
        let mut text = String::from("Does");
        for _ in 0..words {
            let _ = write!(text, " {}", self.pick(WORDS));
        }
        match self.edition {
            0 => text,
            edition => format!("{text}, edition {edition}"),
        }
    }

    fn tags(&mut self, count: usize) -> String {
        let mut tags: Vec<&str> = (0..count).map(|_| self.pick(TAGS)).collect();
        tags.sort_unstable();
        tags.dedup();
        tags.join(", ")
    }

    fn team(&mut self) -> String {
        let team = self.below(self.how_many(1));
        format!("team-{team:04}")
    }

    fn other(&mut self, kind: usize, prefix: &str) -> String {
        let number = self.below(self.how_many(kind));
        format!("{prefix}-{number:04}")
    }

    fn document(&mut self, kind: usize, number: usize) -> String {
        let (kind, name, rest) = match kind {
            0 => (
                "Domain",
                format!("domain-{number:04}"),
                format!("spec:\n  owner: {}\n", self.team()),
            ),
            1 => ("Group", format!("team-{number:04}"), group(number)),
            2 => ("User", format!("user-{number:04}"), self.user(number)),
            3 => ("System", format!("system-{number:04}"), self.system()),
            4 => ("Resource", format!("resource-{number:04}"), self.resource()),
            5 => ("API", format!("api-{number:04}"), self.api(number)),
            _ => ("Component", component_name(number), self.component(number)),
        };
        let description = self.sentence(20);
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n  description: {description}\n{rest}"
        )
    }

    fn user(&mut self, number: usize) -> String {
        let team = self.team();
        format!(
            "spec:\n  profile:\n    displayName: User {number}\n    email: user-{number}@example.com\n  memberOf: [{team}]\n"
        )
    }

    fn system(&mut self) -> String {
        let (tags, owner, domain) = (self.tags(2), self.team(), self.other(0, "domain"));
        format!("  tags: [{tags}]\nspec:\n  owner: {owner}\n  domain: {domain}\n")
    }

    fn resource(&mut self) -> String {
        let kind = self.pick(&["database", "bucket", "queue"]);
        let (owner, system) = (self.team(), self.other(3, "system"));
        format!("spec:\n  type: {kind}\n  owner: {owner}\n  system: {system}\n")
    }

    fn api(&mut self, number: usize) -> String {
        let (lifecycle, owner, system) = (self.pick(LIFECYCLES), self.team(), self.other(3, "system"));
        let (path, summary) = (self.pick(WORDS), self.sentence(6));
        format!(
            "spec:\n  type: openapi\n  lifecycle: {lifecycle}\n  owner: {owner}\n  system: {system}\n  definition: |\n    \
             openapi: 3.0.0\n    info: {{ version: 1.0.0, title: api-{number} }}\n    paths:\n      /{path}:\n        get:\n          \
             summary: {summary}\n          responses: {{ '200': {{ description: fine }} }}\n"
        )
    }

    fn component(&mut self, number: usize) -> String {
        let name = component_name(number);
        let (tier, tags, code) = (self.below(3), self.tags(4), self.below(usize::MAX));
        let (kind, lifecycle) = (self.pick(TYPES), self.pick(LIFECYCLES));
        let (owner, system) = (self.team(), self.other(3, "system"));
        let (provides, consumes) = (self.other(5, "api"), self.other(5, "api"));
        let resource = self.other(4, "resource");
        let needed = self.below(self.components);
        let needed = component_name(needed);
        format!(
            "  title: {name} {number}\n  labels:\n    example.com/tier: '{tier}'\n  annotations:\n    \
             github.com/project-slug: example/{name}\n    backstage.io/source-location: url:https://git.example.com/example/{name}\n    \
             example.com/dashboard: https://grafana.example.com/d/{code:x}/{name}\n    example.com/cost-center: cc-{}\n    \
             pagerduty.com/integration-key: k{code:031x}\n  tags: [{tags}]\n  links:\n    - url: https://dashboard.example.com/{name}\n      \
             title: Dashboard\n    - url: https://runbooks.example.com/{name}\n      title: Runbook\nspec:\n  type: {kind}\n  \
             lifecycle: {lifecycle}\n  owner: {owner}\n  system: {system}\n  providesApis: [{provides}]\n  consumesApis: [{consumes}]\n  \
             dependsOn: ['resource:{resource}', 'component:{needed}']\n",
            number % 997
        )
    }
}

fn group(number: usize) -> String {
    let parent = match number {
        0 => String::new(),
        _ => format!("  parent: team-{:04}\n", number / 5),
    };
    format!("spec:\n  type: team\n  profile:\n    displayName: Team {number}\n{parent}  children: []\n")
}

fn component_name(number: usize) -> String {
    let (one, two) = (number % WORDS.len(), (number * 7 + 3) % WORDS.len());
    format!("{}-{}-{number:06}", WORDS[one], WORDS[two])
}

impl Iterator for Maker {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.kind < KINDS && self.next >= self.how_many(self.kind) {
            (self.kind, self.next) = (self.kind + 1, 0);
        }
        if self.kind == KINDS {
            return None;
        }
        self.next += 1;
        Some(self.document(self.kind, self.next - 1))
    }
}
