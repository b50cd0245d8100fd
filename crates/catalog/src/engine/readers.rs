//! Which sources read the same target: each of them declares every entity of it, so the work and the rows
//! grow with their product.

use std::collections::{BTreeSet, HashMap};

use model::{Fault, LocationRef};
use parking_lot::Mutex;

/// Most sources that read the same target.
const MOST: usize = 20;

/// The readers of this process.
#[derive(Debug, Default)]
pub(super) struct Readers {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    of_target: HashMap<String, BTreeSet<String>>,
    of_source: HashMap<String, BTreeSet<String>>,
}

impl Readers {
    /// Counts a source for a target, where there is room for it.
    pub fn admit(&self, source: &str, target: &LocationRef) -> Result<(), Fault> {
        let mut known = self.known.lock();
        let target = target.to_string();
        let readers = known.of_target.entry(target.clone()).or_default();
        if readers.len() >= MOST && !readers.contains(source) {
            let first = readers.first().map(String::as_str).unwrap_or_default();
            return Err(Fault::error(format!(
                "{target} is read by {MOST} locations already, {first} among them; remove some of them"
            )));
        }
        readers.insert(source.to_owned());
        let targets = known.of_source.entry(source.to_owned()).or_default();
        targets.insert(target);
        Ok(())
    }

    /// The sources that count for a target which has no room for another one.
    pub fn of_full(&self, target: &LocationRef) -> Vec<String> {
        let known = self.known.lock();
        let readers = known.of_target.get(&target.to_string());
        let readers = readers.filter(|readers| readers.len() >= MOST);
        readers.into_iter().flatten().cloned().collect()
    }

    /// A source reads no other targets than these.
    pub fn keep_only(&self, source: &str, targets: &BTreeSet<String>) {
        let mut known = self.known.lock();
        let before = known.of_source.remove(source).unwrap_or_default();
        let (kept, gone): (BTreeSet<String>, BTreeSet<String>) =
            before.into_iter().partition(|target| targets.contains(target));
        for target in gone {
            if let Some(readers) = known.of_target.get_mut(&target) {
                readers.remove(source);
                if readers.is_empty() {
                    known.of_target.remove(&target);
                }
            }
        }
        if !kept.is_empty() {
            known.of_source.insert(source.to_owned(), kept);
        }
    }

    /// A source is gone.
    pub fn forget(&self, source: &str) {
        self.keep_only(source, &BTreeSet::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_few_readers_and_room_again_when_one_leaves() {
        let (readers, target) = (Readers::default(), LocationRef::new("file", "/a.yaml"));
        for number in 0..MOST {
            readers
                .admit(&format!("location:default/l{number:02}"), &target)
                .unwrap();
        }
        let fault = readers.admit("location:default/more", &target).unwrap_err();
        assert!(
            fault
                .message
                .contains("file:/a.yaml is read by 20 locations already"),
            "{fault}"
        );
        readers
            .admit("location:default/l03", &target)
            .expect("it counts already");
        assert_eq!(readers.of_full(&target).len(), MOST);
        readers.forget("location:default/l03");
        assert!(readers.of_full(&target).is_empty());
        readers.admit("location:default/more", &target).unwrap();
        readers
            .admit("location:default/more", &LocationRef::new("file", "/b.yaml"))
            .unwrap();
        readers.keep_only(
            "location:default/more",
            &BTreeSet::from(["file:/b.yaml".to_owned()]),
        );
        assert!(readers.of_full(&target).is_empty());
    }
}
