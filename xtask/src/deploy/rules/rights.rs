//! What the portal's account may do: all that the documentation asks for, and no more than reading without a component.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Sources;
use crate::deploy::manifest::{Manifests, list, name, text, texts, title};

const READING: [&str; 3] = ["get", "list", "watch"];

/// The role that is always bound.
const READER: &str = "portal-reader";

/// Group, resource, verb.
type Right = (String, String, String);

pub fn problems(set: &Manifests, sources: &Sources) -> Vec<String> {
    let mut problems = Vec::new();
    for role in set.of("ClusterRole").chain(set.of("Role")) {
        for (group, resource, verb) in rights(list(role, "/rules")) {
            let right = format!("{verb} {resource}.{group}");
            if verb == "*" || resource == "*" || group == "*" {
                problems.push(format!("{} gives everything of a kind: {right}", title(role)));
            }
            if resource == "secrets" || resource == "pods/exec" {
                problems.push(format!(
                    "{} gives what the portal never uses: {right}",
                    title(role)
                ));
            }
            if name(role) == READER && !READING.contains(&verb.as_str()) {
                problems.push(format!("{} does not only read: {right}", title(role)));
            }
        }
    }
    problems.extend(missing(set, sources));
    for account in set.of("ServiceAccount") {
        if account["automountServiceAccountToken"] != false {
            problems.push(format!(
                "{}: every pod that uses it would get its token",
                title(account)
            ));
        }
    }
    problems
}

/// What the documentation asks for and no role gives. Writing is looked for only where a role for it is among the set.
fn missing(set: &Manifests, sources: &Sources) -> Vec<String> {
    let bound: Vec<&str> = set
        .of("ClusterRoleBinding")
        .map(|one| text(one, "/roleRef/name"))
        .collect();
    let roles = set.of("ClusterRole").filter(|role| bound.contains(&name(role)));
    let given: BTreeSet<Right> = roles.flat_map(|role| rights(list(role, "/rules"))).collect();
    let gives_writing = |group: &str| {
        given
            .iter()
            .any(|(of, _, verb)| of == group && !READING.contains(&verb.as_str()))
    };
    let is_given = |(group, resource, verb): &Right| {
        let fits = |one: &Right| one.0 == *group && one.2 == *verb && (one.1 == *resource || resource == "*");
        given.iter().any(fits)
    };
    documented(&sources.rights)
        .into_iter()
        .filter(|(group, resource, verb)| {
            let is_reading = READING.contains(&verb.as_str()) && !resource.ends_with("/scale");
            is_reading || gives_writing(group)
        })
        .filter(|right| !is_given(right))
        .map(|(group, resource, verb)| {
            format!(
                "no role gives {verb} {resource}.{group}, which docs/kubernetes.md or docs/flux.md asks for"
            )
        })
        .collect()
}

/// The rules that stand in the pages, one on a line: `- {apiGroups: …, resources: …, verbs: …}`.
fn documented(pages: &str) -> BTreeSet<Right> {
    let lines = pages
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("- {apiGroups:"));
    let rules: Vec<Value> = lines
        .filter_map(|line| yaml::parse_one(&line[2..], &yaml::Limits::default()).ok())
        .collect();
    rights(&rules).into_iter().collect()
}

fn rights(rules: &[Value]) -> Vec<Right> {
    let mut found = Vec::new();
    for rule in rules {
        for group in texts(rule, "/apiGroups") {
            for resource in texts(rule, "/resources") {
                let of = |verb: &str| (group.to_owned(), resource.to_owned(), verb.to_owned());
                found.extend(texts(rule, "/verbs").into_iter().map(of));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::documented;

    #[test]
    fn rules_are_read_from_pages() {
        let page =
            "text\n  - {apiGroups: [\"\"], resources: [pods, nodes], verbs: [get]}   # logs\n- other\n";
        let found: Vec<_> = documented(page)
            .into_iter()
            .map(|(group, resource, verb)| [group, resource, verb].join("/"))
            .collect();
        assert_eq!(found, ["/nodes/get", "/pods/get"]);
    }
}
