//! The README of a folder, and the notes of releases: found, read and made HTML that is safe to show.
//!
//! Links and images of files lead to the server. Pages of the portal load no images from elsewhere, so that an image is a link
//! with its words.

use std::sync::LazyLock;

use diagrams::Drawings;
use maud::html;
use model::Fault;
use regex::{Captures, Regex};
use scm::gitea::activity::{FileLine, FileType};
use ui::{Code, ForeignAddress, Language};

use super::{Head, Links, Reference, Repo};

/// Largest README that is shown, in bytes.
const MAX_BYTES: u64 = 512 << 10;
/// Endings of Markdown.
const MARKDOWN: [&str; 4] = ["md", "markdown", "mdown", "mkd"];

/// A README.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Readme {
    /// Its path in the repository.
    pub(crate) path: String,
    /// Its page at the server.
    pub(crate) page: String,
    /// It is HTML that is safe to show; nothing where it is too large.
    pub(crate) html: Option<String>,
    /// The name of its content.
    sha: String,
    /// Something in it could not be drawn that may be the next time.
    is_passing: bool,
}

impl Readme {
    /// A README whose HTML was made safe.
    pub(crate) fn new(path: &str, page: &str, html: &str) -> Self {
        Self {
            path: path.to_owned(),
            page: page.to_owned(),
            html: Some(html.to_owned()),
            sha: String::new(),
            is_passing: false,
        }
    }
}

/// Finds and reads the README of a place. Content that is known already is not read again.
pub(super) async fn read(
    repo: &Repo,
    links: &Links,
    head: &Head,
    last: Option<&Readme>,
) -> Result<Option<Readme>, Fault> {
    let Some((path, line)) = find(repo, head).await? else {
        return Ok(None);
    };
    let page = links.file(&head.reference, &path);
    let is_known = |last: &&Readme| last.page == page && last.sha == line.sha && !last.is_passing;
    if let Some(last) = last.filter(is_known) {
        return Ok(Some(last.clone()));
    }
    let made = if line.size > MAX_BYTES {
        Made::default()
    } else {
        let text = repo
            .gitea
            .file_text(repo.names(), head.reference.name(), &path)
            .await?;
        let (links, reference, file) = (links.clone(), head.reference.clone(), path.clone());
        let made = tokio::task::spawn_blocking(move || rendered(&text, &links, &reference, &file)).await;
        made.map_err(|error| Fault::error(format!("The README cannot be shown: {error}")))?
    };
    Ok(Some(Readme {
        path,
        page,
        html: made.html,
        sha: line.sha,
        is_passing: made.is_passing,
    }))
}

/// The path of the README, where a link leads to it, and its line in its folder.
async fn find(repo: &Repo, head: &Head) -> Result<Option<(String, FileLine)>, Fault> {
    let mut folders = vec![head.folder.as_str()];
    if !head.folder.is_empty() {
        folders.push("");
    }
    for folder in folders {
        let content = repo
            .gitea
            .folder_content(repo.names(), head.reference.name(), folder)
            .await?;
        if let Some(line) = best(content.unwrap_or_default()) {
            let target = line.target.as_deref();
            let linked = target.and_then(|target| below(folder, target));
            return Ok(Some((linked.unwrap_or_else(|| line.path.clone()), line)));
        }
    }
    Ok(None)
}

/// The README among the files of a folder, Markdown first.
fn best(content: Vec<FileLine>) -> Option<FileLine> {
    let rank = |line: &FileLine| {
        let name = line.name.to_ascii_lowercase();
        let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
        let is_text = MARKDOWN.contains(&ending) || ["", "txt", "rst", "adoc", "org"].contains(&ending);
        let is_file = matches!(line.kind, FileType::File | FileType::Symlink);
        (stem == "readme" && is_text && is_file).then_some(!MARKDOWN.contains(&ending))
    };
    let ranked = content.into_iter().filter_map(|line| Some((rank(&line)?, line)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, line)| line)
}

/// What was made of a text: HTML, and whether something in it could not be drawn that may be the next time.
#[derive(Debug, Default)]
struct Made {
    html: Option<String>,
    is_passing: bool,
}

fn rendered(text: &str, links: &Links, reference: &Reference, path: &str) -> Made {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if !MARKDOWN.contains(&ending.to_ascii_lowercase().as_str()) {
        return Made {
            html: Some(html! { pre.repo-plain { (text) } }.into_string()),
            is_passing: false,
        };
    }
    let mut drawings = Drawings::default();
    let html = markdown(text, links, reference, path, &mut drawings);
    Made {
        html: Some(html),
        is_passing: drawings.is_passing(),
    }
}

