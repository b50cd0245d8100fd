//! What the original's search finds: a document for each page, and one for each heading of it.

use markdown::escape;
use serde::Serialize;

use crate::site::{Rendered, Site};

/// The documents of a page, as JSON with commas between them. They are written where the page is rendered, beside others.
pub(super) type Documents = String;

#[derive(Serialize)]
struct Document<'a> {
    location: &'a str,
    title: &'a str,
    text: &'a str,
}

/// The documents of a page: first its own, with the text before the first heading and below that of the first level.
pub(super) fn documents(site: &Site, at: usize, rendered: &Rendered) -> Documents {
    let address = site.address_of(at);
    let mut own = String::new();
    let mut headings = String::new();
    for section in &rendered.sections {
        let heading = section.heading.and_then(|heading| rendered.headings.get(heading));
        match heading {
            Some(heading) if heading.level > 1 || !headings.is_empty() => {
                let location = format!("{address}#{}", heading.id);
                headings.push(',');
                headings.push_str(&document(&location, &heading.text, &section.text));
            }
            _ => {
                own.push_str(if own.is_empty() { "" } else { " " });
                own.push_str(&section.text);
            }
        }
    }
    document(&address, &site.pages[at].title, &own) + &headings
}

fn document(location: &str, title: &str, text: &str) -> String {
    let (title, text) = (&escape(title), &escape(text));
    let document = Document {
        location,
        title,
        text,
    };
    // Texts are always JSON.
    serde_json::to_string(&document).unwrap_or_default()
}

/// The index.
pub(super) fn of(documents: impl Iterator<Item = Documents>) -> String {
    let documents: Vec<Documents> = documents.collect();
    format!(
        r#"{{"config":{{"lang":["en"],"separator":"[\\s\\-]+"}},"docs":[{}]}}"#,
        documents.join(",")
    )
}
