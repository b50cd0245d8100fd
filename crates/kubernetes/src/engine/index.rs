//! The objects of one cluster, found by id, kind and namespace, label and owner.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::kinds::Kind;
use super::object::Kept;
use super::postings::{Postings, Slot};
use super::question::Question;
use super::words::Word;

/// Steps from an object to those that it belongs to.
const MOST_OWNERS: usize = 6;

/// Labels that say what an object is.
const NAMING_LABELS: [&str; 4] = [
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app",
    "k8s-app",
];

type Uid = Arc<str>;

/// The objects of one cluster.
#[derive(Default)]
pub(crate) struct Index {
    objects: Vec<Option<Arc<Kept>>>,
    free: Vec<Slot>,
    by_uid: HashMap<Uid, Slot>,
    of_kind: HashMap<&'static Kind, HashMap<Word, BTreeSet<Slot>>>,
    by_label: Postings,
    by_owner: Postings,
}

impl Index {
    /// Takes an object in; returns the form that it had before, if it is another one, or that it is new.
    pub fn put(&mut self, new: Kept) -> Option<(Option<Arc<Kept>>, Arc<Kept>)> {
        let old = self.get(&new.uid).cloned();
        if old.as_ref().is_some_and(|old| old.is_same(&new)) {
            return None;
        }
        let slot = match (self.by_uid.get(&new.uid), &old) {
            (Some(slot), Some(old)) => {
                let slot = *slot;
                self.forget(old, slot);
                slot
            }
            _ => self.new_slot(&new.uid)?,
        };
        let new = Arc::new(new);
        for pair in new.labels.iter() {
            self.by_label.insert(pair, slot);
        }
        for owner in &new.owners {
            self.by_owner.insert(owner, slot);
        }
        let of_kind = self.of_kind.entry(new.kind).or_default();
        of_kind.entry(new.namespace.clone()).or_default().insert(slot);
        *self.objects.get_mut(slot as usize)? = Some(new.clone());
        Some((old, new))
    }

    /// A place for a new object; none where there are four billion.
    fn new_slot(&mut self, uid: &Uid) -> Option<Slot> {
        let slot = if let Some(slot) = self.free.pop() {
            slot
        } else {
            let slot = Slot::try_from(self.objects.len()).ok()?;
            self.objects.push(None);
            slot
        };
        self.by_uid.insert(uid.clone(), slot);
        Some(slot)
    }

    /// Removes an object.
    pub fn remove(&mut self, uid: &str) -> Option<Arc<Kept>> {
        let slot = self.by_uid.remove(uid)?;
        let old = self.objects.get_mut(slot as usize)?.take()?;
        self.forget(&old, slot);
        self.free.push(slot);
        Some(old)
    }

    /// Ids of a kind that are not among these.
    pub fn others(&self, kind: &'static Kind, present: &HashSet<Uid>) -> Vec<Uid> {
        let all = self.all(kind).map(|kept| &kept.uid);
        all.filter(|uid| !present.contains(*uid)).cloned().collect()
    }

    fn forget(&mut self, old: &Kept, slot: Slot) {
        for pair in old.labels.iter() {
            self.by_label.remove(pair, slot);
        }
        for owner in &old.owners {
            self.by_owner.remove(owner, slot);
        }
        if let Some(of_kind) = self.of_kind.get_mut(old.kind)
            && let Some(within) = of_kind.get_mut(&old.namespace)
        {
            within.remove(&slot);
            if within.is_empty() {
                of_kind.remove(&old.namespace);
            }
        }
    }

    fn get(&self, uid: &str) -> Option<&Arc<Kept>> {
        self.at(*self.by_uid.get(uid)?)
    }

    fn at(&self, slot: Slot) -> Option<&Arc<Kept>> {
        self.objects.get(slot as usize)?.as_ref()
    }

    /// The object and those that it belongs to, the nearest first.
    pub fn lineage(&self, of: &Arc<Kept>) -> Vec<Arc<Kept>> {
        let mut all = vec![of.clone()];
        let mut at = 0;
        while at < all.len() && all.len() < MOST_OWNERS {
            let owners = all[at].owners.clone();
            for owner in owners.iter().filter_map(|uid| self.get(uid)) {
                if !all.iter().any(|known| known.uid == owner.uid) {
                    all.push(owner.clone());
                }
            }
            at += 1;
        }
        all
    }

