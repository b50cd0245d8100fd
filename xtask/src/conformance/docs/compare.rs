//! Pages of both renderers side by side, each whole and each feature.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::super::Agreement;
use super::dom::{FEATURES, Token, tokens};
use super::sites::{self, Built, Pages};

/// Words shown around the first difference of a page.
const SHOWN: usize = 6;

/// Judges every page of every site.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let corpus = shared.join("corpora/techdocs");
    let mut pages = Agreement::new("docs/pages");
    let mut features: BTreeMap<usize, Agreement> = FEATURES
        .iter()
        .enumerate()
        .map(|(at, (_, name))| (at, Agreement::new(format!("docs/{name}"))))
        .collect();
    for site in sites::built(&corpus, binary)? {
        match &site.theirs {
            Err(reason) => pages.left_out.push(format!("{}: {reason}", site.name)),
            Ok(theirs) => judge(&site, theirs, &mut pages, &mut features),
        }
    }
    let mut all = vec![pages];
    all.extend(features.into_values());
    Ok(all)
}

fn judge(site: &Built, theirs: &Pages, pages: &mut Agreement, features: &mut BTreeMap<usize, Agreement>) {
    for (address, html) in theirs {
        let place = format!("{}/{address}", site.name);
        if site.unread.contains(address) {
            pages.on_purpose.push(format!(
                "{place}: its front matter is no YAML, and is not shown as a text"
            ));
            continue;
        }
        let Some(own) = site.ours.get(address) else {
            pages.judge(Some(format!("{place}: there is no such page")));
            continue;
        };
        let (theirs, own) = (
            tokens(html, address, &site.known),
            tokens(own, address, &site.known),
        );
        pages.judge(difference(&theirs, &own).map(|difference| format!("{place}: {difference}")));
        for (at, (feature, _)) in FEATURES.iter().enumerate() {
            let of = |tokens: &[Token]| -> Vec<Token> {
                let kept = tokens.iter().filter(|token| token.feature == *feature);
                kept.cloned().collect()
            };
            let (theirs, own) = (of(&theirs), of(&own));
            let Some(agreement) = features
                .get_mut(&at)
                .filter(|_| !theirs.is_empty() || !own.is_empty())
            else {
                continue;
            };
            agreement.judge(difference(&theirs, &own).map(|difference| format!("{place}: {difference}")));
        }
    }
}

/// The first difference.
fn difference(theirs: &[Token], own: &[Token]) -> Option<String> {
    let mut pairs = theirs.iter().zip(own);
    let at = pairs
        .position(|(one, other)| !one.is_like(other))
        .unwrap_or(theirs.len().min(own.len()));
    if at == theirs.len() && at == own.len() {
        return None;
    }
    let shown = |tokens: &[Token]| {
        let from = at.saturating_sub(SHOWN / 2).min(tokens.len());
        let words: Vec<String> = tokens[from..]
            .iter()
            .take(SHOWN)
            .map(|token| {
                token
                    .text
                    .chars()
                    .take(160)
                    .collect::<String>()
                    .replace('\n', "⏎")
            })
            .collect();
        words.join(" · ")
    };
    Some(format!("theirs «{}» ours «{}»", shown(theirs), shown(own)))
}
