//! `template dry-run`, `render`, `test` and `run`, as people and pipelines use them.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::portal::{Portal, eventually};
use crate::process::{command, transcript};

const TEMPLATE: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: sample
spec:
  type: service
  parameters:
    required: [name]
    properties:
      name: {type: string, pattern: '^[a-z]+$'}
      port: {type: integer, default: 8080}
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values: {name: '${{ parameters.name }}', owner: '${{ user.ref or \"nobody\" }}'}
    - id: log
      action: debug:log
      input: {message: 'made ${{ parameters.name }}'}
    - id: fail
      if: ${{ parameters.name === 'broken' }}
      action: fs:rename
      input: {files: [{from: nothing, to: other}]}
    - id: publish
      action: publish:folder
      input: {name: '${{ parameters.name }}'}
  output:
    text: [{title: Port, content: '${{ parameters.port }}'}]
";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "template.yaml", TEMPLATE);
    write(
        folder.path(),
        "skeleton/README.md",
        "# ${{ values.name }}\nof ${{ values.owner }}\n",
    );
    write(folder.path(), "skeleton/${{ values.name }}.txt", "plain\n");
    folder
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], expected: &[&str], code: u8) {
    let printed = transcript(folder, &[&["template"], arguments].concat());
    for text in expected {
        assert!(printed.contains(text), "{text} in {printed}");
    }
    assert!(printed.ends_with(&format!("--- exit code {code}\n")), "{printed}");
}

#[test]
fn a_template_is_tried_with_values_of_a_file() {
    let files = folder();
    write(files.path(), "values.yaml", "name: orders\nport: 9000\n");
    let arguments = ["dry-run", ".", "--values", "values.yaml", "--out", "out"];
    let expected = [
        "log: made orders",
        "publish: Skipping because publish:folder does not support dry-run",
        "file: orders.txt (6 bytes)",
        "output:\n  text:\n    - title: Port\n      content: 9000",
        "2 file(s) in out",
    ];
    check(files.path(), &arguments, &expected, 0);
    let text = std::fs::read_to_string(files.path().join("out/README.md")).unwrap();
    assert_eq!(text, "# orders\nof nobody\n");
    check(files.path(), &arguments, &["the folder out is not empty"], 2);
}

#[test]
fn values_that_do_not_fit_and_steps_that_fail_are_told() {
    let files = folder();
    write(files.path(), "wrong.yaml", "name: ORDERS\n");
    write(files.path(), "broken.yaml", "name: broken\n");
    let pattern = "error: the value `name`: does not match pattern";
    check(
        files.path(),
        &["dry-run", "template.yaml", "--values", "wrong.yaml"],
        &[pattern],
        1,
    );
    check(
        files.path(),
        &["dry-run", "."],
        &["error: the values: requires property \"name\""],
        1,
    );
    let arguments = ["dry-run", ".", "--values", "broken.yaml"];
    check(
        files.path(),
        &arguments,
        &["log: made broken", "fail: Beginning step", "error: "],
        1,
    );
    check(
        files.path(),
        &["dry-run", "skeleton"],
        &["there is no template in skeleton"],
        2,
    );
}

#[test]
fn values_are_made_up_and_shown() {
    let files = folder();
    let printed = command(files.path(), &["template", "dry-run", ".", "--sample", "--json"])
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let lines: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["values"]["port"], 8080);
    let name = lines[0]["values"]["name"].as_str().unwrap();
    assert!(
        lines[1]["files"]
            .as_array()
            .unwrap()
            .contains(&format!("{name}.txt").into()),
        "{printed}"
    );
    assert_eq!(lines[1]["failure"], Value::Null);
}

