//! What a repository shows of the thing that it holds. Four requests at most.

use model::Fault;
use scm::codeowners::{CodeOwners, Syntax};
use scm::gitea::{Files, Gitea, Repository};

/// The places of CODEOWNERS in Gitea and Forgejo, in their order.
const OWNERS: [&str; 4] = [
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitea/CODEOWNERS",
    ".forgejo/CODEOWNERS",
];
/// Files and folders that say that the repository is deployed to a cluster.
const MANIFESTS: [&str; 9] = [
    "deploy/",
    "deployment/",
    "k8s/",
    "kubernetes/",
    "manifests/",
    "charts/",
    "chart/",
    "kustomization.yaml",
    "Chart.yaml",
];
/// Most definitions of APIs that are proposed.
const MAX_APIS: usize = 10;

/// What a repository shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Its name.
    pub name: String,
    /// What it is, in its own words.
    pub description: String,
    /// The heading of its README.
    pub title: Option<String>,
    /// The organisation or user that it belongs to.
    pub organization: String,
    /// Its owner, as CODEOWNERS says.
    pub owner: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// Its language.
    pub language: String,
    /// Definitions of APIs.
    pub apis: Vec<ApiFile>,
    /// It is built into an image.
    pub has_image: bool,
    /// It is deployed to a cluster.
    pub has_manifests: bool,
    /// It has documentation.
    pub has_docs: bool,
}

/// A definition of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiFile {
    /// Its path.
    pub path: String,
    /// Its type in the catalog.
    pub kind: &'static str,
}

impl Facts {
    /// Reads what a repository shows.
    pub async fn read(gitea: &Gitea, repository: &Repository) -> Result<Self, Fault> {
        let (owner, name) = repository.owner_and_name();
        let branch = repository.default_branch.as_str();
        let files = gitea.files(owner, name, branch).await?;
        let text = async |path: Option<&str>| -> Result<Option<String>, Fault> {
            let Some(path) = path else { return Ok(None) };
            let found = gitea.file(owner, name, branch, path).await?;
            Ok(found.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()))
        };
        let readme = text(readme(&files)).await?;
        let owners = OWNERS.into_iter().find(|path| has(&files, path));
        let owners = text(owners).await?;
        Ok(Self {
            name: repository.name.clone(),
            description: repository.description.clone(),
            organization: repository.owner.login.clone(),
            title: readme.as_deref().and_then(heading),
            owner: owners.as_deref().and_then(first_owner),
            topics: repository.topics.clone(),
            language: repository.language.clone(),
            apis: apis(&files),
            has_image: files.entries.iter().any(|file| is_image(&file.path)),
            has_manifests: files.entries.iter().any(|file| is_manifest(&file.path)),
            has_docs: files
                .entries
                .iter()
                .any(|file| matches!(&*file.path, "mkdocs.yml" | "mkdocs.yaml" | "docs/index.md")),
        })
    }
}

fn has(files: &Files, path: &str) -> bool {
    files.entries.iter().any(|file| file.path == path)
}

fn readme(files: &Files) -> Option<&str> {
    let mut paths = files.entries.iter().map(|file| file.path.as_str());
    paths.find(|path| matches!(&*path.to_ascii_lowercase(), "readme.md" | "readme.markdown"))
}

/// The first heading of the highest level, without its signs.
fn heading(markdown: &str) -> Option<String> {
    let lines = markdown.lines().take(200);
    let mut headings = lines.filter_map(|line| line.strip_prefix("# "));
    let text = headings.next()?.trim().trim_end_matches('#').trim();
    let is_plain = !text.is_empty() && !text.contains(['[', '<', '!', '`']);
    is_plain.then(|| text.to_owned())
}

/// The owner of the descriptor's place.
fn first_owner(text: &str) -> Option<String> {
    CodeOwners::parse(text, Syntax::Gitea)
        .ok()?
        .owner("catalog-info.yaml")
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_image(path: &str) -> bool {
    let name = file_name(path);
    let is_file = name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.");
    is_file && path.matches('/').count() <= 2
}

fn is_manifest(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    matches!(extension, "yaml" | "yml") && MANIFESTS.iter().any(|place| path.starts_with(place))
}

/// Definitions of APIs, those nearest to the root first.
fn apis(files: &Files) -> Vec<ApiFile> {
    let paths = files.entries.iter().map(|file| file.path.as_str());
    let mut found: Vec<ApiFile> = paths
        .filter(|path| !is_foreign(path))
        .filter_map(|path| {
            Some(ApiFile {
                path: path.to_owned(),
                kind: api_kind(path)?,
            })
        })
        .collect();
    found.sort_by_key(|one| (one.path.matches('/').count(), one.path.clone()));
    found.truncate(MAX_APIS);
    found
}

/// A file that came from elsewhere.
fn is_foreign(path: &str) -> bool {
    let folders = [
        "vendor",
        "node_modules",
        "third_party",
        "testdata",
        "test",
        "tests",
    ];
    path.split('/').any(|part| folders.contains(&part))
}

fn api_kind(path: &str) -> Option<&'static str> {
    let name = file_name(path).to_ascii_lowercase();
    let (stem, extension) = name.rsplit_once('.')?;
    let is_data = matches!(extension, "yaml" | "yml" | "json");
    match extension {
        _ if is_data && (stem.contains("openapi") || stem.contains("swagger")) => Some("openapi"),
        _ if is_data && stem.contains("asyncapi") => Some("asyncapi"),
        "graphql" | "graphqls" if stem.contains("schema") => Some("graphql"),
        "proto" => Some("grpc"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use scm::gitea::FileEntry;

    use super::*;

    fn files(paths: &[&str]) -> Files {
        let entry = |path: &&str| FileEntry {
            path: (*path).to_owned(),
            ..FileEntry::default()
        };
        Files {
            entries: paths.iter().map(entry).collect(),
            ..Files::default()
        }
    }

    #[test]
    fn definitions_of_apis() {
        let found = apis(&files(&[
            "api/v1/pay.proto",
            "openapi.yaml",
            "vendor/x/openapi.yaml",
            "events/asyncapi.json",
            "schema.graphql",
            "query.graphql",
            "go.mod",
        ]));
        let found: Vec<(&str, &str)> = found.iter().map(|one| (&*one.path, one.kind)).collect();
        assert_eq!(
            found,
            [
                ("openapi.yaml", "openapi"),
                ("schema.graphql", "graphql"),
                ("events/asyncapi.json", "asyncapi"),
                ("api/v1/pay.proto", "grpc"),
            ]
        );
    }

    #[test]
    fn headings_and_owners() {
        assert_eq!(
            heading("\ntext\n# The orders #\n# Other").as_deref(),
            Some("The orders")
        );
        assert_eq!(heading("# [x](y)"), None);
        assert_eq!(heading("## deeper"), None);
        assert_eq!(first_owner(".* @acme/team-a").as_deref(), Some("team-a"));
        assert_eq!(first_owner("src/.* @acme/team-a"), None);
    }

    #[test]
    fn images_and_manifests() {
        assert!(is_image("Dockerfile") && is_image("build/Dockerfile.prod"));
        assert!(!is_image("a/b/c/Dockerfile") && !is_image("docs/Dockerfile.md/x"));
        assert!(is_manifest("deploy/prod/app.yaml") && is_manifest("kustomization.yaml"));
        assert!(!is_manifest("deploy/README.md") && !is_manifest("src/app.yaml"));
    }
}
