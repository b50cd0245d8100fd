//! What the address asks of the history: a page of it, a version, or a comparison.

use catalog::{Version, VersionSummary, View};
use maud::Markup;
use model::{EntityRef, Fault};
use ui::Chrome;
use url::form_urlencoded;

use super::{ENTRIES, Entry, HistoryView, Shown, comparison, history, version};
use crate::pages::failure::PageFailure;

/// The tab *History*.
pub(crate) async fn tab(
    seen: View<'_>,
    reference: &EntityRef,
    chrome: &Chrome,
) -> Result<Markup, PageFailure> {
    let number = |wanted: &str| {
        form_urlencoded::parse(chrome.query.as_bytes())
            .find(|(key, _)| key == wanted)
            .and_then(|(_, value)| value.parse::<i64>().ok())
    };
    let name = reference.to_string();
    if let Some(seq) = number("version") {
        let found = found(seen, &name, seq).await?;
        return Ok(version(reference, &Shown::of(&found)));
    }
    if let Some(to) = number("to") {
        return compared(seen, reference, number("from"), to).await;
    }
    let mut rows = seen.history(&name, number("before"), ENTRIES + 1).await?;
    let more = rows.len() > ENTRIES;
    rows.truncate(ENTRIES);
    let commits = seen.commits_of(rows.iter().map(|row| &row.cause)).await;
    let entries: Vec<Entry> = rows.into_iter().map(|version| entry(seen, version)).collect();
    let view = HistoryView {
        reference,
        entries: &entries,
        more,
        commits: &commits,
    };
    Ok(history(&view, chrome.now))
}

fn entry(seen: View<'_>, version: VersionSummary) -> Entry {
    Entry {
        told: seen.told_of(&version),
        version,
    }
}

/// Two versions, the older first. Without `from`, the version before `to`.
async fn compared(
    seen: View<'_>,
    reference: &EntityRef,
    from: Option<i64>,
    to: i64,
) -> Result<Markup, PageFailure> {
    let name = reference.to_string();
    let from = match from {
        Some(from) => Some(from),
        None => seen
            .history(&name, Some(to), 1)
            .await?
            .first()
            .map(|version| version.seq),
    };
    let (from, to) = match from {
        Some(from) if from > to => (Some(to), from),
        from => (from, to),
    };
    let before = match from {
        Some(from) => Some(Shown::to_compare(found(seen, &name, from).await?)),
        None => None,
    };
    let after = Shown::to_compare(found(seen, &name, to).await?);
    Ok(comparison(reference, before.as_ref(), &after))
}

async fn found(seen: View<'_>, name: &str, seq: i64) -> Result<Version, Fault> {
    let mut found: Version = seen.version(name, seq).await?;
    if let Some(entity) = &mut found.entity {
        seen.leave_out(entity);
    }
    Ok(found)
}