#[test]
fn a_skeleton_is_filled_in_with_values_that_are_no_expressions() {
    let files = folder();
    let tricky = r#"a "b\" }} ${{ 1 + 1 }} {% if %}"#;
    write(
        files.path(),
        "values.json",
        &serde_json::json!({"name": "x", "owner": tricky}).to_string(),
    );
    let arguments = ["render", "skeleton", "--values", "values.json", "--out", "out"];
    check(
        files.path(),
        &arguments,
        &["README.md\nx.txt\n", "2 file(s) in out"],
        0,
    );
    let text = std::fs::read_to_string(files.path().join("out/README.md")).unwrap();
    assert_eq!(text, format!("# x\nof {tricky}\n"));
    write(files.path(), "skeleton/bad", "${{ values. }}");
    let arguments = ["render", "skeleton", "--values", "values.json", "--out", "other"];
    check(files.path(), &arguments, &["error: ", "(in bad)"], 1);
    assert!(!files.path().join("other").exists());
}

#[test]
fn cases_beside_a_template_are_tried_and_written_anew() {
    let files = folder();
    let cases = [
        (
            "orders",
            "name: Orders\nvalues: {name: orders}\nuser: {ref: 'user:default/ada'}\nexpect: {folder: orders}\n",
        ),
        (
            "refused",
            "values: {name: ORDERS}\nexpect: {failure: does not match pattern}\n",
        ),
        ("broken", "values: {name: broken}\nexpect: {failure: nothing}\n"),
        (
            "some",
            "sample: true\nexpect:\n  files: {'README.md': \"# sample\\nof nobody\\n\", 'none.txt': null}\n  \
             output: {text: [{title: Port, content: 8080}]}\n",
        ),
    ];
    for (name, text) in cases {
        write(files.path(), &format!("template-tests/{name}.yaml"), text);
    }
    let missing = ["orders.yaml: failed: Orders", "there is no folder", "--update"];
    check(files.path(), &["test"], &missing, 1);
    check(
        files.path(),
        &["test", "--update"],
        &["orders.yaml: updated: Orders", "4 case(s), 0 failed"],
        0,
    );
    check(
        files.path(),
        &["test", "template.yaml"],
        &["broken.yaml: passed", "4 case(s), 0 failed"],
        0,
    );
    write(
        files.path(),
        "skeleton/README.md",
        "# ${{ values.name }}\nfor ${{ values.owner }}\n",
    );
    write(files.path(), "skeleton/new", "x\n");
    let expected = [
        "the file README.md differs\n--- expected/README.md\n+++ found/README.md\n@@ -1,2 +1,2 @@\n # orders\n\
         -of user:default/ada\n+for user:default/ada\n",
        "there is another file, new\n--- expected/new\n+++ found/new\n@@ -0,0 +1 @@\n+x\n",
        "4 case(s), 2 failed",
    ];
    check(files.path(), &["test"], &expected, 1);
    write(files.path(), "template-tests/wrong.yaml", "value: {}\n");
    check(
        files.path(),
        &["test"],
        &["there is no key `value`; the keys are name, values, sample"],
        2,
    );
    check(files.path(), &["test", "skeleton"], &["there is no case"], 2);
}

#[test]
fn the_examples_pass_their_tests() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    check(&repository, &["test", "examples/templates"], &[" 0 failed"], 0);
}

/// A portal whose catalog has the template.
fn portal(files: &Path) -> Portal {
    write(
        files,
        "app-config.yaml",
        "backend:\n  listen: { host: 127.0.0.1, port: 0 }\n  \
         database: { client: better-sqlite3, connection: ':memory:' }\n\
         catalog:\n  rules: [{ allow: [Template] }]\n  locations: [{ type: file, target: ./template.yaml }]\n",
    );
    let mut portal = Portal::start(files);
    eventually("the template is there", || {
        portal
            .get("/api/catalog/entities/by-name/template/default/sample")
            .contains("200 OK")
            .then_some(())
    });
    portal
}