/// The notes of a release as HTML that is safe to show; nothing where there are none.
pub(super) fn notes(text: &str, links: &Links, tag: &str) -> Option<String> {
    let is_shown = !text.trim().is_empty() && text.len() as u64 <= MAX_BYTES;
    let reference = Reference::Tag(tag.to_owned());
    is_shown.then(|| markdown(text, links, &reference, "", &mut Drawings::default()))
}

fn markdown(text: &str, links: &Links, reference: &Reference, path: &str, drawings: &mut Drawings) -> String {
    let html = replaced(PILCROW.as_ref(), &markdown::render(text).html, |_| String::new());
    let html = deeper(&boxes(&html));
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let (links, reference) = (links.clone(), reference.clone());
    let safe = ui::foreign_html_from(&html, move |address| {
        resolved(address, &links, &reference, &folder)
    });
    code(&tables(&without_images(&safe.into_string())), drawings)
}

/// Where a link or image leads. What names a server, a scheme or a place in the text stays.
fn resolved(
    address: ForeignAddress<'_>,
    links: &Links,
    reference: &Reference,
    folder: &str,
) -> Option<String> {
    let (written, is_image) = match address {
        ForeignAddress::Link(written) => (written, false),
        ForeignAddress::Image(written) => (written, true),
    };
    let is_elsewhere =
        written.starts_with("//") || written.starts_with('#') || url::Url::parse(written).is_ok();
    if written.is_empty() || is_elsewhere {
        return None;
    }
    let (target, fragment) = written
        .split_once('#')
        .map_or((written, String::new()), |(target, fragment)| {
            (target, format!("#{fragment}"))
        });
    let target = target.split('?').next().unwrap_or_default();
    let target = percent_encoding::percent_decode_str(target).decode_utf8_lossy();
    let path = match target.strip_prefix('/') {
        Some(from_root) => below("", from_root),
        None => below(folder, &target),
    };
    // A link that climbs out of the repository leads to the repository.
    let path = path.unwrap_or_default();
    Some(if is_image {
        links.raw(reference, &path)
    } else {
        format!("{}{fragment}", links.file(reference, &path))
    })
}

/// A path below a folder, without `.` and `..`; nothing if it climbs out of the repository.
fn below(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

static HEADING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<(/?)h([1-6])\b").ok());
static BOX: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"<input type="checkbox"[^>]*>"#).ok());
static PILCROW: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)<a class="headerlink"[^>]*>.*?</a>"#).ok());
static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<(/?)(a|img)\b([^>]*)>").ok());
static SOURCE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\bsrc="([^"]*)""#).ok());
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\balt="([^"]*)""#).ok());
static CODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>"#).ok());

