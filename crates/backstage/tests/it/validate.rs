//! `catalog validate` says what the server would say, of whatever can be read.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use crate::process::{command, fixtures, transcript};

const BROKEN: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: piped}\nspec: {}\n";

fn component(name: &str, more: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n\
         spec: {{type: service, lifecycle: production, owner: team{more}}}\n"
    )
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], expected: &[&str], code: u8) {
    let printed = transcript(folder, &[&["catalog", "validate"], arguments].concat());
    for text in expected {
        assert!(printed.contains(text), "{text} in {printed}");
    }
    assert!(printed.ends_with(&format!("--- exit code {code}\n")), "{printed}");
}

#[test]
fn what_the_server_refuses_later_is_invalid() {
    let files = folder(&[
        ("relation.yaml", &component("a", ", dependsOn: [foo]")),
        ("keys.yaml", &component("a", ", flavour: x, Flavour: y")),
        (
            "fine.yaml",
            &component("a", ", dependsOn: ['resource:foo'], flavour: x"),
        ),
        (
            "long.yaml",
            &component("a", &format!(", dependsOn: ['component:{}']", "x".repeat(2_000))),
        ),
        ("nul.yaml", &component("a", ", dependsOn: [\"component:a\\0b\"]")),
        (
            "annotation.yaml",
            &component("a, annotations: {backstage.io/Managed-by-location: x}", ""),
        ),
    ]);
    let check = |file: &str, expected: &[&str], code| check(files.path(), &[file], expected, code);
    let reason = "Entity reference \"foo\" had missing or empty kind";
    check(
        "relation.yaml",
        &["document 0: refused", reason, "hint: say what kind it is"],
        1,
    );
    let reason = "Entity has duplicate keys that vary only in casing, 'spec.flavour'";
    check(
        "keys.yaml",
        &["document 0: invalid", reason, "hint: rename one of the keys"],
        1,
    );
    check(
        "annotation.yaml",
        &["document 0: invalid", "vary only in casing"],
        1,
    );
    check("fine.yaml", &["document 0: valid"], 0);
    check(
        "long.yaml",
        &["document 0: refused", "has 2018 bytes, more than 1000"],
        1,
    );
    check("nul.yaml", &["document 0: refused", "has a NUL character"], 1);
}

