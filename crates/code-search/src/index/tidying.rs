//! Makes few shards of many, and drops what nobody needs or can read.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::sync::Arc;

use super::{Index, Inner};
use crate::listing::{Listing, Spot};
use crate::shard::{GONE, Shard, merge};
use crate::view::View;

/// Bytes of text up to which shards are of the lowest rank; each further rank is eight times as large.
const LOWEST: u64 = 4 << 20;
/// So many shards of one rank become one.
const MANY: usize = 8;
/// Bytes of text of the largest shards that are made.
const LARGEST: u64 = 1 << 30;

/// How large an index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes of different texts.
    pub text: u64,
    /// Bytes on the disk.
    pub disk: u64,
    /// Shards.
    pub shards: usize,
    /// Repositories.
    pub repositories: usize,
    /// Files of all repositories.
    pub files: u64,
}

impl Index {
    /// How large it is.
    pub fn size(&self) -> io::Result<Size> {
        let view = self.inner.view();
        let mut size = Size {
            shards: view.shards().len(),
            repositories: view.listings().len(),
            files: u64::from(view.places()),
            ..Size::default()
        };
        size.text = view.shards().iter().map(|shard| shard.text_bytes()).sum();
        for entry in fs::read_dir(self.folder())? {
            size.disk += entry?.metadata()?.len();
        }
        Ok(size)
    }
}

impl Inner {
    /// Merges some shards, if that is due; returns whether more may be.
    pub fn tidy(&self) -> io::Result<bool> {
        let _one = self.tidying.lock();
        let view = self.view();
        let chosen = due(&view);
        if chosen.is_empty() {
            return Ok(false);
        }
        let number = self.writing.lock().number();
        let shards: Vec<&Shard> = chosen.iter().map(|at| &*view.shards()[*at]).collect();
        let live = |at: usize, doc: u32| view.is_live(chosen[at], doc);
        let moved = merge(self.folder.path(), &self.folder.shard(number), &shards, live)?;
        let fresh = Arc::new(Shard::open(&self.folder.shard(number), number)?);
        let moved: HashMap<u32, Vec<u32>> = shards.iter().map(|shard| shard.number()).zip(moved).collect();
        self.exchange(&moved, fresh)?;
        Ok(true)
    }

    /// Has a merged shard take the place of others.
    fn exchange(&self, moved: &HashMap<u32, Vec<u32>>, fresh: Arc<Shard>) -> io::Result<()> {
        let writing = self.writing.lock();
        let view = self.view();
        let number = fresh.number();
        // Where the oldest one was: of two shards with the same content the newer one counts.
        let mut shards: Vec<Arc<Shard>> = Vec::new();
        let mut fresh = Some(fresh);
        for shard in view.shards() {
            if moved.contains_key(&shard.number()) {
                shards.extend(fresh.take());
            } else {
                shards.push(Arc::clone(shard));
            }
        }
        let mut listings = Vec::new();
        for listing in view.listings() {
            // A file that came since and needs what was dropped: its repository is added again.
            listings.extend(exchanged(listing, moved, number));
        }
        self.show(&writing, shards, listings)?;
        for number in moved.keys() {
            self.folder.remove_shard(*number);
        }
        Ok(())
    }

    /// Drops damaged shards and the repositories that need them.
    pub fn repair(&self) -> io::Result<Vec<Arc<str>>> {
        let _one = self.tidying.lock();
        let writing = self.writing.lock();
        let view = self.view();
        let whole = |number: u32| {
            !view
                .shards()
                .iter()
                .any(|shard| shard.number() == number && shard.is_damaged())
        };
        let shards: Vec<Arc<Shard>> = (view.shards().iter())
            .filter(|shard| !shard.is_damaged())
            .cloned()
            .collect();
        if shards.len() == view.shards().len() {
            return Ok(Vec::new());
        }
        let (listings, dropped): (Vec<Arc<Listing>>, Vec<Arc<Listing>>) = (view.listings().iter().cloned())
            .partition(|listing| listing.spots().iter().all(|spot| whole(spot.shard)));
        self.show(&writing, shards, listings)?;
        for shard in view.shards().iter().filter(|shard| shard.is_damaged()) {
            self.folder.remove_shard(shard.number());
        }
        for listing in &dropped {
            self.folder.remove_listing(listing.number);
        }
        Ok(dropped.iter().map(|listing| Arc::clone(&listing.name)).collect())
    }
}

fn exchanged(listing: &Arc<Listing>, moved: &HashMap<u32, Vec<u32>>, number: u32) -> Option<Arc<Listing>> {
    let touched = |spot: &Spot| moved.contains_key(&spot.shard);
    if !listing.spots().iter().any(touched) {
        return Some(Arc::clone(listing));
    }
    let place = |spot: Spot| match moved.get(&spot.shard) {
        Some(docs) => Spot {
            shard: number,
            doc: docs[spot.doc as usize],
        },
        None => spot,
    };
    let exchanged = listing.moved(place);
    let whole = exchanged.spots().iter().all(|spot| spot.doc != GONE);
    whole.then(|| Arc::new(exchanged))
}

/// Which shards should become one, by position: many of one rank, or one of which much is not needed.
fn due(view: &View) -> Vec<usize> {
    let mut ranks: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, shard) in view.shards().iter().enumerate() {
        if view.dead_text(at) * 5 > shard.text_bytes() * 2 && view.dead_text(at) > 0 {
            return vec![at];
        }
        ranks.entry(rank(shard.text_bytes())).or_default().push(at);
    }
    let mut many: Vec<(u32, Vec<usize>)> = ranks
        .into_iter()
        .filter(|(_, of_rank)| of_rank.len() >= MANY)
        .collect();
    many.sort();
    let Some((_, of_rank)) = many.into_iter().next() else {
        return Vec::new();
    };
    let mut text = 0;
    let small = of_rank.into_iter().take_while(|at| {
        text += view.shards()[*at].text_bytes();
        text <= LARGEST
    });
    let small: Vec<usize> = small.collect();
    if small.len() > 1 { small } else { Vec::new() }
}

fn rank(text: u64) -> u32 {
    (text / LOWEST)
        .checked_ilog(MANY as u64)
        .map_or(0, |rank| rank + 1)
}