    /// An object by its id.
    pub fn by_uid(&self, uid: &str) -> Option<&Arc<Kept>> {
        self.get(uid)
    }

    /// All that belongs to an object.
    pub fn below(&self, uid: &Uid) -> Vec<Arc<Kept>> {
        let mut found = BTreeSet::new();
        self.descend(uid, &mut found);
        let found = found.iter().filter(|below| *below != uid);
        found.filter_map(|uid| self.get(uid)).cloned().collect()
    }

    /// Objects that belong to one directly.
    pub fn owned<'a>(&'a self, uid: &'a str) -> impl Iterator<Item = &'a Arc<Kept>> {
        let owned = self.by_owner.under(uid).filter_map(|slot| self.at(slot));
        owned.filter(move |kept| kept.owners.iter().any(|owner| &**owner == uid))
    }

    /// An object by its name.
    pub fn named(&self, kind: &'static Kind, namespace: &str, name: &str) -> Option<&Arc<Kept>> {
        self.within(kind, namespace).find(|kept| &*kept.name == name)
    }

    /// Objects of a kind in a namespace; those of the whole cluster are in the empty one.
    pub fn within<'a>(&'a self, kind: &Kind, namespace: &str) -> impl Iterator<Item = &'a Arc<Kept>> {
        let namespaces = self.of_kind.get(kind);
        let all = namespaces.and_then(|namespaces| namespaces.get(namespace));
        let all = all.into_iter().flatten();
        all.filter_map(|slot| self.at(*slot))
    }

    /// All objects of a kind.
    pub fn all(&self, kind: &Kind) -> impl Iterator<Item = &Arc<Kept>> {
        let all = self.of_kind.get(kind).into_iter().flat_map(HashMap::values);
        all.flatten().filter_map(|slot| self.at(*slot))
    }

    /// Objects that a question selects, those that belong to them, and those that they belong to: the deployment of pods that
    /// alone carry the label is shown, too.
    pub fn about(&self, question: &Question, kinds: &[&'static Kind]) -> Vec<Arc<Kept>> {
        let (mut above, mut below) = (BTreeSet::new(), BTreeSet::new());
        for kept in self.selected(question) {
            above.extend(self.lineage(kept).iter().map(|kept| kept.uid.clone()));
            self.descend(&kept.uid, &mut below);
        }
        let found = above.union(&below).filter_map(|uid| self.get(uid));
        found.filter(|kept| kinds.contains(&kept.kind)).cloned().collect()
    }

    /// Adds all that belongs to an object. What is in the set was gone through.
    fn descend(&self, uid: &Uid, found: &mut BTreeSet<Uid>) {
        let mut open = vec![uid.clone()];
        while let Some(uid) = open.pop() {
            for below in self.owned(&uid) {
                if found.insert(below.uid.clone()) {
                    open.push(below.uid.clone());
                }
            }
        }
    }

    fn selected<'a>(&'a self, question: &'a Question) -> Box<dyn Iterator<Item = &'a Arc<Kept>> + 'a> {
        let fits = move |kept: &&Arc<Kept>| question.selects(&kept.namespace, &kept.labels);
        match question.selector.sure() {
            Some((key, value)) => {
                let found = self.by_label.under((key, value));
                Box::new(found.filter_map(|slot| self.at(slot)).filter(fits))
            }
            None => Box::new(self.objects.iter().flatten().filter(fits)),
        }
    }

    /// Objects of these kinds that go by a word: their name, or what labels say that they are.
    pub fn near(&self, word: &str, kinds: &[&'static Kind]) -> Vec<Arc<Kept>> {
        let all = kinds.iter().flat_map(|kind| self.all(kind));
        let is_near = |kept: &&Arc<Kept>| {
            let labels = NAMING_LABELS.iter().filter_map(|key| kept.labels.get(key));
            &*kept.name == word || labels.into_iter().any(|value| value == word)
        };
        all.filter(is_near).cloned().collect()
    }

    /// How many objects there are of a kind.
    pub fn count(&self, kind: &'static Kind) -> usize {
        let namespaces = self.of_kind.get(kind).into_iter().flat_map(HashMap::values);
        namespaces.map(BTreeSet::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::{CONFIG_MAPS, DEPLOYMENTS, PODS, REPLICA_SETS};
    use super::*;
    use serde_json::{Value, json};

    fn kept(kind: &'static Kind, name: &str, labels: Value, owner: Option<&str>) -> Kept {
        let owners: Vec<Value> = owner
            .map(|uid| json!({"apiVersion": "apps/v1", "kind": "X", "name": uid, "uid": uid}))
            .into_iter()
            .collect();
        let object = json!({"metadata": {
            "name": name, "namespace": "shop", "uid": name, "labels": labels, "ownerReferences": owners,
            "managedFields": [{"manager": "kubectl"}],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{secret}"},
        }});
        Kept::new(kind, serde_json::from_value(object).unwrap())
    }

    fn shop() -> Index {
        let mut index = Index::default();
        index.put(kept(&DEPLOYMENTS, "web", json!({"app": "web"}), None));
        index.put(kept(&REPLICA_SETS, "web-1", json!({}), Some("web")));
        index.put(kept(&PODS, "web-1-a", json!({"app": "pod"}), Some("web-1")));
        index.put(kept(&PODS, "web-1-b", json!({}), Some("web-1")));
        index
    }

    fn names(index: &Index, selector: &str) -> Vec<String> {
        let question = Question::selecting(selector, Some("shop"));
        let mut names: Vec<String> = index
            .about(&question, &[&DEPLOYMENTS, &REPLICA_SETS, &PODS])
            .iter()
            .map(|kept| kept.name.to_string())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_selected_comes_with_what_belongs_to_it_and_with_what_it_belongs_to() {
        let mut index = shop();
        assert_eq!(names(&index, "app=web"), ["web", "web-1", "web-1-a", "web-1-b"]);
        assert_eq!(names(&index, "app=pod"), ["web", "web-1", "web-1-a"]);
        // Whichever of the two is come to first.
        assert_eq!(
            names(&index, "app in (web,pod)"),
            ["web", "web-1", "web-1-a", "web-1-b"]
        );
        index.remove("web-1-a");
        assert_eq!(names(&index, "app=pod"), [""; 0]);
        assert_eq!(index.count(&PODS), 1);
        assert!(index.named(&PODS, "shop", "web-1-a").is_none());
        assert!(index.named(&PODS, "shop", "web-1-b").is_some());
        assert_eq!(index.within(&PODS, "elsewhere").count(), 0);
    }

    #[test]
    fn a_change_replaces_and_the_same_again_is_no_change() {
        let mut index = shop();
        let same = kept(&DEPLOYMENTS, "web", json!({"app": "web"}), None);
        assert!(index.put(same).is_none());
        let (old, _) = index
            .put(kept(&DEPLOYMENTS, "web", json!({"app": "api"}), None))
            .unwrap();
        assert_eq!(&old.unwrap().labels["app"], "web");
        assert!(names(&index, "app=web").is_empty(), "the old label is forgotten");
        assert_eq!(names(&index, "app=api").len(), 4);
    }

    #[test]
    fn of_a_configuration_the_keys_are_kept() {
        let object = json!({"metadata": {"name": "settings"}, "data": {"password": "geheim"}, "binaryData": {"key": "Z2VoZWlt"}});
        let kept = Arc::new(Kept::new(&CONFIG_MAPS, serde_json::from_value(object).unwrap()));
        let value = kept.read().value;
        assert_eq!(value["data"], json!({"password": "***"}));
        assert_eq!(value["binaryData"], json!({"key": "***"}));
    }

    #[test]
    fn what_nobody_reads_is_dropped() {
        let one = Arc::new(kept(&PODS, "a", json!({}), None));
        let text = one.read().value.to_string();
        assert!(
            !text.contains("managedFields") && !text.contains("secret"),
            "{text}"
        );
        assert!(one.bytes() < 200, "{text}");
    }
}
