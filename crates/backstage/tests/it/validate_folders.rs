//! `catalog validate` over folders: what counts as a descriptor, and what of a repository the server would refuse.

use tempfile::TempDir;

use crate::process::{fixtures, transcript};
use crate::validate::{check, component, folder};

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
    write("templates/skeleton/{{ name }}.yaml", &component("x", ", base: ["));
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
        "2 file(s): 2 valid; 10 other YAML file(s) left out, --left-out names them",
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
        &format!("{{ $text: '{}' }}", "x".repeat(2_001)),
        &[
            "expected an address, got a text of 2001 bytes",
            "hint: write the content without",
        ],
    );
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
