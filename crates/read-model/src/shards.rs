//! A hash table over ids in many small parts, so that growing one part is never a pause.

use hashbrown::HashTable;

const SHARDS: usize = 256;

/// Ids found by the hash of what they stand for.
#[derive(Debug)]
pub struct Shards {
    tables: Vec<HashTable<u32>>,
}

impl Default for Shards {
    fn default() -> Self {
        Self {
            tables: (0..SHARDS).map(|_| HashTable::new()).collect(),
        }
    }
}

impl Shards {
    /// Holds the ids from 0 on, which have these hashes. One part after the other is filled: each fits the
    /// processor's cache, all of them do not.
    pub fn of_hashes(hashes: impl Iterator<Item = u64>) -> Self {
        let mut parts: Vec<Vec<(u64, u32)>> = vec![Vec::new(); SHARDS];
        for (id, hash) in (0..).zip(hashes) {
            parts[shard(hash)].push((hash, id));
        }
        let table = |part: Vec<(u64, u32)>| {
            let mut table = HashTable::with_capacity(part.len());
            for (hash, id) in part {
                table.insert_unique(hash, id, |_| unreachable!("there is room for all"));
            }
            table
        };
        Self {
            tables: parts.into_iter().map(table).collect(),
        }
    }

    /// Adds an id; `rehash` gives the hash of ids already in.
    pub fn insert(&mut self, hash: u64, id: u32, rehash: impl Fn(u32) -> u64) {
        self.tables[shard(hash)].insert_unique(hash, id, |held| rehash(*held));
    }

    /// Makes room for this many more ids, which spread over all parts.
    pub fn reserve(&mut self, count: u32, rehash: impl Fn(u32) -> u64) {
        // Not more: parts to which chance gives more grow by themselves, room for all would be twice as much.
        let even = count as usize / SHARDS;
        for table in &mut self.tables {
            table.reserve(even, |held| rehash(*held));
        }
    }

    /// The id with this hash for which `same` holds.
    pub fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        self.tables[shard(hash)].find(hash, |held| same(*held)).copied()
    }

    /// Ids that may have this hash; the caller compares.
    pub fn candidates(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        self.tables[shard(hash)].iter_hash(hash).copied()
    }

    /// Takes an id out.
    pub fn remove(&mut self, hash: u64, id: u32) {
        if let Ok(entry) = self.tables[shard(hash)].find_entry(hash, |held| *held == id) {
            entry.remove();
        }
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.tables.iter().map(HashTable::allocation_size).sum()
    }
}

/// The table takes its bucket from the low bits and its tag from the top ones; these are neither.
fn shard(hash: u64) -> usize {
    usize::try_from((hash >> 40) & 0xff).expect("one of 256")
}
