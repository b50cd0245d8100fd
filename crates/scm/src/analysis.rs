//! Facts about a repository that its URL alone gives, without any request.

use model::Fault;
use url::Url;

use crate::git_url::GitUrl;
use crate::integrations::Integrations;

/// The proposed name for a new component of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// Name of the repository, proposed as name of the component.
    pub name: String,
    /// Annotation that ties the component to the repository, where the host has one.
    pub annotation: Option<(String, String)>,
}

impl Integrations {
    /// Reads the URL of a repository or of a file in it.
    pub fn analyze(&self, target: &str) -> Result<Analysis, Fault> {
        let not_a_url = || Fault::input("The given location.target is not a URL");
        let url = Url::parse(target).map_err(|_| not_a_url())?;
        let known = self.by_url(&url).and_then(|one| one.repository(target));
        let by_path = || GitUrl::parse(target).map(|GitUrl { owner, name, .. }| (owner, name));
        let (owner, name) = known.map_or_else(by_path, Ok).map_err(|_| not_a_url())?;
        let slug = format!("{owner}/{name}");
        let annotation = self.project_slug_key(&url).map(|key| (key.to_owned(), slug));
        Ok(Analysis { name, annotation })
    }

    /// The annotation that holds `owner/name` for repositories of a URL's host.
    fn project_slug_key(&self, url: &Url) -> Option<&'static str> {
        match self.by_url(url)?.kind() {
            "azure" => Some("dev.azure.com/project-slug"),
            "github" => Some("github.com/project-slug"),
            "gitlab" => Some("gitlab.com/project-slug"),
            _ => None,
        }
    }
}
