//! What roles decide.

use plugin::PermissionAction;

use super::*;

static READ: Permission = Permission::new("catalog.entity.read", PermissionAction::Read).on("catalog-entity");
static CREATE: Permission = Permission::new("catalog.location.create", PermissionAction::Create);
static ADMINISTER: Permission =
    Permission::new("audit.event.read", PermissionAction::Read).for_administrators();

const FILE: &str = "\
# Everybody of the platform reads; Ada registers, too, and Grace does not.
p, role:default/reader, catalog-entity, read, allow
p, role:default/writer, catalog.location.create, create, allow
p, role:default/banned, catalog.location.create, create, deny

g, group:default/platform, role:default/reader
g, user:default/ada, role:default/writer
g, User:default/Grace, ROLE:default/writer
g, user:default/grace, role:default/banned
";

fn viewer(name: &str, groups: &[&str]) -> Viewer {
    let claims = groups.iter().map(|group| group.parse().unwrap());
    Viewer::person(name.parse().unwrap(), claims.collect(), None)
}

fn check(viewer: &Viewer, expected: [bool; 3]) {
    let mut roles = Roles::parse(&FILE.replace("ROLE:", "role:"), "policy.csv").unwrap();
    roles.superusers.insert("group:default/owners".parse().unwrap());
    let decided = roles.decide(viewer, &[&READ, &CREATE, &ADMINISTER]);
    let allowed: Vec<bool> = decided.into_iter().map(|one| one == Decision::Allow).collect();
    assert_eq!(allowed, expected, "{viewer:?}");
    assert_eq!(
        roles.has_any(viewer),
        viewer.reference().name() != "mallory" && viewer.reference().name() != "guest"
    );
}

#[tokio::test]
async fn roles_decide_and_what_nobody_allows_is_denied() {
    let platform = ["group:default/platform"];
    check(&viewer("user:default/ada", &platform), [true, true, false]);
    check(&viewer("user:default/ada", &[]), [false, true, false]);
    check(&viewer("user:default/grace", &platform), [true, false, false]);
    check(
        &viewer("user:default/mallory", &["group:default/guests"]),
        [false; 3],
    );
    check(
        &viewer("user:default/linus", &["group:default/owners"]),
        [true; 3],
    );
    check(&Viewer::guest(), [false; 3]);
}

#[test]
fn a_line_that_is_no_policy_is_an_error_with_its_place() {
    for (line, reason) in [
        (
            "p, role:default/a, catalog-entity, read",
            "policy.csv:2: a line 'p' has",
        ),
        (
            "p, role:default/a, catalog-entity, read, maybe",
            "'maybe' is neither",
        ),
        ("p, user:default/ada, catalog-entity, read, allow", "is no role"),
        ("g, component:default/a, role:default/a", "is no person or group"),
        ("g, user:default/ada", "a line 'g' has"),
        ("x, y", "begins with 'p' or 'g'"),
    ] {
        let fault = Roles::parse(&format!("# one\n{line}\n"), "policy.csv").unwrap_err();
        assert!(fault.message.contains(reason), "{line}: {fault}");
    }
}

const CONDITIONS: &str = "\
result: CONDITIONAL
roleEntityRef: role:default/reader
pluginId: catalog
resourceType: catalog-entity
permissionMapping: [read, update]
conditions:
  anyOf:
    - {rule: IS_ENTITY_OWNER, resourceType: catalog-entity, params: {claims: [$ownerRefs, 'group:default/all']}}
    - {not: {rule: HAS_SPEC, resourceType: catalog-entity, params: {key: author, value: $currentUser}}}
---
result: CONDITIONAL
roleEntityRef: role:default/writer
pluginId: catalog
resourceType: catalog-entity
permissionMapping: [read]
conditions: {rule: IS_ENTITY_KIND, resourceType: catalog-entity, params: {kinds: [api]}}
";

#[test]
fn conditions_are_those_of_all_roles_with_the_viewer_in_them() {
    let mut roles = Roles::parse(&FILE.replace("ROLE:", "role:"), "policy.csv").unwrap();
    roles.add_conditions(CONDITIONS, "conditions.yaml").unwrap();
    let linus = viewer("user:default/linus", &["group:default/platform"]);
    let [decision] = &roles.decide(&linus, &[&READ])[..] else {
        panic!()
    };
    let rule = |name: &str, parameters| Condition::Rule {
        name: name.to_owned(),
        parameters,
    };
    let own = Condition::Any(vec![
        rule(
            "IS_ENTITY_OWNER",
            serde_json::json!({"claims": ["group:default/platform", "group:default/all"]}),
        ),
        Condition::Not(Box::new(rule(
            "HAS_SPEC",
            serde_json::json!({"key": "author", "value": "user:default/linus"}),
        ))),
    ]);
    assert_eq!(*decision, Decision::Conditional(own));
    // Ada has both roles, so that either condition is enough.
    let ada = viewer("user:default/ada", &["group:default/platform"]);
    let [Decision::Conditional(Condition::Any(parts))] = &roles.decide(&ada, &[&READ])[..] else {
        panic!()
    };
    assert_eq!(parts.len(), 2);
    let because = roles.explain(&ada, &READ).because;
    assert_eq!(because.len(), 2);
    assert_eq!(
        because[0],
        Because::Condition {
            role: "role:default/reader".to_owned(),
            number: 1,
            through: vec!["group:default/platform".parse().unwrap()],
        }
    );
}

