//! Where something stands in a file, as a link to the line at the Git host.

use maud::{Markup, html};
use model::Place;
use url::Url;

use crate::icon::icon;

/// Marks in the addresses of Git hosts behind which the branch and then the path of the file follow.
const MARKS: [&str; 6] = [
    "/-/blob/",
    "/-/raw/",
    "/src/branch/",
    "/src/commit/",
    "/blob/",
    "/src/",
];

/// The address of the line at its Git host; nothing for what no browser can show.
pub fn place_href(place: &Place) -> Option<String> {
    let address = place.source.strip_prefix("url:").unwrap_or(&place.source);
    let mut url = Url::parse(address).ok()?;
    if !["http", "https"].contains(&url.scheme()) {
        return None;
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    if let Some(line) = place.line {
        if host == "dev.azure.com" || host.ends_with(".visualstudio.com") {
            url.query_pairs_mut().append_pair("line", &line.to_string());
        } else if host.contains("bitbucket") {
            url.set_fragment(Some(&format!("lines-{line}")));
        } else {
            url.set_fragment(Some(&format!("L{line}")));
        }
    }
    Some(url.into())
}

/// Where it is, short enough for a line of a list: the repository and the file, with line and column.
pub fn place_text(place: &Place) -> String {
    let source = place.source.split_once(':').map_or("", |(kind, _)| kind);
    let address = place.source.strip_prefix("url:").unwrap_or(&place.source);
    let short = match (source, Url::parse(address)) {
        ("url" | "http" | "https", Ok(url)) => {
            in_repository(url.path()).unwrap_or_else(|| address.to_owned())
        }
        _ => place.source.clone(),
    };
    let numbers = [place.line, place.column].into_iter().flatten();
    numbers.fold(short, |text, number| format!("{text}:{number}"))
}

/// `owner/repository, path` of the path of an address.
fn in_repository(path: &str) -> Option<String> {
    let (at, mark) = MARKS.iter().find_map(|mark| Some((path.find(mark)?, mark)))?;
    let repository = path[..at].trim_matches('/');
    let (_, file) = path[at + mark.len()..].split_once('/')?;
    Some(format!("{repository}, {file}"))
}

/// Where it is: a link where the host has a page of the file.
pub fn place_link(place: &Place) -> Markup {
    let text = place_text(place);
    html! {
        @match place_href(place) {
            Some(href) => { a.place-link href=(href) title=(place.source) { (icon("code")) span { (text) } } }
            None => { code { (text) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, href: Option<&str>, text: &str) {
        let place = Place {
            source: source.to_owned(),
            line: Some(14),
            column: Some(3),
            ..Place::default()
        };
        assert_eq!(place_href(&place).as_deref(), href, "{source}");
        assert_eq!(place_text(&place), text, "{source}");
    }

    #[test]
    fn a_place_leads_to_the_line_at_its_host() {
        check(
            "url:https://github.com/o/r/blob/main/a/catalog-info.yaml",
            Some("https://github.com/o/r/blob/main/a/catalog-info.yaml#L14"),
            "o/r, a/catalog-info.yaml:14:3",
        );
        check(
            "url:https://gitea.example.com/o/r/src/branch/main/c.yaml",
            Some("https://gitea.example.com/o/r/src/branch/main/c.yaml#L14"),
            "o/r, c.yaml:14:3",
        );
        check(
            "url:https://gitlab.com/g/s/r/-/blob/main/c.yaml",
            Some("https://gitlab.com/g/s/r/-/blob/main/c.yaml#L14"),
            "g/s/r, c.yaml:14:3",
        );
        check(
            "url:https://bitbucket.org/o/r/src/main/c.yaml",
            Some("https://bitbucket.org/o/r/src/main/c.yaml#lines-14"),
            "o/r, c.yaml:14:3",
        );
        check(
            "url:https://dev.azure.com/o/p/_git/r?path=/c.yaml",
            Some("https://dev.azure.com/o/p/_git/r?path=/c.yaml&line=14"),
            "https://dev.azure.com/o/p/_git/r?path=/c.yaml:14:3",
        );
        check("file:/srv/c.yaml", None, "file:/srv/c.yaml:14:3");
        check("url:javascript:alert(1)", None, "javascript:alert(1):14:3");
    }
}