#[test]
fn an_entity_that_two_files_declare_is_warned_of() {
    let files = folder(&[("a.yaml", &component("a", "")), ("b.yaml", &component("A", ""))]);
    let expected = [
        "b.yaml:1: document 0: valid",
        "warning: component:default/a is declared by ./a.yaml, too; only one of them is served",
        "2 file(s): 2 valid",
    ];
    check(files.path(), &["--quiet", "."], &expected, 0);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_told() {
    let files = folder(&[]);
    let bytes = [component("a", "").as_bytes(), b"# \xff\n"].concat();
    std::fs::write(files.path().join("latin.yaml"), bytes).unwrap();
    let expected = [
        "latin.yaml:1: document 0: valid",
        "warning: the file is not UTF-8: the first invalid byte is in line 5",
    ];
    check(files.path(), &["."], &expected, 0);
    std::fs::write(files.path().join("wide.yaml"), b"\xff\xfea\0:\0\n\0").unwrap();
    let expected = [
        "wide.yaml:1: document 0: yaml-error",
        "UTF-16",
        "hint: Save the file as UTF-8.",
    ];
    check(files.path(), &["wide.yaml"], &expected, 1);
}

#[test]
fn an_entity_that_occurs_twice_is_warned_of() {
    let text = [component("a", ""), component("b", ""), component("A", "")].join("---\n");
    let files = folder(&[("twice.yaml", &text)]);
    let expected = [
        "warning: component:default/a occurs more than once in twice.yaml; the last of them is served",
        "1 file(s): 3 valid",
    ];
    check(files.path(), &["twice.yaml"], &expected, 0);
    check(files.path(), &["--quiet", "twice.yaml"], &expected, 0);
    let printed = transcript(files.path(), &["catalog", "validate", "--format", "json", "."]);
    assert_eq!(printed.matches("\"warning\":").count(), 1, "{printed}");
}

#[test]
fn pipes_are_read() {
    let folder = folder(&[]);
    for name in ["-", "/dev/stdin"] {
        let mut process = command(folder.path(), &["catalog", "validate", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        process
            .stdin
            .take()
            .unwrap()
            .write_all(BROKEN.as_bytes())
            .unwrap();
        let output = process.wait_with_output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            printed.contains(&format!("{name}:4: document 0: invalid")),
            "{printed}"
        );
        assert_eq!(output.status.code(), Some(1), "{printed}");
    }
}

#[test]
fn what_cannot_be_read_hides_no_verdict() {
    let files = folder(&[("broken.yaml", BROKEN)]);
    symlink("gone", files.path().join("a-link.yaml")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(files.path().join("pipe.yaml"))
        .status();
    assert!(pipe.unwrap().success());
    let expected = [
        "./broken.yaml:4: document 0: invalid",
        "./a-link.yaml: cannot be read: it is a link to something that does not exist",
        "./pipe.yaml: cannot be read: it is no ordinary file; only those are read in folders",
        "1 file(s): 1 invalid, 2 cannot be read",
    ];
    check(files.path(), &["."], &expected, 2);
    check(
        files.path(),
        &["gone.yaml", "broken.yaml"],
        &["gone.yaml: cannot be read: No such file", "1 invalid"],
        2,
    );
    let printed = transcript(
        files.path(),
        &["catalog", "validate", "--format", "json", "gone.yaml"],
    );
    assert!(printed.contains(r#""verdict":"unreadable""#), "{printed}");
}

#[test]
fn an_empty_folder_is_no_success() {
    let files = folder(&[("readme.txt", "")]);
    check(
        files.path(),
        &["."],
        &["error: there is no file *.yaml or *.yml in ."],
        2,
    );
}

#[test]
fn a_number_is_quoted_as_it_is_written() {
    let files = folder(&[("number.yaml", &component("1.10", ""))]);
    check(
        files.path(),
        &["."],
        &["hint: put it in quotes, as it is written"],
        1,
    );
}

/// A repository as they are: descriptors among other YAML.
fn repository() -> TempDir {
    let files = folder(&[
        ("catalog-info.yaml", &component("kettle", "")),
        ("compose.yaml", "services: { web: { image: kettle } }\n"),
        ("mkdocs.yml", "site_name: Kettle\nnav: [{ Home: index.md }]\n"),
        ("broken.yml", "{{- if .Values.on }}\na: b\n"),
        (
            "service.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: { name: kettle }\n",
        ),
        (
            "kustomize.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
        ),
        (
            "team.yaml",
            "apiVersion: user.openshift.io/v1\nkind: Group\nmetadata: { name: kettle }\n",
        ),
        ("empty.yaml", "# to be written\n"),
    ]);
    std::fs::create_dir_all(files.path().join("templates/skeleton")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(files.path().join(name), text).unwrap();
    let skeleton = component("'${{ values.name }}'", "");
    write("templates/skeleton/catalog-info.yaml", &skeleton);
    write(
        "templates/skeleton/cutter.yaml",
        &component("{{ cookiecutter.name }}", ""),
    );
    write(
        "templates/template.yaml",
        "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: kettle }
spec:
  type: service
  owner: team
  steps: [{ id: a, action: debug:log, input: { message: '${{ parameters.name }}' } }]
",
    );
    files
}

#[test]
fn in_a_repository_descriptors_are_judged_and_the_rest_is_counted() {
    let files = repository();
    let expected = [
        "./catalog-info.yaml:1: document 0: valid  component:default/kettle",
        "./templates/template.yaml:1: document 0: valid  template:default/kettle",
        "2 file(s): 2 valid; 9 other YAML file(s) left out, --left-out names them",
    ];
    check(files.path(), &["."], &expected, 0);
    let expected = [
        "./mkdocs.yml: left out: no descriptor",
        "./broken.yml: left out: no descriptor",
        "./empty.yaml: left out: no descriptor",
        "./templates/skeleton/catalog-info.yaml: left out: a template that was not filled in",
        "./templates/skeleton/cutter.yaml: left out: a template that was not filled in",
    ];
    check(files.path(), &["--quiet", "--left-out", "."], &expected, 0);
    let printed = transcript(
        files.path(),
        &["catalog", "validate", "--format", "json", "--left-out", "."],
    );
    let line = r#"{"file":"./compose.yaml","verdict":"left-out","reason":"no descriptor"}"#;
    assert!(printed.contains(line), "{printed}");
    // Who names a file means it as a descriptor.
    check(
        files.path(),
        &["mkdocs.yml"],
        &["mkdocs.yml:1: document 0: invalid"],
        1,
    );
    let expected = ["hint: This is a template that was not filled in, as `${{ values.name }}` tells"];
    check(
        files.path(),
        &["templates/skeleton/catalog-info.yaml"],
        &expected,
        1,
    );
}

#[test]
fn what_is_meant_for_the_catalog_is_judged_however_wrong() {
    for (name, text, expected) in [
        (
            "a.yaml",
            "apiversion: backstage.io/v1alpha1\nkind: Component\n",
            "invalid",
        ),
        (
            "b.yaml",
            "kind: Component\nmetadata: { name: x }\nspec: {}\n",
            "invalid",
        ),
        (
            "c.yaml",
            "apiVersion: v1\nkind: component\nmetadata: { name: x }\n",
            "unknown-kind",
        ),
        (
            "d.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\n  metadata: [\n",
            "yaml-error",
        ),
        (
            "e.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Gizmo\nmetadata: { name: x }\n",
            "unknown-kind",
        ),
        ("catalog-info.yml", "just text\n", "not-object"),
    ] {
        let files = folder(&[(name, text), ("fine.yaml", &component("fine", ""))]);
        check(
            files.path(),
            &["."],
            &[&format!("./{name}:"), &format!("document 0: {expected}")],
            1,
        );
    }
}

#[test]
fn a_folder_without_descriptors_is_no_success() {
    let files = folder(&[("mkdocs.yml", "site_name: x\n")]);
    check(
        files.path(),
        &["."],
        &["error: none of the 1 YAML files in . is a descriptor"],
        2,
    );
}

#[test]
fn an_empty_file_is_told() {
    let files = folder(&[
        ("empty.yaml", ""),
        ("comment.yaml", "# to be written\n"),
        ("catalog-info.yaml", "\n"),
    ]);
    let expected = [
        "empty.yaml:1: document 0: empty",
        "comment.yaml:1: document 0: empty",
        "warning: the file has nothing but blanks and comments",
        "2 file(s): 2 empty",
    ];
    check(
        files.path(),
        &["--quiet", "empty.yaml", "comment.yaml"],
        &expected,
        0,
    );
    check(
        files.path(),
        &["."],
        &[
            "./catalog-info.yaml:1: document 0: empty",
            "1 file(s): 1 empty; 2 other",
        ],
        0,
    );
}

fn api(name: &str, definition: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{name: {name}}}\n\
         spec:\n  type: openapi\n  lifecycle: production\n  owner: team\n  definition: {definition}\n"
    )
}

#[test]
fn placeholders_that_the_server_cannot_fill_are_refused() {
    let files = folder(&[
        (
            "there.yaml",
            "openapi: 3.1.0\npaths: { /a: { $ref: './gone.yaml#/a' } }\n",
        ),
        ("data.json", "{"),
        (".env", "SECRET=1\n"),
    ]);
    std::fs::create_dir(files.path().join("folder")).unwrap();
    let check = |definition: &str, expected: &[&str]| {
        std::fs::write(files.path().join("catalog-info.yaml"), api("a", definition)).unwrap();
        let (code, line) = if expected.is_empty() { (0, 1) } else { (1, 8) };
        let verdict = if expected.is_empty() { "valid" } else { "refused" };
        let first = format!("catalog-info.yaml:{line}: document 0: {verdict}");
        check(
            files.path(),
            &["."],
            &[&[first.as_str()], expected].concat(),
            code,
        );
    };
    check("{ $text: ./there.yaml }", &[]);
    check("{ $text: https://example.com/x.yaml }", &[]);
    check(
        "{ $text: ./nowhere.txt }",
        &["NotFoundError: no such file", "hint: correct the path"],
    );
    check("{ $openapi: ./nowhere.txt }", &["NotFoundError: no such file"]);
    check(
        "{ $openapi: ./there.yaml }",
        &["could not read location ./gone.yaml"],
    );
    check("{ $text: ../outside.txt }", &["it lies outside of"]);
    check("{ $text: /etc/hostname }", &["it lies outside of"]);
    check("{ $text: ./folder }", &["is no ordinary file"]);
    check("{ $text: ./.env }", &["is not read: .env is hidden"]);
    check(
        "{ $json: ./data.json }",
        &["failed to parse JSON data at ./data.json"],
    );
    std::fs::create_dir(files.path().join(".git")).unwrap();
    check("{ $text: /there.yaml }", &[]);
    std::fs::write(
        files.path().join("app-config.yaml"),
        "portal: { resolveFilePlaceholders: false }\n",
    )
    .unwrap();
    check(
        "{ $text: ./there.yaml }",
        &["hint: set `portal.resolveFilePlaceholders: true`"],
    );
}

#[test]
fn a_text_that_only_looks_like_a_placeholder_is_warned_of() {
    let files = folder(&[("a.yaml", &api("a", "|\n    $openapi: ./openapi.yaml"))]);
    let expected = [
        "document 0: valid",
        "warning: /spec/definition is a text that says $openapi",
        "without `|`",
    ];
    check(files.path(), &["."], &expected, 0);
    let files = folder(&[("a.yaml", &api("a", "{ $test: ./openapi.yaml }"))]);
    let expected = [
        "document 0: invalid",
        "hint: `$test` is no placeholder",
        "did you mean `$text`?",
    ];
    check(files.path(), &["."], &expected, 1);
}

fn location(targets: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{name: all}}\nspec: {{targets: [{targets}]}}\n"
    )
}

#[test]
fn locations_are_followed() {
    let files = folder(&[
        ("catalog-info.yaml", &location("./gone.yaml")),
        ("other.yaml", "just: text\n"),
    ]);
    let check = |targets: &str, expected: &[&str], code| {
        std::fs::write(files.path().join("catalog-info.yaml"), location(targets)).unwrap();
        check(files.path(), &["."], expected, code);
    };
    check(
        "./gone.yaml",
        &["document 0: refused", "/gone.yaml does not exist"],
        1,
    );
    check(
        "./none-*.yaml",
        &["document 0: refused", "/none-*.yaml does not exist"],
        1,
    );
    // What a location names is read by the server, whatever it looks like.
    check(
        "./other.yaml",
        &[
            "document 0: valid  location:default/all",
            "other.yaml:1: document 0: invalid",
        ],
        1,
    );
    check(
        "'https://example.com/x.yaml'",
        &["document 0: valid", "1 other YAML file(s) left out"],
        0,
    );
}

#[test]
fn rules_of_the_configuration_hold() {
    let group = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: g}\nspec: {type: team, children: []}\n";
    let files = folder(&[
        ("group.yaml", group),
        ("open.yaml", &group.replace("name: g", "name: h")),
    ]);
    check(files.path(), &["."], &["2 file(s): 2 valid"], 0);
    let configure = |text: &str| std::fs::write(files.path().join("app-config.yaml"), text).unwrap();
    configure("catalog: { rules: [{ allow: [Component] }] }\n");
    let expected = [
        "group.yaml:1: document 0: refused",
        "NotAllowedError: The kind Group is not allowed by catalog.rules",
        "2 file(s): 2 refused; 1 other",
    ];
    check(files.path(), &["."], &expected, 1);
    configure(
        "catalog:\n  locations:\n    - { type: file, target: ./group.yaml }\n    \
         - { type: file, target: ./open.yaml, rules: [{ allow: [Group] }] }\n",
    );
    let expected = [
        "group.yaml:1: document 0: refused",
        "open.yaml:1: document 0: valid",
    ];
    check(files.path(), &["."], &expected, 1);
    configure("catalog: { rules: maybe }\n");
    check(
        files.path(),
        &["."],
        &[
            "2 file(s): 2 valid",
            "warning: the app-config.yaml here cannot be used",
        ],
        0,
    );
    check(
        files.path(),
        &["--config", "app-config.yaml", "."],
        &["catalog.rules"],
        2,
    );
}

#[test]
fn the_longest_file_is_the_same_everywhere() {
    let bytes = model::MAX_FILE_BYTES;
    assert_eq!(config::PortalSection::default().reading.max_bytes, bytes);
    let docs = fixtures().join("../../../../../docs/operations.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let row = format!(
        "| one descriptor file, or file that a descriptor takes in | {} MiB,",
        bytes >> 20
    );
    assert!(docs.contains(&row), "{row}");
    let files = folder(&[("long.yaml", &"#".repeat(usize::try_from(bytes).unwrap() + 1))]);
    let reason = format!(
        "long.yaml: cannot be read: it has {} bytes, at most {bytes} are read",
        bytes + 1
    );
    check(files.path(), &["long.yaml"], &[&reason], 2);
}
