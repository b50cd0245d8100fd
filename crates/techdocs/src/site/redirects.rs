//! Old addresses of pages, as the plugin `redirects` writes them.

use std::collections::BTreeMap;

use super::config::SiteConfig;
use super::problem::{Problem, Rule};
use super::{BASE, Places, links, url_of};

/// Old addresses with where they lead now.
#[derive(Debug, Default)]
pub(crate) struct Redirects(BTreeMap<String, Redirect>);

/// Where an old address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// Its file, as it would be a page of the site.
    pub(crate) path: String,
    /// Out of the site, or to an address of it, which begins with the word that is exchanged.
    pub(crate) target: String,
}

impl Redirects {
    /// Reads what the configuration says; what leads nowhere is noted.
    pub(crate) fn of(config: &SiteConfig, places: &Places, problems: &mut Vec<Problem>) -> Self {
        let mut redirects = BTreeMap::new();
        for (path, written) in &config.redirects {
            let url = url_of(path, &places.files);
            if places.by_url.contains_key(&url) {
                let text = format!("The redirect of {path} has no effect, because there is a page");
                let problem = config.problem_with(Rule::Redirect, path, text);
                problems.push(problem.way_out("Remove the redirect, or the page."));
                continue;
            }
            let Some(target) = target(places, written) else {
                let text = format!("The redirect of {path} leads to {written}, which does not exist");
                let problem = config.problem_with(Rule::Redirect, path, text);
                problems.push(problem.way_out("Name a page of these docs, or an address with https://."));
                continue;
            };
            let path = path.clone();
            redirects.insert(url, Redirect { path, target });
        }
        Self(redirects)
    }

    /// Where an address within the site leads now.
    pub(crate) fn at(&self, address: &str) -> Option<&Redirect> {
        let address = address.trim_start_matches('/');
        let stem = address
            .strip_suffix("index.html")
            .or_else(|| address.strip_suffix(".html"))
            .unwrap_or(address);
        self.0.get(&format!("{}/", stem.trim_end_matches('/')))
    }

    /// All of them, by their address.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Redirect)> {
        self.0.iter().map(|(url, redirect)| (url.as_str(), redirect))
    }
}

fn target(places: &Places, written: &str) -> Option<String> {
    if links::is_elsewhere(written) {
        let is_web = written.starts_with("https://") || written.starts_with("http://");
        return is_web.then(|| written.to_owned());
    }
    match links::lead(places, usize::MAX, "", written.trim_start_matches('/')) {
        links::Lead::To(address) | links::Lead::Heading(address, _, _) if address.starts_with(BASE) => {
            Some(address)
        }
        _ => None,
    }
}
