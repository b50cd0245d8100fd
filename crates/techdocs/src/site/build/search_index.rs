//! What the original's search finds: a document for each page, and one for each heading of it.

use markdown::escape;
use serde_json::{Value, json};

use crate::site::{Rendered, Site};

/// The documents of a page.
pub(super) type Documents = Vec<Value>;

/// The documents of a page: first its own, with the text before the first heading and below that of the first level.
pub(super) fn documents(site: &Site, at: usize, rendered: &Rendered) -> Documents {
    let page = &site.pages[at];
    let address = site.address_of(at);
    let mut documents = vec![document(&address, &page.title, "")];
    let mut own = String::new();
    for section in &rendered.sections {
        let heading = section.heading.and_then(|heading| rendered.headings.get(heading));
        match heading {
            Some(heading) if heading.level > 1 || documents.len() > 1 => {
                let location = format!("{address}#{}", heading.id);
                documents.push(document(&location, &heading.text, &section.text));
            }
            _ => {
                own.push_str(if own.is_empty() { "" } else { " " });
                own.push_str(&section.text);
            }
        }
    }
    documents[0]["text"] = escape(&own).into();
    documents
}

fn document(location: &str, title: &str, text: &str) -> Value {
    json!({"location": location, "title": escape(title), "text": escape(text)})
}

/// The index.
pub(super) fn of(documents: impl Iterator<Item = Documents>) -> Value {
    let documents: Vec<Value> = documents.flatten().collect();
    json!({"config": {"lang": ["en"], "separator": "[\\s\\-]+"}, "docs": documents})
}