#[test]
fn a_task_of_a_portal_is_followed_to_its_end() {
    let files = folder();
    write(
        files.path(),
        "template.yaml",
        &TEMPLATE.replace("id: publish\n", "id: publish\n      if: false\n"),
    );
    for (name, text) in [
        ("values", "name: orders\n"),
        ("broken", "name: broken\n"),
        ("wrong", "name: ORDERS\n"),
    ] {
        write(files.path(), &format!("{name}.yaml"), text);
    }
    let mut portal = portal(files.path());
    let url = format!("http://{}", portal.address());
    let run = |template: &str, values: &str, expected: &[&str], code| {
        check(
            files.path(),
            &["run", template, "--url", &url, "--values", values],
            expected,
            code,
        );
    };
    run(
        "template.yaml",
        "values.yaml",
        &["log: info: made orders", "output:\n  text:", "/create/tasks/"],
        0,
    );
    run("sample", "broken.yaml", &["log: info: made broken", "error: "], 1);
    run(
        "template:default/sample",
        "wrong.yaml",
        &["error: the values do not fit the form: instance.name"],
        1,
    );
    run(
        "template:default/other",
        "values.yaml",
        &["error: Template template:default/other not found"],
        1,
    );
    let page = portal.get("/catalog/default/template/sample");
    assert!(page.contains("Checks of the template"), "{page}");
}

const FETCHING: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: fetching
spec:
  type: service
  parameters:
    properties:
      of: {type: string, ui:field: EntityPicker, ui:options: {catalogFilter: {kind: System}}}
      token: {type: string, ui:field: Secret}
  steps:
    - id: find
      action: catalog:fetch
      input: {entityRef: '${{ parameters.of or \"system:default/shop\" }}'}
    - id: log
      action: debug:log
      input:
        message: '${{ steps.find.output.entity.spec.cluster.name }} of ${{ steps.find.output.entity.kind }} for ${{ user.entity.kind }}'
    - id: fetch
      action: fetch:plain
      if: ${{ steps.find.output.entity.spec.far }}
      input: {url: https://github.com/acme/skeletons/tree/main/service}
";

#[test]
fn entities_are_those_of_the_descriptors_or_made_up() {
    let files = folder();
    write(files.path(), "template.yaml", FETCHING);
    let missing = "error: Entity system:default/shop not found";
    check(files.path(), &["dry-run", "."], &[missing], 1);
    let arguments = ["dry-run", ".", "--sample"];
    let expected = ["the entity is made up", "sample of System for User"];
    check(
        files.path(),
        &[&arguments[..], &["--root", "."]].concat(),
        &expected,
        1,
    );
    let shop = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop}\n\
                spec: {owner: group:default/a, cluster: {name: north}}\n";
    write(files.path(), "known/shop.yaml", shop);
    let found = ["dry-run", ".", "--catalog", "known"];
    check(files.path(), &found, &["log: north of System for"], 0);
    write(files.path(), "known/shop.yaml", "kind: [System\n");
    check(files.path(), &found, &["known/shop.yaml:"], 2);
    write(files.path(), "known/shop.yaml", "");
    check(files.path(), &found, &["there are no entities in known"], 2);
}

#[test]
fn a_folder_stands_for_an_address_elsewhere() {
    let files = folder();
    write(files.path(), "template.yaml", FETCHING);
    write(files.path(), "skeletons/service/here.txt", "here");
    let arguments = ["dry-run", ".", "--sample"];
    check(
        files.path(),
        &arguments,
        &["without calls to other servers", "--map ADDRESS=FOLDER"],
        1,
    );
    let map = "https://github.com/acme/skeletons/tree/main=skeletons";
    let with_map = |map| [&arguments[..], &["--map", map]].concat();
    check(files.path(), &with_map(map), &["file: here.txt (4 bytes)"], 0);
    check(files.path(), &with_map("skeletons"), &["write ADDRESS=FOLDER"], 2);
    check(
        files.path(),
        &with_map("https://x=none"),
        &["which is no folder"],
        2,
    );
}

#[test]
fn a_template_that_the_catalog_refuses_is_not_tried() {
    let files = folder();
    let form = TEMPLATE.find("  parameters:").unwrap()..TEMPLATE.find("  steps:").unwrap();
    let mut wrong = TEMPLATE.to_owned();
    wrong.replace_range(form, "  parameters: \"no\"\n");
    write(files.path(), "template.yaml", &wrong);
    let told = [
        "the catalog would refuse the template",
        "template.yaml:7:3: error: ",
        "[entity-schema]",
    ];
    check(files.path(), &["dry-run", "."], &told, 2);
}
