//! The pages of one site.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use catalog::Sight;
use catalog::browse::shown_title;
use model::{EntityRef, Fault, FaultKind, entity};
use serde_json::Value;
use sight::CurrentSight;
use ui::{Chrome, Crumb, PageHead, href};

use super::PageFailure;
use super::reading::Reading;
use super::view::{self, Change, ReaderView, Shows};
use crate::api::{Triplet, file_answer, seen, shown_type};
use crate::findable::base;
use crate::library::Shown;
use crate::published::ShownPage;
use crate::site::{BASE, Site};
use crate::source::Source;
use crate::versions::MARK;
use crate::{Docs, OTHER, OTHER_PATH};

/// The Git host has this long to say who changed a page.
const CHANGE_TIME: Duration = Duration::from_secs(5);

/// What is asked of a site.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The address within the site.
    pub path: String,
    /// Words to look for.
    pub words: String,
    /// What is wrong is asked for.
    pub health: bool,
    /// All versions are asked for.
    pub versions: bool,
    /// Architecture decisions are asked for.
    pub decisions: bool,
    /// Who changed the page last is asked for.
    pub change: bool,
}

impl Wanted {
    /// Reads an address below the site and a query string.
    pub(crate) fn of(path: &str, query: &str) -> Self {
        let uri = format!("/?{query}").parse().unwrap_or_default();
        let found = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
        let pairs = found.map(|pairs| pairs.0).unwrap_or_default();
        let value = |wanted: &str| {
            let pair = pairs.iter().find(|(name, _)| name == wanted);
            pair.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            path: path.to_owned(),
            words: value("q"),
            health: value("view") == "health",
            versions: value("view") == "versions",
            decisions: value("view") == "decisions",
            change: value("part") == "change",
        }
    }
}

impl Wanted {
    /// The page that is asked for; nothing for a search and the like, or if there is no such page.
    pub(crate) fn page(&self, site: &Site) -> Option<usize> {
        if self.health || self.versions || self.decisions || !self.words.is_empty() {
            return None;
        }
        // A site without a page for its front shows its first page there.
        let first = || (self.path.is_empty() && !site.pages.is_empty()).then_some(0);
        site.page_at(&self.path).or_else(first)
    }
}

/// The front page.
pub(crate) async fn show(
    state: State<Docs>,
    sight: CurrentSight,
    Path((namespace, kind, name)): Path<Triplet>,
    headers: HeaderMap,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let path = Path((namespace, kind, name, String::new()));
    show_page(state, sight, path, headers, chrome).await
}

/// Any page or file of the site.
pub(crate) async fn show_page(
    State(docs): State<Docs>,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name, path)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    let Some(value) = seen(&docs, &sight, &reference).await? else {
        return Err(Fault::not_found(format!("There is no entity {reference}")).into());
    };
    let Some(source) = docs.library.source_of(&value) else {
        return Ok(without_own(&value, &reference, chrome));
    };
    let opened = match source {
        Ok(source) => open(&docs, source, &reference, &path).await,
        Err(fault) => Err(fault),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(fault) if path.starts_with(MARK) && fault.is(&FaultKind::NotFound) => return Err(fault.into()),
        Err(fault) => return Ok(failed(&docs, &value, &reference, &fault, chrome)),
    };
    let wanted = Wanted::of(&opened.path, &chrome.query);
    match docs.library.asset(&opened.shown.site, &wanted.path).await {
        Ok(Some(bytes)) => return Ok(file_answer(bytes, shown_type(&wanted.path))),
        Ok(None) => {}
        Err(fault) => return Ok(failed(&docs, &value, &reference, &fault, chrome)),
    }
    let own = opened.base(&reference);
    if let Some(target) = moved(&opened.shown.site, &wanted, &own) {
        return Ok(Redirect::temporary(&target).into_response());
    }
    let mut view = of_opened(&docs, &sight, &value, &reference, opened, wanted).await?;
    view.reading = Reading::of(&headers);
    let status = match view.shows {
        Shows::Missing(_) => StatusCode::NOT_FOUND,
        Shows::Unreadable { .. } => StatusCode::BAD_GATEWAY,
        _ => StatusCode::OK,
    };
    let head = head(&view);
    let content = view::reader(&view, chrome.now);
    Ok(chrome.page(head, content).status(status).into_response())
}

