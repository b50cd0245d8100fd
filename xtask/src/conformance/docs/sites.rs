//! The sites of the corpus, built by both: by mkdocs into goldens that are kept, and by our command line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::process::{Scratch, run};

/// What builds with mkdocs.
const ORACLE: &str = include_str!("oracle.py");
/// The original's extensions and all that they bring, each in one version: others would build other pages.
const REQUIREMENTS: &str = include_str!("requirements.txt");
/// Files that make a folder a site.
const CONFIGS: [&str; 2] = ["mkdocs.yaml", "mkdocs.yml"];
/// Folders without a configuration that are sites.
const BARE: [&str; 1] = ["facelessuser__pymdown-extensions"];

/// HTML of pages by their address.
pub type Pages = BTreeMap<String, String>;

/// A site that both built.
pub struct Built {
    /// Its folder in the corpus.
    pub name: String,
    /// The pages of the original, or why there are none.
    pub theirs: Result<Pages, String>,
    /// Our pages.
    pub ours: Pages,
    /// Pages that differ on purpose.
    pub unread: BTreeSet<String>,
    /// Addresses of pages and files.
    pub known: BTreeSet<String>,
}

/// Builds all sites.
pub fn built(corpus: &Path, binary: &Path) -> Result<Vec<Built>> {
    let scratch = Scratch::new("docs")?;
    let mut folders = Vec::new();
    gather(corpus, &mut folders)?;
    folders.extend(BARE.iter().map(|folder| corpus.join(folder)));
    folders.sort();
    let goldens = goldens(&folders, scratch.path())?;
    let mut all = Vec::new();
    for (at, (folder, golden)) in folders.iter().zip(goldens).enumerate() {
        let name = folder
            .strip_prefix(corpus)
            .unwrap_or(folder)
            .display()
            .to_string();
        let golden: Value = serde_json::from_slice(&std::fs::read(&golden)?).with_context(|| name.clone())?;
        let theirs = match golden["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(pages_of(&golden)),
        };
        let ours = match &theirs {
            Ok(_) => our_pages(folder, binary, &scratch.path().join(at.to_string()))?,
            Err(_) => Pages::new(),
        };
        let mut known = texts(&golden["files"]);
        known.extend(theirs.iter().flat_map(|pages| pages.keys().cloned()));
        all.push(Built {
            name,
            theirs,
            ours,
            unread: texts(&golden["unread"]),
            known,
        });
    }
    Ok(all)
}

/// Folders with a configuration.
fn gather(folder: &Path, sites: &mut Vec<PathBuf>) -> Result<()> {
    if CONFIGS.iter().any(|name| folder.join(name).is_file()) {
        sites.push(folder.to_path_buf());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), sites)?;
        }
    }
    Ok(())
}

fn texts(value: &Value) -> BTreeSet<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}

fn pages_of(golden: &Value) -> Pages {
    let pages = golden["pages"].as_object().into_iter().flatten();
    let text = |html: &Value| html.as_str().unwrap_or_default().to_owned();
    pages
        .map(|(address, html)| (address.clone(), text(html)))
        .collect()
}

/// The goldens of sites. Those that are kept are not built again.
fn goldens(folders: &[PathBuf], scratch: &Path) -> Result<Vec<PathBuf>> {
    let cache = cache()?;
    std::fs::create_dir_all(cache.join("goldens"))?;
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    for folder in folders {
        let golden = cache.join("goldens").join(format!("{}.json", digest(folder)?));
        if !golden.is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            missing.push(json!({"site": folder, "name": name, "golden": golden}));
        }
        files.push(golden);
    }
    if !missing.is_empty() {
        let python = python(&cache)?;
        let (script, tasks) = (scratch.join("oracle.py"), scratch.join("tasks.json"));
        std::fs::write(&script, ORACLE)?;
        std::fs::write(&tasks, serde_json::to_vec(&missing)?)?;
        println!("{} sites are built with mkdocs", missing.len());
        let mut oracle = Command::new(python);
        let built = oracle.arg(&script).arg(&tasks).stdin(Stdio::null()).output()?;
        // Warnings of extensions about our machine are no news where all went well.
        if !built.status.success() {
            let told = String::from_utf8_lossy(&built.stderr).into_owned();
            bail!("building sites with mkdocs failed:\n{told}");
        }
    }
    Ok(files)
}