fn replaced(regex: Option<&Regex>, html: &str, with: impl FnMut(&Captures<'_>) -> String) -> String {
    match regex {
        Some(regex) => regex.replace_all(html, with).into_owned(),
        None => html.to_owned(),
    }
}

/// Headings below those of the page around.
fn deeper(html: &str) -> String {
    replaced(HEADING.as_ref(), html, |found| {
        let level: u8 = found[2].parse().unwrap_or(4);
        format!("<{}h{}", &found[1], (level + 2).min(6))
    })
}

/// The boxes of task lists as signs, because forms are not shown.
fn boxes(html: &str) -> String {
    replaced(BOX.as_ref(), html, |found| {
        if found[0].contains("checked") {
            "☑"
        } else {
            "☐"
        }
        .to_owned()
    })
}

/// Images as links with their words; within a link only the words.
fn without_images(html: &str) -> String {
    let mut links = 0_usize;
    replaced(TAG.as_ref(), html, |found| {
        match (&found[1], &found[2]) {
            ("/", "a") => links = links.saturating_sub(1),
            (_, "a") => links += 1,
            _ => {
                let part = |regex: &LazyLock<Option<Regex>>| {
                    let found = regex.as_ref()?.captures(&found[3])?;
                    Some(found[1].to_owned()).filter(|text| !text.trim().is_empty())
                };
                let words = part(&WORDS).unwrap_or_else(|| "image".to_owned());
                return match part(&SOURCE).filter(|_| links == 0) {
                    Some(source) => {
                        format!("<a href=\"{source}\" rel=\"noopener noreferrer nofollow\">{words}</a>")
                    }
                    None => words,
                };
            }
        }
        found[0].to_owned()
    })
}

/// Tables that can be scrolled, also by the keyboard.
fn tables(html: &str) -> String {
    let frame = "<div class=\"repo-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>";
    html.replace("<table>", frame)
        .replace("</table>", "</table></div>")
}

/// Code with the portal's colours, which can be copied, and diagrams.
fn code(html: &str, drawings: &mut Drawings) -> String {
    replaced(CODE.as_ref(), html, |found| {
        let part = |at: usize| found.get(at).map(|part| markdown::unescape(part.as_str()));
        let (language, text) = (part(1).unwrap_or_default(), part(2).unwrap_or_default());
        if let Some(drawing) = drawings.of_code(&language, &text) {
            return drawing.into_string();
        }
        let code = Code {
            first_line: None,
            ..Code::new(text.trim_end_matches('\n'), Language::of_name(&language))
        };
        ui::code_block(code).into_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let links = Links::new("https://git.example.com", "shop/orders");
        markdown(
            text,
            &links,
            &Reference::Branch("feature/x".to_owned()),
            "apps/api/README.md",
            &mut Drawings::default(),
        )
    }

    #[test]
    fn diagrams_are_drawn() {
        let html = shown("# A\n\n```mermaid\nflowchart LR\n  A[Portal] --> B\n```\n\n```math\nx^2\n```\n");
        assert!(
            html.contains("<figure class=\"diagram\">") && html.contains(">Portal<"),
            "{html}"
        );
        assert!(html.contains("<math display=\"block\"><msup>"), "{html}");
    }

    #[test]
    fn links_and_images_lead_to_the_server() {
        let base = "https://git.example.com/shop/orders";
        for (text, address) in [
            (
                "[a](docs/a.md#top)",
                format!("{base}/src/branch/feature/x/apps/api/docs/a.md#top"),
            ),
            ("[a](/LICENSE)", format!("{base}/src/branch/feature/x/LICENSE")),
            ("[a](../web/)", format!("{base}/src/branch/feature/x/apps/web")),
            ("[a](../../../../x)", format!("{base}/src/branch/feature/x")),
            (
                "![plan](plan.png)",
                format!("{base}/raw/branch/feature/x/apps/api/plan.png"),
            ),
            (
                "<img src=\"plan.png\" alt=\"plan\">",
                format!("{base}/raw/branch/feature/x/apps/api/plan.png"),
            ),
            ("[a](https://example.org/x)", "https://example.org/x".to_owned()),
            ("[a](mailto:a@example.org)", "mailto:a@example.org".to_owned()),
            ("[a](#how)", "#foreign-how".to_owned()),
        ] {
            let html = shown(text);
            assert!(html.contains(&format!("href=\"{address}\"")), "{text}: {html}");
            assert!(!html.contains("<img"), "{html}");
        }
    }

    #[test]
    fn an_image_within_a_link_is_its_words() {
        let html = shown("[![build](https://ci.example.com/badge.svg)](https://ci.example.com/orders)");
        assert!(
            html.contains(">build</a>") && !html.contains("badge.svg"),
            "{html}"
        );
    }

    #[test]
    fn nothing_that_acts_is_left() {
        let html = shown(
            "<script>a()</script><a href=\"javascript:a()\" onclick=a()>x</a>\n\n- [x] done\n- [ ] open\n",
        );
        assert!(!html.contains("script") && !html.contains("onclick"), "{html}");
        assert!(html.contains('☑') && html.contains('☐'), "{html}");
    }

    #[test]
    fn headings_stand_below_those_of_the_page_and_code_can_be_copied() {
        let html = shown("# Orders\n\n## Run\n\n```yaml\na: 1\n```\n");
        assert!(
            html.contains("<h3") && html.contains("<h4") && !html.contains("<h1"),
            "{html}"
        );
        assert!(html.contains("js-copy") || html.contains("copy"), "{html}");
    }

    #[test]
    fn markdown_goes_before_other_readmes() {
        let line = |name: &str| FileLine {
            name: name.to_owned(),
            ..FileLine::default()
        };
        let of = |names: &[&str]| best(names.iter().map(|name| line(name)).collect()).map(|line| line.name);
        assert_eq!(
            of(&["README", "Readme.md", "readme.txt"]).as_deref(),
            Some("Readme.md")
        );
        assert_eq!(of(&["README.rst"]).as_deref(), Some("README.rst"));
        assert_eq!(of(&["README.pdf", "readme-de.md"]), None);
    }
}
