//! Answers the questions of forms and filters with what the viewer sees of the catalog.
//!
//! Every question goes to the catalog's index, which gives one page; nothing here goes through all entities.

use catalog::View;
use catalog::browse::{owned_by, shown_title};
use catalog::query::ListRequest;
use model::{EntityRef, Fault, Filter, Viewer};
use serde_json::Value;

use crate::forms::check::Mistakes;
use crate::forms::pickers::{Offer, Offers, Question, condition, named, questions};

/// Most entities that are sent with a form; a field that has more is searched.
const LISTED: usize = 50;
/// Most templates in a filter.
const MOST_TEMPLATES: usize = 300;
/// Most references of one form that are looked up.
const CHECKED: usize = 200;

/// What the catalog offers to the fields of a form.
pub(crate) async fn offers(view: View<'_>, viewer: &Viewer, effective: &Value) -> Result<Offers, Fault> {
    let mut offers = Offers::new();
    for question in questions(effective) {
        let offer = answer(view, viewer, &question, "", LISTED).await?;
        offers.insert(question, offer);
    }
    Ok(offers)
}

/// Reference and title of the templates to choose from.
pub(crate) async fn templates(view: View<'_>) -> Result<Vec<(String, String)>, Fault> {
    let kind = catalog::browse::one_of("kind", &["template".to_owned()]);
    let listing = view
        .listing(&ListRequest::for_people(kind).page(0, MOST_TEMPLATES))
        .await?;
    let templates = listing.entities.iter().filter_map(|template| {
        let reference = EntityRef::of(template)?;
        let title = shown_title(template).unwrap_or(reference.name()).to_owned();
        Some((reference.to_string(), title))
    });
    Ok(templates.collect())
}

/// The first answers to a question among those that have a text in their name or title.
pub(crate) async fn answer(
    view: View<'_>,
    viewer: &Viewer,
    question: &Question,
    text: &str,
    most: usize,
) -> Result<Offer, Fault> {
    match question {
        Question::Entities { field, filter } => {
            let request = ListRequest {
                text: name_in(text).to_owned(),
                ..ListRequest::for_people(wanted(view, viewer, field, filter).await?).page(0, most)
            };
            entities(view, &request).await
        }
        Question::Tags { kinds } => Ok(tags(view, kinds, text, most)),
    }
}

/// Who types a whole reference looks for its name.
fn name_in(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or_default().trim()
}

/// What may be chosen in a field.
async fn wanted(view: View<'_>, viewer: &Viewer, field: &str, filter: &str) -> Result<Filter, Fault> {
    let wanted = condition(filter);
    Ok(match field {
        "OwnedEntityPicker" => Filter::All(vec![wanted, owned_by(&view.ownership(viewer).await?)]),
        "MyGroupsPicker" => Filter::All(vec![
            wanted,
            one_of("relations.hasmember", &viewer.reference().to_string()),
        ]),
        _ => wanted,
    })
}

async fn entities(view: View<'_>, request: &ListRequest) -> Result<Offer, Fault> {
    let listing = view.listing(request).await?;
    let choices = listing.entities.iter().filter_map(|entity| {
        let reference = EntityRef::of(entity)?;
        Some((reference.to_string(), label(&reference, shown_title(entity))))
    });
    Ok(Offer {
        choices: choices.collect(),
        is_cut: listing.next.is_some(),
    })
}

/// What is wrong with references in fields that take only what the catalog has, by the pointers of their values.
pub(crate) async fn unknown_references(
    view: View<'_>,
    viewer: &Viewer,
    effective: &Value,
    values: &Value,
) -> Result<Mistakes, Fault> {
    let mut mistakes = Mistakes::new();
    for (pointer, question, text) in named(effective, values).into_iter().take(CHECKED) {
        let Question::Entities { field, filter } = &question else {
            continue;
        };
        let Ok(reference) = EntityRef::parse(&text, None, "default") else {
            mistakes.insert(
                pointer,
                format!("{text} names no entity: write kind:namespace/name."),
            );
            continue;
        };
        let wanted = wanted(view, viewer, field, filter).await?;
        if !is_there(view, Filter::All(vec![exactly(&reference), wanted])).await? {
            let told = if is_there(view, exactly(&reference)).await? {
                format!("{reference} is not among those that can be chosen here.")
            } else {
                format!("The catalog has no {reference}.")
            };
            mistakes.insert(pointer, told);
        }
    }
    Ok(mistakes)
}

async fn is_there(view: View<'_>, filter: Filter) -> Result<bool, Fault> {
    let listed = view.list(&ListRequest::for_people(filter).page(0, 1)).await?;
    Ok(listed.total > 0)
}

fn exactly(reference: &EntityRef) -> Filter {
    Filter::All(vec![
        one_of("kind", reference.kind()),
        one_of("metadata.namespace", reference.namespace()),
        one_of("metadata.name", reference.name()),
    ])
}

fn one_of(key: &str, value: &str) -> Filter {
    Filter::In {
        key: key.to_owned(),
        values: vec![value.to_owned()],
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

/// Tags in use, the most used first, with the number of entities that have them.
fn tags(view: View<'_>, kinds: &[String], text: &str, most: usize) -> Offer {
    let filter = if kinds.is_empty() {
        Filter::All(Vec::new())
    } else {
        catalog::browse::one_of("kind", kinds)
    };
    let text = model::js::lowercase(text.trim());
    let mut counted = view.counts_of(&filter, "", "metadata.tags");
    counted.retain(|(tag, _)| tag.contains(&text));
    counted.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    let is_cut = counted.len() > most;
    let choices = counted.into_iter().take(most);
    Offer {
        choices: choices
            .map(|(tag, number)| (tag.clone(), format!("{tag} ({number})")))
            .collect(),
        is_cut,
    }
}