/// A site that is open at an address.
struct Opened {
    /// Where the current version lies.
    source: Source,
    shown: Shown,
    /// The version; nothing for the current one.
    version: Option<String>,
    /// The address within the site.
    path: String,
}

impl Opened {
    /// The address of the site as it is shown.
    fn base(&self, reference: &EntityRef) -> String {
        let own = base(reference);
        match &self.version {
            Some(name) => view::version_base(&own, name),
            None => own,
        }
    }
}

async fn open(docs: &Docs, source: Source, reference: &EntityRef, path: &str) -> Result<Opened, Fault> {
    let Some(address) = path.strip_prefix(MARK) else {
        return Ok(Opened {
            shown: docs.library.read(&source, reference).await?,
            source,
            version: None,
            path: path.to_owned(),
        });
    };
    let version = docs.versions.find(&source, address).await?;
    Ok(Opened {
        // The search knows the current version only.
        shown: docs.library.look(&version.source).await?,
        source,
        version: Some(version.name),
        path: version.path,
    })
}

/// Everything that a page of an open site shows.
async fn of_opened(
    docs: &Docs,
    sight: &Sight,
    value: &Value,
    reference: &EntityRef,
    opened: Opened,
    wanted: Wanted,
) -> Result<ReaderView, Fault> {
    let (lists_versions, asks_change) = (wanted.versions, wanted.change);
    let address = opened.base(reference);
    let mut view = reader(
        docs,
        sight,
        value,
        reference,
        opened.shown,
        wanted,
        address.clone(),
    )
    .await?;
    view.files = address;
    view.has_versions = docs.versions.is_kept(&opened.source);
    view.version = opened.version;
    if lists_versions {
        view.shows = Shows::Versions(docs.versions.list(&opened.source).await?);
    }
    if asks_change {
        view.change = told_change(docs, &view).await;
    }
    Ok(view)
}

/// Asks the Git host who changed the page last. What it says is kept with the version of the site.
async fn told_change(docs: &Docs, view: &ReaderView) -> Change {
    let Some(file) = file_that_is_told(docs, view) else {
        return Change::NotKept;
    };
    let key = (file, view.site.version.clone());
    if let Some(told) = docs.changes.get(&key) {
        return Change::Told(told);
    }
    match tokio::time::timeout(CHANGE_TIME, docs.library.reader().newest_change(&key.0)).await {
        Ok(Ok(told)) => {
            docs.changes.insert(key, told.clone());
            Change::Told(told)
        }
        Ok(Err(fault)) => Change::Unknown(fault.message),
        Err(_) => Change::Unknown("the Git host does not answer in time".to_owned()),
    }
}

/// The address of the page's file, where its host can say who changed it.
fn file_that_is_told(docs: &Docs, view: &ReaderView) -> Option<String> {
    let page = &view.site.pages[view.current()?];
    let file = view.site.places.file_url(&page.path)?;
    docs.library.reader().tells_changes(&file).then_some(file)
}

/// Where a page is now whose address is an old one.
fn moved(site: &Site, wanted: &Wanted, base: &str) -> Option<String> {
    if wanted.health || !wanted.words.is_empty() || site.page_at(&wanted.path).is_some() {
        return None;
    }
    let target = &site.redirects.at(&wanted.path)?.target;
    Some(match target.strip_prefix(BASE) {
        Some(inside) => format!("{base}{inside}"),
        None => target.clone(),
    })
}

