//! What texts with expressions give, for comparing with the engine of the original (`tests/oracle/answers.mjs`, which reads and
//! prints the same).
//!
//! The first line of the input is an object of contexts by name. Each line behind it is a text with the name of its context:
//! `{"text": "${{ a }}", "context": "texts", "cookiecutter": false}`. One line of output answers each: `{"value": 1}`, `{}` for nothing, or
//! `{"error": "Template error at line 1, …"}`.

use std::io::{self, BufRead, Write};

use nunjucks::{Extensions, Options, Template};
use serde_json::{Value, json};

/// Filters that the scaffolder adds. Here each gives its name and what it was given.
const ADDED: [&str; 4] = ["parseRepoUrl", "parseEntityRef", "pick", "projectSlug"];

fn main() -> io::Result<()> {
    let mut lines = io::stdin().lock().lines();
    let contexts: Value = serde_json::from_str(&lines.next().unwrap_or_else(|| Ok("{}".to_owned()))?)?;
    let extensions = ADDED.into_iter().fold(Extensions::default(), |extensions, name| {
        extensions.filter(name, move |given| {
            Ok(Some(json!({"filter": name, "given": given})))
        })
    });
    let mut output = io::BufWriter::new(io::stdout().lock());
    for line in lines {
        let question: Value = serde_json::from_str(&line?)?;
        writeln!(output, "{}", answer(&question, &contexts, &extensions))?;
    }
    output.flush()
}

fn answer(question: &Value, contexts: &Value, extensions: &Extensions) -> Value {
    let is_cookiecutter = question["cookiecutter"] == true;
    let options = Options {
        variable_start: if is_cookiecutter { "{{" } else { "${{" },
        has_python_words: is_cookiecutter,
        ..Options::default()
    };
    let context = &contexts[question["context"].as_str().unwrap_or_default()];
    let template = Template::parse(question["text"].as_str().unwrap_or_default(), &options);
    match template.and_then(|template| template.render(context, extensions)) {
        Ok(Some(value)) => json!({"value": value}),
        Ok(None) => json!({}),
        Err(error) => json!({"error": error.to_string()}),
    }
}
