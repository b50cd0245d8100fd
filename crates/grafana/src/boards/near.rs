//! Tags that are like those that nobody has.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Hit;
use crate::selector;

/// Tags that are offered.
const OFFERED: usize = 8;
/// Shortest piece of a tag that counts as a likeness.
const SHORTEST: usize = 3;

/// Tags of dashboards that have a piece of what was looked for, the most alike first.
pub(crate) fn tags(hits: &[Arc<Hit>], wanted: &[String]) -> Vec<String> {
    let pieces: Vec<String> = wanted.iter().flat_map(|tag| pieces(tag)).collect();
    let mut likeness: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in hits.iter().flat_map(|hit| selector::tags(&hit.0)) {
        let alike = self::pieces(tag)
            .iter()
            .filter(|piece| is_like(piece, &pieces))
            .count();
        likeness.insert(tag, alike);
    }
    let mut alike: Vec<(&str, usize)> = likeness.into_iter().filter(|(_, alike)| *alike > 0).collect();
    alike.sort_by_key(|(tag, alike)| (std::cmp::Reverse(*alike), tag.len()));
    alike
        .into_iter()
        .take(OFFERED)
        .map(|(tag, _)| tag.to_owned())
        .collect()
}

fn pieces(tag: &str) -> Vec<String> {
    let lower = tag.to_lowercase();
    let pieces = lower.split(|letter: char| !letter.is_alphanumeric());
    pieces
        .filter(|piece| piece.chars().count() >= SHORTEST)
        .map(str::to_owned)
        .collect()
}

fn is_like(piece: &str, wanted: &[String]) -> bool {
    // "app" stands in half of all tags.
    wanted
        .iter()
        .any(|other| other != "app" && (other.contains(piece) || piece.contains(other.as_str())))
}
