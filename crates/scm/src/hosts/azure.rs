//! Azure DevOps, whose URLs name the file in the query.

use model::Fault;
use percent_encoding::percent_decode_str;
use url::Url;

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Owner (with collection), project and repository of a URL.
fn repository(url: &Url) -> Result<[String; 3], Fault> {
    let parts: Vec<String> = url
        .path()
        .split('/')
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let at = |index: usize| parts.get(index).map_or("", String::as_str);
    let host = url.host_str().unwrap_or_default();
    let found = match parts.iter().position(|part| part == "_git") {
        Some(2) if host.ends_with(".visualstudio.com") => [String::new(), at(1).to_owned(), at(3).to_owned()],
        Some(2) => [at(1).to_owned(), at(3).to_owned(), at(3).to_owned()],
        Some(3) => [at(1).to_owned(), at(2).to_owned(), at(4).to_owned()],
        Some(4) => [format!("{}/{}", at(1), at(2)), at(3).to_owned(), at(5).to_owned()],
        _ => Default::default(),
    };
    if found[2].is_empty() {
        return Err(Fault::error("Azure URL must point to a git repository"));
    }
    Ok(found)
}

/// The API's address of a raw file.
pub(super) fn raw_file(text: &str) -> Result<String, Fault> {
    let url = super::parse(text)?;
    let [owner, project, repository] = repository(&url)?;
    let path = query(&url, "path").ok_or_else(|| {
        Fault::error("Azure URL must point to a specific path to be able to download a file")
    })?;
    let mut address = url.clone();
    address.set_query(None);
    address.set_fragment(None);
    if let Ok(mut segments) = address.path_segments_mut() {
        segments
            .clear()
            .extend([owner.as_str()].into_iter().filter(|owner| !owner.is_empty()));
        segments.extend([
            project.as_str(),
            "_apis",
            "git",
            "repositories",
            repository.as_str(),
            "items",
        ]);
    }
    address
        .query_pairs_mut()
        .append_pair("api-version", "6.0")
        .append_pair("path", &path);
    if let Some(version) = query(&url, "version") {
        let reference = version.strip_prefix("GB").or_else(|| version.strip_prefix("GT"));
        let reference = reference
            .ok_or_else(|| Fault::error("Azure URL version must point to a git branch or git tag"))?;
        address.query_pairs_mut().append_pair("version", reference);
    }
    Ok(address.into())
}

/// Resolves within the query's path.
pub(super) fn resolve_url(base: &Url, relative: &str) -> Result<String, Fault> {
    let invalid = |_| Fault::type_error("Invalid URL");
    if repository(base).is_err() {
        return base.join(relative).map(String::from).map_err(invalid);
    }
    let path = query(base, "path").unwrap_or_default();
    let stand_in = Url::parse(&format!("https://a.com{path}")).map_err(invalid)?;
    let path = stand_in.join(relative).map_err(invalid)?.path().to_owned();
    let others: Vec<(String, String)> = base
        .query_pairs()
        .filter(|(key, _)| key != "path")
        .map(|(key, value)| (key.into(), value.into()))
        .collect();
    let mut url = base.clone();
    url.query_pairs_mut()
        .clear()
        .append_pair("path", &path)
        .extend_pairs(others);
    Ok(url.into())
}
