//! Joins the processed entity, all relations and all problems into the served form.
//!
//! The joining itself is `model::stitch`, a pure function. This module feeds it and makes the entry of the change log.

use jiff::Timestamp;
use model::stitch::{StitchInput, final_entity};
use model::{Fault, Problem, diff};
use serde_json::Value;
use store::{ChangeKind, NewChange, Node};

/// Beginning of the one error that joining can give; the last served form stays.
const JOIN_ERROR: &str = "Entity has duplicate keys";

/// Makes the served form of a node again. Returns the entry for the change log if it differs from
/// what is served now.
pub(crate) fn restitch(
    node: &mut Node,
    relations: &[(String, String)],
    cause: &Value,
    now: Timestamp,
) -> Option<NewChange> {
    let processed: Value = serde_json::from_str(node.processed.as_deref()?).ok()?;
    node.problems
        .retain(|problem| !problem.fault.message.starts_with(JOIN_ERROR));
    let input = StitchInput {
        processed,
        uid: node.uid,
        relations,
        problems: &node.problems,
        orphan: node.orphan,
    };
    let joined = final_entity(input).and_then(|joined| {
        let is_served = node.final_json.is_some() && node.etag.as_ref() == Some(&joined.1);
        // A served form passed before.
        if !is_served {
            model::check_keys(&joined.0)?;
        }
        Ok(joined)
    });
    match joined {
        Ok((_, hash)) if node.final_json.is_some() && node.etag.as_ref() == Some(&hash) => None,
        Ok((entity, hash)) => Some(replace(node, &entity, hash, cause, now)),
        Err(fault) => {
            node.problems.push(join_problem(node, fault));
            None
        }
    }
}

fn join_problem(node: &Node, fault: Fault) -> Problem {
    let mut problem = Problem::error(fault).hint("Rename one of the keys: they are the same in lower case.");
    problem.place.clone_from(&node.place);
    problem
}

fn replace(node: &mut Node, entity: &Value, hash: String, cause: &Value, now: Timestamp) -> NewChange {
    let before: Option<Value> = node
        .final_json
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let kind = change_kind(before.as_ref(), entity);
    let changes = match &before {
        Some(before) => diff::changes(Some(before), Some(entity)),
        None => Vec::new(),
    };
    node.etag = Some(hash);
    node.final_json = Some(entity.to_string());
    node.updated_at = now;
    NewChange {
        reference: node.reference.clone(),
        uid: node.uid,
        kind,
        at: now,
        cause: cause.clone(),
        diff: serde_json::to_value(changes).unwrap_or_default(),
        body_before: None,
    }
}

fn change_kind(before: Option<&Value>, after: &Value) -> ChangeKind {
    let orphan = |entity: &Value| model::entity::annotation(entity, model::entity::ORPHAN) == Some("true");
    match before {
        None => ChangeKind::Created,
        Some(before) if !orphan(before) && orphan(after) => ChangeKind::Orphaned,
        Some(before) if orphan(before) && !orphan(after) => ChangeKind::Adopted,
        Some(_) => ChangeKind::Changed,
    }
}
