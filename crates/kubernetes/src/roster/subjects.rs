//! The entities that have an annotation about their objects, found by the labels of an object.

use std::collections::{BTreeSet, HashMap};

use model::EntityRef;
use serde_json::Value;

use crate::engine::{Labels, Question, UnreadableSelector};

/// The entities and what each selects.
#[derive(Default)]
pub(super) struct Subjects {
    questions: HashMap<EntityRef, Result<Question, UnreadableSelector>>,
    /// Those whose selector names a label and its value.
    by_label: HashMap<(String, String), BTreeSet<EntityRef>>,
    /// Those whose selector does not.
    others: BTreeSet<EntityRef>,
}

impl Subjects {
    /// Takes an entity in as it is now, or forgets it; says whether anything is another than before.
    pub fn put(&mut self, reference: &EntityRef, entity: Option<&Value>) -> bool {
        let new = entity.and_then(Question::of);
        if self.questions.get(reference) == new.as_ref() {
            return false;
        }
        if let Some(old) = self.questions.remove(reference) {
            self.others.remove(reference);
            if let Some(label) = label(&old)
                && let Some(entities) = self.by_label.get_mut(&label)
            {
                entities.remove(reference);
            }
        }
        if let Some(new) = new {
            match label(&new) {
                Some(label) => self.by_label.entry(label).or_default().insert(reference.clone()),
                None => self.others.insert(reference.clone()),
            };
            self.questions.insert(reference.clone(), new);
        }
        true
    }

    /// What an entity selects.
    pub fn question(&self, reference: &EntityRef) -> Option<&Result<Question, UnreadableSelector>> {
        self.questions.get(reference)
    }

    /// All entities.
    pub fn all(&self) -> impl Iterator<Item = &EntityRef> {
        self.questions.keys()
    }

    /// The entities that select an object.
    pub fn selecting<'a>(
        &'a self,
        namespace: &'a str,
        labels: &'a Labels,
    ) -> impl Iterator<Item = (&'a EntityRef, &'a Question)> {
        let by_label = labels.iter().filter_map(|(key, value)| {
            // One pair of texts for each label; there are few.
            self.by_label.get(&(key.to_owned(), value.to_owned()))
        });
        let candidates = by_label.flatten().chain(&self.others);
        candidates.filter_map(move |entity| {
            let question = self.questions.get(entity)?.as_ref().ok()?;
            question.selects(namespace, labels).then_some((entity, question))
        })
    }
}

fn label(question: &Result<Question, UnreadableSelector>) -> Option<(String, String)> {
    let (key, value) = question.as_ref().ok()?.selector.sure()?;
    Some((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entities_are_found_by_labels_as_they_are_now() {
        let mut subjects = Subjects::default();
        let entity = |annotations: Value| json!({"kind": "Component", "metadata": {"name": "x", "annotations": annotations}});
        let put = |subjects: &mut Subjects, name: &str, annotations: Value| {
            subjects.put(
                &EntityRef::new("component", "default", name),
                Some(&entity(annotations)),
            )
        };
        assert!(put(
            &mut subjects,
            "web",
            json!({"backstage.io/kubernetes-id": "web"})
        ));
        assert!(
            !put(&mut subjects, "web", json!({"backstage.io/kubernetes-id": "web"})),
            "nothing new"
        );
        put(
            &mut subjects,
            "any",
            json!({"backstage.io/kubernetes-label-selector": "tier in (a,b)", "backstage.io/kubernetes-namespace": "shop"}),
        );
        put(
            &mut subjects,
            "bad",
            json!({"backstage.io/kubernetes-label-selector": "a b"}),
        );
        put(&mut subjects, "none", json!({}));
        let found = |subjects: &Subjects, namespace: &str, labels: &[(&str, &str)]| {
            let labels: Labels = labels
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect();
            let names: Vec<String> = subjects
                .selecting(namespace, &labels)
                .map(|(entity, _)| entity.name().to_owned())
                .collect();
            names
        };
        let id = ("backstage.io/kubernetes-id", "web");
        assert_eq!(found(&subjects, "shop", &[id, ("tier", "a")]), ["web", "any"]);
        assert_eq!(found(&subjects, "test", &[id, ("tier", "a")]), ["web"]);
        assert_eq!(subjects.all().count(), 3);
        put(&mut subjects, "web", json!({}));
        assert!(found(&subjects, "shop", &[id]).is_empty());
    }
}
