//! `template lint` finds what is wrong with templates, and nothing in those that are right.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{command, transcript};

/// A template without a fault.
const GOOD: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: sample
spec:
  type: service
  owner: team
  parameters:
    - required: [name]
      properties:
        name:
          type: string
        owner:
          type: string
          ui:field: OwnerPicker
      dependencies:
        owner:
          properties:
            cost: {type: number}
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name }}
          cost: ${{ parameters.cost * 2 }}
          free: ${{ parameters.undeclared or 'x' }}
    - id: log
      if: ${{ parameters.owner === 'team' }}
      action: debug:log
      input:
        message: ${{ parameters.name }}
    - id: publish-it
      action: publish:gitea
      input:
        repoUrl: ${{ parameters.owner }}
        description: ${{ secrets.text }}
    - id: register
      action: catalog:register
  output:
    links:
      - url: ${{ steps['publish-it'].output.remoteUrl }}
      - entityRef: ${{ steps.register.output.entityRef }}
";

/// The rule, what is written instead of what, and where the finding is.
const FAULTS: [(&str, &str, &str, u64, u64); 30] = [
    ("yaml-syntax", "  owner: team\n", "  owner: 'team\n", 7, 15),
    ("entity-schema", "  type: service\n", "  type: ''\n", 6, 3),
    ("unknown-action", "action: debug:log", "action: debug:lok", 31, 7),
    (
        "action-input",
        "        url: ./skeleton\n",
        "        uri: ./skeleton\n",
        24,
        9,
    ),
    (
        "action-input",
        "        url: ./skeleton\n",
        "        url: [./skeleton]\n",
        24,
        9,
    ),
    (
        "action-input",
        "        repoUrl: ${{ parameters.owner }}\n",
        "",
        36,
        7,
    ),
    (
        "unknown-step-key",
        "    - id: register\n",
        "    - id: register\n      continueOnFailure: true\n",
        40,
        7,
    ),
    (
        "repeated-step-id",
        "    - id: register\n",
        "    - id: log\n      if: ${{ parameters.owner === 'team' }}\n",
        39,
        7,
    ),
    ("constant-condition", "=== 'team' }}", "}} === 'team'", 30, 7),
    (
        "constant-condition",
        "if: ${{ parameters.owner === 'team' }}",
        "if: 'false'",
        30,
        7,
    ),
    (
        "each-value",
        "      if: ${{ parameters.owner === 'team' }}\n",
        "      each: some\n",
        30,
        7,
    ),
    (
        "expression-syntax",
        "parameters.cost * 2 }}",
        "parameters.cost * }}",
        27,
        39,
    ),
    (
        "plain-braces",
        "name: ${{ parameters.name }}",
        "name: '{{ parameters.name }}'",
        26,
        11,
    ),
    (
        "unknown-filter",
        "parameters.cost * 2",
        "parameters.cost | rond",
        27,
        39,
    ),
    ("unknown-function", "parameters.cost * 2", "now()", 27, 21),
    ("unknown-name", "parameters.cost * 2", "parameter.cost", 27, 21),
    ("unknown-name", "parameters.cost * 2", "each.value", 27, 21),
    (
        "unknown-parameter",
        "parameters.cost * 2",
        "parameters.costs * 2",
        27,
        21,
    ),
    (
        "unknown-step",
        "steps['publish-it'].output",
        "steps.publish-it.output",
        43,
        18,
    ),
    (
        "later-step",
        "parameters.cost * 2",
        "steps.register.output.entityRef",
        27,
        21,
    ),
    (
        "unknown-output",
        "steps.register.output.entityRef",
        "steps.register.output.ref",
        44,
        24,
    ),
    (
        "unknown-output",
        "steps.register.output.entityRef",
        "steps.register.entityRef",
        44,
        24,
    ),
    (
        "secret-in-log",
        "message: ${{ parameters.name }}",
        "message: a ${{ secrets.text }}",
        33,
        24,
    ),
    (
        "secret-unseen",
        "parameters.owner === 'team'",
        "secrets.text",
        30,
        15,
    ),
    ("skeleton-missing", "url: ./skeleton", "url: ./skelton", 24, 9),
    (
        "form-schema",
        "          type: string\n        owner:",
        "          type: sting\n        owner:",
        12,
        11,
    ),
    (
        "form-schema",
        "        name:\n          type: string\n",
        "        name:\n          type: string\n          required: true\n",
        13,
        11,
    ),
    (
        "required-undeclared",
        "required: [name]",
        "required: [nam]",
        9,
        18,
    ),
    ("unknown-field", "OwnerPicker", "OwnerPikker", 15, 11),
    (
        "deprecated-key",
        "        url: ./skeleton\n",
        "        url: ./skeleton\n        copyWithoutRender: ['*.x']\n",
        25,
        9,
    ),
];

/// Files of a skeleton with what is found in them.
const SKELETON: [(&str, &str, &str); 5] = [
    (
        "right.txt",
        "{% if values.more %}${{ values.more }}{% endif %} ${{ values.name | upper }} {{ x }}",
        "",
    ),
    ("broken.txt", "a\n${{ values. }}", "skeleton-syntax 2:13"),
    (
        "filter.txt",
        "${{ values.name | fromJson }}",
        "unknown-filter 1:19",
    ),
    ("value.txt", "${{ values.nam }}", "unknown-value 1:5"),
    ("workflow.yaml", "run: ${{ github.ref }}", "unknown-name 1:10"),
];

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "skeleton/README.md", "# ${{ values.name }}\n");
    folder
}

