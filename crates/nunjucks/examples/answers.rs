//! What texts with expressions give, for comparing with the engine of the original (`tests/oracle/answers.mjs`, which reads and
//! prints the same).
//!
//! Each line of the input is a text with its context: `{"text": "${{ a }}", "context": {"a": 1}, "cookiecutter": false}`. A line of output
//! answers it: `{"value": 1}`, `{}` for nothing, or `{"error": "Template error at line 1, …"}`.

use std::io::{self, BufRead, Write};

use nunjucks::{Extensions, Options, Template};
use serde_json::{Value, json};

/// Filters that the scaffolder adds. Here each gives its name and what it was given.
const ADDED: [&str; 4] = ["parseRepoUrl", "parseEntityRef", "pick", "projectSlug"];

fn main() -> io::Result<()> {
    let extensions = ADDED.into_iter().fold(Extensions::default(), |extensions, name| {
        extensions.filter(name, move |given| {
            Ok(Some(json!({"filter": name, "given": given})))
        })
    });
    let mut output = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        writeln!(output, "{}", answer(&question, &extensions))?;
    }
    output.flush()
}

fn answer(question: &Value, extensions: &Extensions) -> Value {
    let is_cookiecutter = question["cookiecutter"] == true;
    let options = Options {
        variable_start: if is_cookiecutter { "{{" } else { "${{" },
        has_python_words: is_cookiecutter,
        ..Options::default()
    };
    let template = Template::parse(question["text"].as_str().unwrap_or_default(), &options);
    match template.and_then(|template| template.render(&question["context"], extensions)) {
        Ok(Some(value)) => json!({"value": value}),
        Ok(None) => json!({}),
        Err(error) => json!({"error": error.to_string()}),
    }
}