/// Everything that a page of the site shows.
pub(crate) async fn reader(
    docs: &Docs,
    sight: &Sight,
    value: &Value,
    reference: &EntityRef,
    shown: Shown,
    wanted: Wanted,
    base: String,
) -> Result<ReaderView, Fault> {
    let owner = entity::relations(value).find(|(kind, _)| *kind == "ownedBy");
    let owner: Option<EntityRef> = owner.and_then(|(_, target)| target.parse().ok());
    let known = docs.catalog.seen_by(sight).known(owner.iter());
    let owner = owner.filter(|owner| known.get(owner).is_some_and(|known| known.seen().is_some()));
    let owner_title = owner
        .as_ref()
        .and_then(|owner| catalog::browse::title_of(&known, owner))
        .map(str::to_owned);
    let shows_path = wanted.path.clone();
    let fetched = fetched(docs, &shown, &wanted).await;
    let library = docs.library.clone();
    let site = shown.site.clone();
    let made = tokio::task::spawn_blocking(move || Shows::of(&site, &wanted, library.integrations())).await;
    let mut shows = made.map_err(|error| Fault::error(error.to_string()))?;
    let (mut checked, mut failure) = (shown.checked, shown.failure);
    match fetched {
        Some((_, Ok(Some(page)))) => {
            checked = checked.min(page.checked);
            failure = failure.or(page.failure);
            shows = shows.with(page.rendered);
        }
        Some((_, Ok(None))) => shows = Shows::Missing(shows_path),
        Some((at, Err(fault))) => shows = Shows::Unreadable { at, fault },
        None => {}
    }
    let mut view = ReaderView {
        reference: reference.clone(),
        in_tab: false,
        entity_title: shown_title(value).unwrap_or(reference.name()).to_owned(),
        lifecycle: entity::lifecycle(value).map(str::to_owned),
        owner,
        owner_title,
        base,
        site: shown.site,
        checked,
        failure,
        shows,
        reading: Reading::default(),
        version: None,
        has_versions: false,
        files: self::base(reference),
        change: Change::NotKept,
    };
    if file_that_is_told(docs, &view).is_some() {
        view.change = Change::Later;
    }
    Ok(view)
}

/// The page that is asked for, from where another program published it; nothing if nothing has to be fetched.
async fn fetched(
    docs: &Docs,
    shown: &Shown,
    wanted: &Wanted,
) -> Option<(usize, Result<Option<ShownPage>, Fault>)> {
    let published = docs.library.published()?;
    let at = wanted.page(&shown.site)?;
    Some((at, published.page(&shown.site, at).await))
}

/// The way to a page.
fn head(view: &ReaderView) -> PageHead {
    let mut crumbs = vec![Crumb::to("Docs", "/docs")];
    let title = view.title();
    if view.is_front() {
        crumbs.push(Crumb::here(view.entity_title.clone()));
    } else {
        crumbs.push(Crumb::to(view.entity_title.clone(), view.address("")));
        crumbs.extend(view.sections().into_iter().map(Crumb::here));
        crumbs.push(Crumb::here(title.clone()));
    }
    PageHead::new(format!("{title} · {}", view.entity_title)).crumbs(crumbs)
}

/// An entity without documentation of its own: that of another one, or how to write some.
fn without_own(value: &Value, reference: &EntityRef, chrome: Chrome) -> Response {
    if let Some(target) = other(value) {
        return Redirect::temporary(&target).into_response();
    }
    let content = view::not_written(reference);
    let crumbs = vec![Crumb::to("Docs", "/docs"), Crumb::here(reference.name())];
    let head = PageHead::new("Docs").crumbs(crumbs);
    chrome
        .page(head, content)
        .status(StatusCode::NOT_FOUND)
        .into_response()
}

/// The address of the documentation of another entity that an entity names.
pub(crate) fn other(value: &Value) -> Option<String> {
    let other: EntityRef = entity::annotation(value, OTHER)?.parse().ok()?;
    let path = entity::annotation(value, OTHER_PATH)
        .unwrap_or_default()
        .trim_start_matches('/');
    let path: Vec<String> = path
        .split('/')
        .filter(|part| *part != "..")
        .map(href::encode)
        .collect();
    Some(format!("{}{}", base(&other), path.join("/")))
}

fn failed(docs: &Docs, value: &Value, reference: &EntityRef, fault: &Fault, chrome: Chrome) -> Response {
    let title = shown_title(value).unwrap_or(reference.name()).to_owned();
    let crumbs = vec![Crumb::to("Docs", "/docs"), Crumb::here(title)];
    let head = PageHead::new("Docs").crumbs(crumbs);
    let is_published = docs.library.published().is_some();
    let content = view::unreadable(reference, fault, is_published);
    let status = if is_published && fault.is(&FaultKind::NotFound) {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::BAD_GATEWAY
    };
    chrome.page(head, content).status(status).into_response()
}