/// Where environments and goldens are kept.
fn cache() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    Ok(PathBuf::from(home).join(".cache/backstage-docs"))
}

/// Python in which `python -m mkdocs` builds sites as the original does.
pub fn mkdocs() -> Result<PathBuf> {
    let cache = cache()?;
    std::fs::create_dir_all(&cache)?;
    python(&cache)
}

/// What tells one version of a site from another: all its files, and what builds it.
fn digest(folder: &Path) -> Result<String> {
    let mut digest = Sha1::new();
    digest.update(ORACLE);
    digest.update(REQUIREMENTS);
    digest.update(folder.as_os_str().as_encoded_bytes());
    add(folder, &mut digest)?;
    Ok(hexadecimal(digest))
}

fn hexadecimal(digest: Sha1) -> String {
    let bytes = digest.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn add(folder: &Path, digest: &mut Sha1) -> Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        digest.update(path.as_os_str().as_encoded_bytes());
        if path.is_dir() {
            add(&path, digest)?;
        } else if let Ok(bytes) = std::fs::read(&path) {
            digest.update(bytes);
        }
    }
    Ok(())
}

/// Python with the original's extensions, installed once for each list of them.
fn python(cache: &Path) -> Result<PathBuf> {
    let mut digest = Sha1::new();
    digest.update(REQUIREMENTS);
    let installed = cache.join(format!("venv-{}", hexadecimal(digest)));
    let (python, list) = (installed.join("bin/python"), installed.join("requirements.txt"));
    let mark = installed.join("whole");
    if !mark.is_file() {
        run(
            "python3",
            &["-m", "venv", "--clear", &installed.to_string_lossy()],
        )?;
        std::fs::write(&list, REQUIREMENTS)?;
        let list = list.to_string_lossy();
        let pip = [
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "-r",
            &list,
        ];
        run(&python.to_string_lossy(), &pip)?;
        std::fs::write(&mark, "")?;
    }
    Ok(python)
}

/// The articles of a site that our command line builds.
fn our_pages(folder: &Path, binary: &Path, out: &Path) -> Result<Pages> {
    let built = Command::new(binary)
        .args(["docs", "build"])
        .arg(folder)
        .arg("--out")
        .arg(out)
        .stdin(Stdio::null())
        .output()
        .context("could not run `docs build`")?;
    let mut pages = Pages::new();
    if built.status.success() {
        read(out, out, &mut pages)?;
    }
    Ok(pages)
}

fn read(root: &Path, folder: &Path, pages: &mut Pages) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, pages)?;
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let address = path.strip_prefix(root)?.display().to_string();
            pages.insert(address, article(&std::fs::read_to_string(&path)?).to_owned());
        }
    }
    Ok(())
}

/// The content of a page: its article without what the theme puts before it, which is the link to edit the page, and a title
/// where the content has none.
fn article(html: &str) -> &str {
    if html.contains("<meta http-equiv=\"refresh\"") {
        return html;
    }
    let Some(start) = html.find("<article") else {
        return "";
    };
    let article = &html[start..];
    let inner = article.find('>').map_or("", |end| &article[end + 1..]);
    let inner = inner.rfind("</article>").map_or(inner, |end| &inner[..end]);
    let inner = behind(inner, "<a ", "md-content__button", "</a>");
    behind(inner, "<h1>", "", "</h1>")
}

/// What is behind an element at the beginning of a text, if it begins like this and has this in it.
fn behind<'t>(html: &'t str, begin: &str, within: &str, end: &str) -> &'t str {
    let trimmed = html.trim_start();
    let Some(length) = trimmed.find(end).filter(|_| trimmed.starts_with(begin)) else {
        return html;
    };
    if trimmed[..length].contains(within) {
        &trimmed[length + end.len()..]
    } else {
        html
    }
}