/// The findings of a run, and its exit code.
fn findings(folder: &Path, arguments: &[&str]) -> (Vec<Value>, i32) {
    let printed = command(folder, arguments).output().unwrap();
    let lines = String::from_utf8(printed.stdout).unwrap();
    let all = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (all, printed.status.code().unwrap())
}

fn place(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    format!("{}:{} {}", text("rule"), finding["line"], finding["column"])
}

#[test]
fn each_rule_finds_its_fault_at_its_place() {
    let files = folder();
    for (number, (_, right, wrong, ..)) in FAULTS.iter().enumerate() {
        assert!(GOOD.contains(right), "{right}");
        write(
            files.path(),
            &format!("{number:02}.yaml"),
            &GOOD.replacen(right, wrong, 1),
        );
    }
    let (found, code) = findings(files.path(), &["template", "lint", ".", "--json"]);
    assert_eq!(code, 1);
    for (number, (rule, _, wrong, line, column)) in FAULTS.iter().enumerate() {
        let file = format!("./{number:02}.yaml");
        let own: Vec<String> = found
            .iter()
            .filter(|one| one["file"] == *file)
            .map(place)
            .collect();
        assert!(
            own.contains(&format!("{rule}:{line} {column}")),
            "{wrong:?} of {rule}: {own:?}"
        );
    }
    let seen: BTreeSet<&str> = found.iter().filter_map(|one| one["rule"].as_str()).collect();
    let known: BTreeSet<&str> = scaffolder::lint::Rule::all()
        .map(scaffolder::lint::Rule::id)
        .collect();
    let of_skeletons = BTreeSet::from(["skeleton-syntax", "unknown-value"]);
    assert_eq!(seen, known.difference(&of_skeletons).copied().collect());
}

#[test]
fn files_of_skeletons_are_read_as_the_step_reads_them() {
    let files = folder();
    write(files.path(), "template.yaml", GOOD);
    for (name, text, _) in SKELETON {
        write(files.path(), &format!("skeleton/{name}"), text);
    }
    let (found, code) = findings(
        files.path(),
        &["template", "lint", "template.yaml", "--format", "json"],
    );
    assert_eq!(code, 1);
    let told: BTreeSet<String> = found
        .iter()
        .map(|one| {
            format!(
                "{} {} {}:{}",
                one["file"], one["rule"], one["line"], one["column"]
            )
            .replace('"', "")
        })
        .collect();
    let expected = SKELETON.iter().filter(|(.., finding)| !finding.is_empty());
    let expected: BTreeSet<String> = expected
        .map(|(name, _, finding)| format!("skeleton/{name} {finding}"))
        .collect();
    assert_eq!(told, expected);
    let copied = GOOD.replace(
        "        url: ./skeleton\n",
        "        url: ./skeleton\n        templateFileExtension: true\n",
    );
    write(files.path(), "template.yaml", &copied);
    let (found, code) = findings(files.path(), &["template", "lint", "template.yaml", "--json"]);
    assert_eq!((found.len(), code), (0, 0));
}

#[test]
fn people_read_place_reason_rule_and_way_out() {
    let files = folder();
    write(
        files.path(),
        "a/template.yaml",
        &GOOD.replace("debug:log", "debug:lok"),
    );
    write(files.path(), "a/skeleton/x", "");
    write(
        files.path(),
        "b/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Group\n",
    );
    let printed = transcript(files.path(), &["template", "lint", "*/template.yaml"]);
    let expected = "$ backstage template lint */template.yaml\n\
        a/template.yaml:31:7: error: There is no action `debug:lok` [unknown-action]\n    \
            Did you mean `debug:log`?\n\
        --- stderr\n1 template(s): 1 error(s), 0 warning(s), 0 note(s)\n--- exit code 1\n";
    assert_eq!(printed, expected);
}

#[test]
fn warnings_are_errors_when_asked_for_and_what_holds_no_template_is_told() {
    let files = folder();
    write(
        files.path(),
        "template.yaml",
        &GOOD.replace("OwnerPicker", "Mine"),
    );
    for (arguments, expected) in [
        (
            vec!["template.yaml"],
            "0 error(s), 1 warning(s), 0 note(s)\n--- exit code 0\n",
        ),
        (vec!["template.yaml", "--strict"], "--- exit code 1\n"),
        (
            vec!["skeleton"],
            "there is no template in skeleton; name the file, or a folder that holds some\n--- exit code 2\n",
        ),
        (vec!["skeleton/README.md"], "--- exit code 2\n"),
        (vec!["nothing.yaml"], "--- exit code 2\n"),
        (vec!["no/*.yaml"], "--- exit code 2\n"),
    ] {
        let printed = transcript(
            files.path(),
            &[&["template", "lint"], arguments.as_slice()].concat(),
        );
        assert!(printed.ends_with(expected), "{printed}");
    }
}

#[test]
fn the_examples_are_right() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (found, code) = findings(
        &repository,
        &["template", "lint", "examples", "--strict", "--json"],
    );
    assert_eq!((found, code), (Vec::new(), 0));
}
