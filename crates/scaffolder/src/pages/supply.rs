//! Answers the questions of forms and filters with what the viewer sees of the catalog.

use catalog::View;
use catalog::browse::{one_of, owned_by, shown_title};
use catalog::query::ListRequest;
use model::{EntityRef, Fault, Filter, Viewer};
use serde_json::Value;

use crate::forms::pickers::{Offer, Offers, Question, condition, questions};

/// Most entities that are offered to one field.
const OFFERED: usize = 300;

/// What the catalog offers to the fields of a form.
pub(crate) async fn offers(view: View<'_>, viewer: &Viewer, effective: &Value) -> Result<Offers, Fault> {
    let mut offers = Offers::new();
    for question in questions(effective) {
        let offer = match &question {
            Question::Entities { field, filter } => entities(view, viewer, field, filter).await?,
            Question::Tags { kinds } => tags(view, kinds),
        };
        offers.insert(question, offer);
    }
    Ok(offers)
}

/// Reference and title of the templates to choose from.
pub(crate) async fn templates(view: View<'_>) -> Result<Vec<(String, String)>, Fault> {
    let kind = one_of("kind", &["template".to_owned()]);
    let listing = view
        .listing(&ListRequest::for_people(kind).page(0, OFFERED))
        .await?;
    let templates = listing.entities.iter().filter_map(|template| {
        let reference = EntityRef::of(template)?;
        let title = shown_title(template).unwrap_or(reference.name()).to_owned();
        Some((reference.to_string(), title))
    });
    Ok(templates.collect())
}

async fn entities(view: View<'_>, viewer: &Viewer, field: &str, filter: &str) -> Result<Offer, Fault> {
    let wanted = condition(filter);
    let wanted = match field {
        "OwnedEntityPicker" => Filter::All(vec![wanted, owned_by(&view.ownership(viewer).await?)]),
        "MyGroupsPicker" => Filter::All(vec![wanted, has_member(viewer.reference())]),
        _ => wanted,
    };
    let listing = view
        .listing(&ListRequest::for_people(wanted).page(0, OFFERED))
        .await?;
    let choices = listing.entities.iter().filter_map(|entity| {
        let reference = EntityRef::of(entity)?;
        Some((reference.to_string(), label(&reference, shown_title(entity))))
    });
    Ok(Offer {
        choices: choices.collect(),
        is_cut: listing.next.is_some(),
    })
}

fn has_member(person: &EntityRef) -> Filter {
    Filter::In {
        key: "relations.hasmember".to_owned(),
        values: vec![person.to_string()],
    }
}

/// Title and reference, or the reference alone.
fn label(reference: &EntityRef, title: Option<&str>) -> String {
    let short = if reference.namespace() == "default" {
        format!("{}:{}", reference.kind(), reference.name())
    } else {
        reference.to_string()
    };
    title.map_or_else(|| short.clone(), |title| format!("{title} ({short})"))
}

fn tags(view: View<'_>, kinds: &[String]) -> Offer {
    let filter = if kinds.is_empty() {
        Filter::All(Vec::new())
    } else {
        one_of("kind", kinds)
    };
    let mut counted = view.counts_of(&filter, "", "metadata.tags");
    counted.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    Offer {
        choices: counted.into_iter().map(|(tag, _)| (tag.clone(), tag)).collect(),
        is_cut: false,
    }
}
