//! Files and data of the workspace: each action as a step of a task.

use std::io::Read;

use scaffolder::tasks::{TaskReport, TaskState};
use serde_json::{Value, json};

use crate::world::World;

/// A task of these steps, whose output is `output`.
async fn ran(steps: Value, output: Value, files: &[(&str, &str)]) -> TaskReport {
    let world = World::new().await;
    let template = world.template(&steps, &output, files);
    let process = world.process();
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    process.end().await;
    task
}

/// The output of a task that must succeed.
async fn output(steps: Value, output: Value, files: &[(&str, &str)]) -> Value {
    let task = ran(steps, output, files).await;
    assert_eq!(task.state, TaskState::Completed, "{:?}", task.problem);
    task.output.unwrap()
}

/// Why a task of one step fails.
async fn problem(action: &str, input: Value) -> String {
    let task = ran(json!([{"action": action, "input": input}]), json!({}), &[]).await;
    assert_eq!(task.state, TaskState::Failed, "{action}");
    task.problem.unwrap().message
}

fn step(id: &str, action: &str, input: Value) -> Value {
    json!({"id": id, "name": id, "action": action, "input": input})
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_written_changed_and_read() {
    let found = output(
        json!([
            step(
                "write",
                "roadiehq:utils:fs:write",
                json!({"path": "a/b.txt", "content": "one ${{ parameters.name }}\n"})
            ),
            step(
                "append",
                "roadiehq:utils:fs:append",
                json!({"path": "a/b.txt", "content": "two $1\n"})
            ),
            step(
                "json",
                "roadiehq:utils:fs:write",
                json!({"path": "c.json", "content": "{\"x\":[1,{}]}", "preserveFormatting": true})
            ),
            step(
                "dot",
                "roadiehq:utils:fs:write",
                json!({"path": ".env", "content": "one"})
            ),
            step(
                "replace",
                "roadiehq:utils:fs:replace",
                json!({"files": [
                    {"file": "**/*.txt", "find": "(o)ne", "matchRegex": true, "replaceWith": "[$1$&$$]"},
                    {"file": "a/b.txt", "find": "two $1", "replaceWith": "2"},
                    {"file": "*", "find": "one", "replaceWith": "hidden files are left alone"},
                ]})
            ),
            step(
                "text",
                "roadiehq:utils:fs:parse",
                json!({"path": "${{ steps.write.output.path }}"})
            ),
            step(
                "value",
                "roadiehq:utils:fs:parse",
                json!({"path": "c.json", "parser": "json"})
            ),
            step("read", "fs:read", json!({"path": "./c.json"})),
            step("env", "fs:read", json!({"path": ".env"})),
        ]),
        json!({
            "path": "${{ steps.append.output.path }}", "text": "${{ steps.text.output.content }}",
            "value": "${{ steps.value.output.content }}", "read": "${{ steps.read.output.content }}",
            "env": "${{ steps.env.output.content }}",
        }),
        &[],
    )
    .await;
    assert_eq!(
        found,
        json!({
            "path": "a/b.txt", "text": "[oone$] orders\n2\n", "value": {"x": [1, {}]},
            "read": "{\n  \"x\": [\n    1,\n    {}\n  ]\n}", "env": "one",
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn data_is_merged_serialized_and_transformed() {
    let manifest = "kind: Component # a comment\nmetadata:\n  name: old\n  tags: [a, b]\n";
    let many = "kind: A\n---\nkind: B\nspec: {x: 1}\n";
    let found = output(
        json!([
            step("fetch", "fetch:plain", json!({"url": "./files"})),
            step("merge", "roadiehq:utils:merge", json!({
                "path": "info.yaml", "content": {"metadata": {"name": "${{ parameters.name }}", "tags": ["b", "c"]}}, "mergeArrays": true,
            })),
            step("document", "roadiehq:utils:merge", json!({
                "path": "many.yaml", "content": "spec: {y: [2]}", "useDocumentIncludingField": {"key": "kind", "value": "B"},
            })),
            step("package", "roadiehq:utils:json:merge", json!({"path": "package.json", "content": "{\"b\": 2}", "matchFileIndent": true})),
            step("new", "roadiehq:utils:json:merge", json!({"path": "new/file.json", "content": {"a": [1]}})),
            step("info", "fs:read", json!({"path": "info.yaml"})),
            step("many", "fs:read", json!({"path": "many.yaml"})),
            step("all", "roadiehq:utils:fs:parse", json!({"path": "many.yaml", "parser": "multiyaml"})),
            step("packed", "fs:read", json!({"path": "package.json"})),
            step("made", "fs:read", json!({"path": "new/file.json"})),
            step("yaml", "roadiehq:utils:serialize:yaml", json!({"data": {"list": [{"a": "yes", "b": null}], "n": 1}, "options": {"indentSeq": false}})),
            step("unfolded", "roadiehq:utils:serialize:yaml", json!({"data": {"a": "word ".repeat(40)}, "options": {"lineWidth": -1}})),
            step("json", "roadiehq:utils:serialize:json", json!({"data": {"b": 1, "a": {"c": 2, "b": 3}}, "replacer": ["a", "b"], "space": " "})),
            step("jsonata", "roadiehq:utils:jsonata", json!({"data": {"list": [1, 2, 3]}, "expression": "{\"sum\": $sum(list), \"big\": list[$ > 1]}"})),
            step("nothing", "roadiehq:utils:jsonata", json!({"data": {}, "expression": "missing"})),
            step("text", "roadiehq:utils:jsonata:yaml:transform", json!({"path": "info.yaml", "expression": "$ ~> | metadata | {\"title\": \"T\"}, [\"tags\"] |"})),
            step("kinds", "roadiehq:utils:jsonata:yaml:transform", json!({"path": "many.yaml", "expression": "kind", "loadAll": true, "as": "object"})),
            step("compact", "roadiehq:utils:jsonata:json:transform", json!({"path": "package.json", "expression": "$ ~> |$|{\"c\": 3}|"})),
            step("sleep", "roadiehq:utils:sleep", json!({"amount": "0.01"})),
        ]),
        json!({
            "info": "${{ steps.info.output.content }}", "many": "${{ steps.many.output.content }}", "all": "${{ steps.all.output.content }}",
            "packed": "${{ steps.packed.output.content }}", "made": "${{ steps.made.output.content }}",
            "yaml": "${{ steps.yaml.output.serialized }}", "lines": "${{ steps.unfolded.output.serialized.split('\\n') | length }}", "json": "${{ steps.json.output.serialized }}",
            "jsonata": "${{ steps.jsonata.output.result }}", "nothing": "${{ steps.nothing.output.result }}",
            "text": "${{ steps.text.output.result }}", "kinds": "${{ steps.kinds.output.result }}",
            "compact": "${{ steps.compact.output.result }}",
        }),
        &[
            ("files/info.yaml", manifest),
            ("files/many.yaml", many),
            ("files/package.json", "{\n    \"a\": 1\n}\n"),
        ],
    )
    .await;
    let expected = json!({
        "info": "kind: Component\nmetadata:\n  name: orders\n  tags:\n    - a\n    - b\n    - c\n",
        "many": "kind: A\n---\nkind: B\nspec:\n  x: 1\n  y:\n    - 2\n",
        "all": [{"kind": "A"}, {"kind": "B", "spec": {"x": 1, "y": [2]}}],
        "packed": "{\n    \"a\": 1,\n    \"b\": 2\n}",
        "made": "{\n  \"a\": [\n    1\n  ]\n}",
        "yaml": "list:\n- a: yes\n  b: null\nn: 1\n",
        "lines": 2,
        "json": "{\n \"a\": {\n  \"b\": 3\n },\n \"b\": 1\n}",
        "jsonata": {"sum": 6, "big": [2, 3]},
        "text": "kind: Component\nmetadata:\n  name: orders\n  title: T\n",
        "kinds": ["A", "B"],
        "compact": "{\"a\":1,\"b\":2,\"c\":3}",
    });
    for (key, expected) in expected.as_object().unwrap() {
        assert_eq!(&found[key], expected, "{key}");
    }
    assert!(found["nothing"].is_null(), "{}", found["nothing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_hold_the_files() {
    let found = output(
        json!([
            step("fetch", "fetch:plain", json!({"url": "./files"})),
            step(
                "one",
                "roadiehq:utils:zip",
                json!({"path": "docs/a.txt", "outputPath": "one.zip"})
            ),
            step(
                "all",
                "roadiehq:utils:zip",
                json!({"path": ".", "outputPath": "all.zip"})
            ),
            step("publish", "publish:zip", json!({"sourcePath": "docs"})),
            step("keep", "publish:zip", json!({})),
        ]),
        json!({
            "path": "${{ steps.all.output.outputPath }}", "docs": "${{ steps.publish.output.dataUri }}",
            "whole": "${{ steps.keep.output.dataUri }}",
        }),
        &[("files/docs/a.txt", "text of a"), ("files/b/c.txt", "text of c")],
    )
    .await;
    assert_eq!(found["path"], "all.zip");
    assert_eq!(names(&found["docs"]), ["a.txt: text of a"]);
    let whole = names(&found["whole"]);
    assert_eq!(whole.len(), 4, "{whole:?}");
    assert!(whole.contains(&"b/c.txt: text of c".to_owned()), "{whole:?}");
}

/// Names and texts of the files in an archive that is an address.
fn names(address: &Value) -> Vec<String> {
    use base64::Engine;
    let text = address.as_str().unwrap();
    let text = text.strip_prefix("data:application/zip;base64,").unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let shown = (0..archive.len()).map(|index| {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        format!("{}: {}", file.name().unwrap(), String::from_utf8_lossy(&bytes))
    });
    shown.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptors_are_annotated() {
    let found = output(
        json!([
            step(
                "write",
                "roadiehq:utils:fs:write",
                json!({"path": "catalog-info.yaml", "content": "kind: Component\nmetadata:\n  name: a\n"})
            ),
            step("from", "catalog:scaffolded-from", json!({})),
            step(
                "version",
                "catalog:template:version",
                json!({"annotations": {"backstage.io/template-version": "1.2"}})
            ),
            step(
                "more",
                "catalog:annotate",
                json!({"labels": {"team": "x"}, "spec": {"type": "service"}, "writeToFile": "other.yaml"})
            ),
            step(
                "time",
                "catalog:timestamping",
                json!({"objectYaml": {"kind": "API"}, "writeToFile": "api.yaml"})
            ),
            step("info", "fs:read", json!({"path": "catalog-info.yaml"})),
            step(
                "other",
                "roadiehq:utils:fs:parse",
                json!({"path": "other.yaml", "parser": "yaml"})
            ),
            step(
                "api",
                "roadiehq:utils:fs:parse",
                json!({"path": "api.yaml", "parser": "yaml"})
            ),
        ]),
        json!({
            "info": "${{ steps.info.output.content }}", "other": "${{ steps.other.output.content }}",
            "api": "${{ steps.api.output.content }}", "given": "${{ steps.from.output.annotatedObject }}",
        }),
        &[],
    )
    .await;
    assert_eq!(
        found["info"],
        "kind: Component\nmetadata:\n  name: a\n  annotations:\n    backstage.io/template-version: \"1.2\"\n  labels: {}\nspec:\n  scaffoldedFrom: template:default/probe\n"
    );
    assert_eq!(found["other"]["metadata"]["labels"], json!({"team": "x"}));
    assert_eq!(
        found["other"]["spec"],
        json!({"scaffoldedFrom": "template:default/probe", "type": "service"})
    );
    let created = found["api"]["metadata"]["annotations"]["backstage.io/createdAt"]
        .as_str()
        .unwrap();
    assert!(created.ends_with('Z') && created.len() == 24, "{created}");
    assert!(found["given"].as_str().unwrap().contains("scaffoldedFrom"));
    let unknown = problem("catalog:template:version", json!({"objectYaml": {"kind": "API"}})).await;
    assert!(
        unknown.contains("version of the template is not known"),
        "{unknown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leads_out_of_the_workspace() {
    for (action, input) in [
        ("roadiehq:utils:fs:write", json!({"path": "../x", "content": "x"})),
        (
            "roadiehq:utils:fs:append",
            json!({"path": "/tmp/x", "content": "x"}),
        ),
        ("roadiehq:utils:fs:parse", json!({"path": "/etc/passwd"})),
        ("fs:read", json!({"path": "a/../../x"})),
        (
            "roadiehq:utils:fs:replace",
            json!({"files": [{"file": "../*", "find": "a", "replaceWith": "b"}]}),
        ),
        (
            "roadiehq:utils:json:merge",
            json!({"path": "../x.json", "content": {}}),
        ),
        (
            "roadiehq:utils:merge",
            json!({"path": "../x.yaml", "content": {}}),
        ),
        (
            "roadiehq:utils:jsonata:yaml:transform",
            json!({"path": "../x.yaml", "expression": "$"}),
        ),
        ("roadiehq:utils:zip", json!({"path": "..", "outputPath": "x.zip"})),
        (
            "roadiehq:utils:zip",
            json!({"path": ".", "outputPath": "../x.zip"}),
        ),
        ("publish:zip", json!({"sourcePath": ".."})),
        ("catalog:annotate", json!({"entityFilePath": "../x.yaml"})),
    ] {
        let message = problem(action, input.clone()).await;
        assert!(
            message.contains("outside its parent"),
            "{action} {input}: {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_says_what_is_wrong() {
    for (action, input, expected) in [
        (
            "roadiehq:utils:fs:parse",
            json!({"path": "none.txt"}),
            "There is no file none.txt",
        ),
        (
            "roadiehq:utils:merge",
            json!({"path": "none.yaml", "content": {}}),
            "There is no file none.yaml",
        ),
        (
            "roadiehq:utils:json:merge",
            json!({"path": "a.json", "content": "{"}),
            "content is no JSON",
        ),
        (
            "roadiehq:utils:jsonata",
            json!({"data": {}, "expression": "a["}),
            "JSONata failed",
        ),
        (
            "roadiehq:utils:sleep",
            json!({"amount": 4000}),
            "greater than 3600 seconds",
        ),
        (
            "roadiehq:utils:zip",
            json!({"path": "none", "outputPath": "x.zip"}),
            "File none does not exist",
        ),
        (
            "http:request",
            json!({"url": "http://169.254.169.254/latest", "method": "GET"}),
            "scaffolder.http.allowedHosts",
        ),
        (
            "http:request",
            json!({"url": "file:///etc/passwd", "method": "GET"}),
            "may not call",
        ),
        (
            "http:backstage:request",
            json!({"path": "/../settings", "method": "GET"}),
            "no path of the portal's API",
        ),
        (
            "http:backstage:request",
            json!({"path": "/catalog", "method": "GET", "body": "x"}),
            "has no body",
        ),
    ] {
        let message = problem(action, input).await;
        assert!(message.contains(expected), "{action}: {message}");
    }
}
