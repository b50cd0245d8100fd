//! Where links of a page lead: to another page, to a file, into the repository, or nowhere.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::{BASE, Places};

/// What is encoded in the path of an address.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'%');

/// What is encoded behind the path.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lead {
    /// It stays as it is.
    AsIs,
    /// To this address.
    To(String),
    /// To a heading of a page: the address, the page's position, and the heading.
    Heading(String, usize, String),
    /// To a file of the source that is no documentation and has no address: the address it would have, and the file.
    Beside(String, String),
    /// Nowhere: the address it would have, and the file that is missing.
    Nowhere(String, String),
}

/// Whether an address names a host or a scheme.
pub(crate) fn is_elsewhere(address: &str) -> bool {
    if address.starts_with("//") {
        return true;
    }
    let end = address.find([':', '/', '?', '#', '.']).unwrap_or(address.len());
    address[end..].starts_with(':') && end > 0
}

/// An address out of the site to which a navigation may lead.
pub(crate) fn safe(address: &str) -> &str {
    let known = ["https://", "http://", "mailto:", "/"];
    let is_known = known.iter().any(|scheme| address.starts_with(scheme));
    if is_known && !address.starts_with("//") {
        address
    } else {
        "#"
    }
}

/// A path without `.` and `..`; nothing if it climbs out.
pub(crate) fn normalised(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Finds out where an address leads that stands in the page at `position`.
pub(crate) fn lead(places: &Places, position: usize, path: &str, address: &str) -> Lead {
    if address.is_empty() || is_elsewhere(address) {
        return Lead::AsIs;
    }
    let (target, fragment) = address.split_once('#').unwrap_or((address, ""));
    let (target, query) = target.split_once('?').unwrap_or((target, ""));
    let behind = Behind { query, fragment };
    if target.is_empty() {
        let own = places.urls.get(position).map_or("", String::as_str);
        return to_page(own, position, behind);
    }
    let target = percent_decode_str(target).decode_utf8_lossy();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let url = places.urls.get(position).map_or("", String::as_str);
    let candidates = match target.strip_prefix('/') {
        Some(from_root) => [normalised(from_root), None],
        // As written beside the file, else as a browser would resolve it on the page.
        None => [
            normalised(&format!("{folder}/{target}")),
            normalised(&format!("{url}/{target}")),
        ],
    };
    for candidate in candidates.iter().flatten() {
        if let Some(lead) = within(places, candidate, behind) {
            return lead;
        }
    }
    if target.starts_with('/') {
        return Lead::AsIs;
    }
    outside(places, path, &target, behind).unwrap_or_else(|| {
        let beside = || normalised(&format!("{}{target}", folder_of(&places.in_source(path))));
        let missing = candidates[0]
            .clone()
            .or_else(beside)
            .unwrap_or_else(|| target.clone().into_owned());
        Lead::Nowhere(format!("{BASE}{}", encoded(&missing)), missing)
    })
}

pub(crate) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// What an address has behind its path.
#[derive(Clone, Copy)]
struct Behind<'a> {
    query: &'a str,
    fragment: &'a str,
}

impl Behind<'_> {
    /// Behind an address, as it was written.
    fn query_of(self, address: String) -> String {
        match self.query {
            "" => address,
            query => format!("{address}?{}", utf8_percent_encode(query, QUERY)),
        }
    }

    fn of(self, address: String) -> String {
        let address = self.query_of(address);
        match self.fragment {
            "" => address,
            fragment => format!("{address}#{}", utf8_percent_encode(fragment, QUERY)),
        }
    }
}

fn to_page(url: &str, position: usize, behind: Behind<'_>) -> Lead {
    let address = behind.query_of(format!("{BASE}{}", encoded(url.trim_end_matches('/'))));
    if behind.fragment.is_empty() {
        return Lead::To(address);
    }
    let heading = percent_decode_str(behind.fragment)
        .decode_utf8_lossy()
        .into_owned();
    let shown = super::sanitise::own_id(&heading);
    Lead::Heading(format!("{address}#{shown}"), position, shown)
}

/// A page or file of the site.
fn within(places: &Places, path: &str, behind: Behind<'_>) -> Option<Lead> {
    let names = [
        path.to_owned(),
        format!("{path}.md"),
        join(path, "index.md"),
        join(path, "README.md"),
    ];
    for name in &names {
        if let Some(at) = places.by_path.get(name) {
            return Some(to_page(&places.urls[*at], *at, behind));
        }
    }
    let stem = path
        .strip_suffix("/index.html")
        .or_else(|| path.strip_suffix(".html"))
        .unwrap_or(path);
    let url = if stem.is_empty() {
        String::new()
    } else {
        format!("{stem}/")
    };
    if let Some(at) = places.by_url.get(&url) {
        return Some(to_page(&url, *at, behind));
    }
    let is_file = places.files.contains_key(path);
    is_file.then(|| Lead::To(behind.of(format!("{BASE}{}", encoded(path)))))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// What an address means in the source: a page of another folder of it, or a file that is no documentation.
fn outside(places: &Places, path: &str, target: &str, behind: Behind<'_>) -> Option<Lead> {
    let found = normalised(&format!("{}{target}", folder_of(&places.in_source(path))))?;
    if let Some(inside) = places.parts.in_site(&found) {
        return within(places, &inside, behind);
    }
    if !places.beside.has(&found) {
        return None;
    }
    let Some(repository) = places.repository.as_deref() else {
        return Some(Lead::Beside(format!("{BASE}{}", encoded(&found)), found));
    };
    let repository = repository.trim_end_matches('/');
    Some(Lead::To(behind.of(format!("{repository}/{}", encoded(&found)))))
}

/// The folder of a file, empty or with a slash at the end.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..=at])
}