#[test]
fn lines_count_before_conditions_where_the_configuration_says_so() {
    let file = "p, role:default/reader, catalog-entity, read, allow\ng, user:default/ada, role:default/reader\n\
        g, user:default/linus, role:default/writer\np, role:default/banned, catalog-entity, read, deny\n\
        g, user:default/grace, role:default/banned\ng, user:default/grace, role:default/reader\n";
    let decided = |precedence, name: &str| {
        let mut roles = Roles::parse(file, "policy.csv").unwrap();
        roles.add_conditions(CONDITIONS, "conditions.yaml").unwrap();
        roles.precedence = precedence;
        let viewer = viewer(name, &[]);
        let told = roles.explain(&viewer, &READ);
        assert_eq!(
            roles.decide(&viewer, &[&READ]),
            std::slice::from_ref(&told.decision),
            "{name}"
        );
        let by_line = told
            .because
            .iter()
            .filter(|one| matches!(one, Because::Line { .. }));
        (told.decision, by_line.count())
    };
    // Ada has a line and a condition, Linus a condition alone, Grace both and a line that denies.
    assert_eq!(
        decided(Precedence::Lines, "user:default/ada"),
        (Decision::Allow, 1)
    );
    assert_eq!(
        decided(Precedence::Lines, "user:default/grace"),
        (Decision::Deny, 2)
    );
    let (linus, lines) = decided(Precedence::Lines, "user:default/linus");
    assert!(matches!(linus, Decision::Conditional(_)) && lines == 0);
    for name in ["user:default/ada", "user:default/grace", "user:default/linus"] {
        let (decision, lines) = decided(Precedence::Conditions, name);
        assert!(
            matches!(decision, Decision::Conditional(_)) && lines == 0,
            "{name}"
        );
    }
}

#[test]
fn reasons_are_the_lines_that_counted() {
    let roles = Roles::parse(&FILE.replace("ROLE:", "role:"), "policy.csv").unwrap();
    let grace = viewer("user:default/grace", &[]);
    let told = roles.explain(&grace, &CREATE);
    assert_eq!(told.decision, Decision::Deny);
    let numbers: Vec<(usize, bool)> = told
        .because
        .iter()
        .map(|because| match because {
            Because::Line { number, allows, .. } => (*number, *allows),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(numbers, [(4, false), (3, true)]);
    assert!(roles.explain(&grace, &ADMINISTER).because.is_empty());
}

#[test]
fn a_condition_that_is_none_is_an_error_with_its_place() {
    for (document, reason) in [
        ("result: ALLOW", "result has to be CONDITIONAL"),
        ("roleEntityRef: x", "result is missing"),
        (
            "result: CONDITIONAL\nroleEntityRef: 'role:default/a'\nresourceType: catalog-entity\npermissionMapping: [read]\nconditions: {allOf: []}",
            "allOf has to list",
        ),
        (
            "result: CONDITIONAL\nroleEntityRef: 'role:default/a'\nresourceType: catalog-entity\npermissionMapping: read",
            "permissionMapping has to be a list",
        ),
        (
            "result: CONDITIONAL\nroleEntityRef: 'role:default/a'\nresourceType: catalog-entity\npermissionMapping: [read]\nconditions: {rule: IS_MINE}",
            "Permission rule 'IS_MINE' does not exist",
        ),
        (
            "result: CONDITIONAL\nroleEntityRef: 'role:default/a'\nresourceType: catalog-entity\npermissionMapping: [read]\nconditions: {rule: IS_ENTITY_KIND, params: {kinds: api}}",
            "'kinds' of the permission rule 'IS_ENTITY_KIND' has to be a list",
        ),
        ("a: [", "conditions.yaml:3"),
    ] {
        let fault = Roles::default()
            .add_conditions(&format!("# policies\n---\n{document}\n"), "conditions.yaml")
            .unwrap_err();
        assert!(fault.message.contains(reason), "{document}: {fault}");
    }
}

/// The bound of the decisions: 26,000 lines and 1,000 groups, of which the viewer is in all.
#[test]
fn many_lines_are_decided_without_looking_at_all_of_them() {
    let lines = (0..26_000).map(|at| format!("p, role:default/r{}, thing-{at}, read, allow\n", at % 1_000));
    let members = (0..1_000).map(|at| format!("g, group:default/g{at}, role:default/r{at}\n"));
    let roles = Roles::parse(&lines.chain(members).collect::<String>(), "large.csv").unwrap();
    let groups: Vec<String> = (0..1_000).map(|at| format!("group:default/g{at}")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let ada = viewer("user:default/ada", &groups);
    assert_eq!(
        roles.decide(&ada, &[&READ, &CREATE]),
        [Decision::Deny, Decision::Deny]
    );
    assert_eq!(roles.roles_of(&ada).len(), 1_000);
}
