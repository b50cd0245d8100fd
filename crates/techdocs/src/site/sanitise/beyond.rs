//! What a page has that only the configuration allows: frames of known hosts, and elements that HTML does not know.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::allowed::Allowed;

/// Most names that are looked at.
const MAX: usize = 2_000;
/// Attributes of a frame.
const OF_FRAME: [&str; 4] = ["src", "width", "height", "allowfullscreen"];
/// What a frame gets in addition: the page in it does its work, and cannot lead the portal elsewhere.
const ADDED: &str = " loading=\"lazy\" referrerpolicy=\"strict-origin-when-cross-origin\" \
                     sandbox=\"allow-scripts allow-same-origin allow-popups allow-forms allow-presentation\"";
/// Attributes that act on the page around them, on whatever element they are.
const NEVER: [&str; 8] = ["style", "src", "href", "srcdoc", "is", "slot", "form", "action"];

static NAMES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("<([a-z][a-z0-9]*-[a-z0-9.-]*)([^<>]*)").ok());
static ATTRIBUTES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\s([a-z][a-z0-9_.:-]*)").ok());

/// The elements of a page that the configuration allows.
#[derive(Default)]
pub(super) struct Beyond<'h> {
    elements: HashSet<&'h str>,
    attributes: HashSet<&'h str>,
}

impl<'h> Beyond<'h> {
    /// Looks for them.
    pub(super) fn of(html: &'h str, allowed: &Allowed) -> Self {
        let mut found = Self::default();
        if !allowed.frame_hosts.is_empty() {
            found.elements.insert("iframe");
        }
        let (Some(names), Some(attributes), true) = (&*NAMES, &*ATTRIBUTES, allowed.has_elements()) else {
            return found;
        };
        for element in names.captures_iter(html).take(MAX) {
            let (Some(name), Some(rest)) = (element.get(1), element.get(2)) else {
                continue;
            };
            if !allowed.element(name.as_str()) {
                continue;
            }
            found.elements.insert(name.as_str());
            let given = attributes
                .captures_iter(rest.as_str())
                .filter_map(|one| one.get(1));
            let kept = given
                .map(|one| one.as_str())
                .filter(|name| allowed.attribute(name) && !NEVER.contains(name));
            found.attributes.extend(kept.take(MAX));
        }
        found
    }

    /// Whether an element is among them.
    pub(super) fn has(&self, element: &str) -> bool {
        self.elements.contains(element)
    }

    /// Adds them to the lists of what is kept.
    pub(super) fn add_to<'l>(
        &self,
        tags: &mut HashSet<&'l str>,
        of_tag: &mut HashMap<&'l str, HashSet<&'l str>>,
    ) where
        'h: 'l,
    {
        for element in &self.elements {
            tags.insert(element);
            let attributes = match *element {
                "iframe" => HashSet::from(OF_FRAME),
                _ => self.attributes.clone(),
            };
            of_tag.insert(element, attributes);
        }
    }
}

/// The same HTML, in which a frame without an end ends where it begins: to a browser all that follows would be in it, and be gone.
pub(super) fn with_ends(html: &str) -> Cow<'_, str> {
    let lower = html.to_ascii_lowercase();
    let Some(start) = lower
        .rfind("<iframe")
        .filter(|start| !lower[*start..].contains("</iframe"))
    else {
        return Cow::Borrowed(html);
    };
    let end = html[start..].find('>').map_or(html.len(), |end| start + end + 1);
    Cow::Owned(format!("{}</iframe>{}", &html[..end], &html[end..]))
}

/// The same HTML with the frames that lead somewhere, each with a name for those who do not see it, its host, and with nothing in it,
/// which browsers that show frames never show.
pub(super) fn with_frames(html: &str) -> String {
    let mut parts = html.split("<iframe");
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (tag, behind) = part.split_once('>').unwrap_or((part, ""));
        let (_, behind) = behind.split_once("</iframe>").unwrap_or(("", behind));
        let source = tag.split_once("src=\"").map(|(_, source)| source);
        if let Some(host) = source.and_then(|source| source.split('/').nth(2)) {
            written.push_str("<iframe");
            if !tag.contains("title=\"") {
                written.push_str(&format!(" title=\"{host}\""));
            }
            written.push_str(tag);
            written.push_str(ADDED);
            written.push_str("></iframe>");
        }
        written.push_str(behind);
    }
    written
}
