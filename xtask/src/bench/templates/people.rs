//! Choosing among very many people: what the form costs, and what each typed letter costs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;

use super::super::catalog::Generated;
use super::super::contender::{Contender, Running};
use super::{PATIENCE, PAUSE_OF_INGESTION, percentile, sorted};

/// People of one file.
const PER_FILE: usize = 200;
/// People whose names are typed.
const TYPED: usize = 60;
/// Fields that are typed into, with their filters.
const FIELDS: [(&str, &str); 3] = [
    ("EntityPicker", r#"{"kind":"User"}"#),
    ("OwnerPicker", r#"{"kind":["Group","User"]}"#),
    ("EntityPicker", "{}"),
];
const GIVEN: [&str; 16] = [
    "maria", "john", "wei", "fatima", "olga", "pedro", "amina", "lars", "yuki", "ravi", "chloe", "dmitri",
    "noor", "tomas", "grace", "hassan",
];
const FAMILY: [&str; 18] = [
    "silva", "smith", "zhang", "khan", "ivanova", "garcia", "diallo", "nilsen", "tanaka", "patel", "martin",
    "petrov", "haddad", "novak", "okafor", "rossi", "schmidt", "dubois",
];

/// What a page costs.
pub struct Form {
    millis: f64,
    bytes: usize,
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.1} ms (median), {} bytes", self.millis, self.bytes)
    }
}

/// Writes a template with pickers into a folder.
pub fn template(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("pickers.yaml");
    let text = "apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: pickers, title: Pickers }
spec:
  owner: group:default/team-0000
  type: service
  parameters:
    - title: People
      properties:
        person: { title: Person, type: string, ui:field: EntityPicker, ui:options: { catalogFilter: { kind: User } } }
        owner: { title: Owner, type: string, ui:field: OwnerPicker }
  steps:
    - { id: log, name: Log, action: debug:log, input: { message: hello } }
";
    std::fs::write(&file, text)?;
    Ok(file)
}

/// Fills a catalog with people, and measures form and choices.
pub fn measure(ours: &Contender, templates: &Generated, count: usize, work: &Path) -> Result<()> {
    let mut files = write(count, &work.join("people"))?;
    files.extend(templates.files.iter().cloned());
    let catalog = Generated {
        files,
        entities: count + templates.entities,
        some_component: String::new(),
        last_component: String::new(),
    };
    let begun = Instant::now();
    let server = ours.start(&catalog, &work.join("with-people"))?;
    server.wait_until_served(catalog.entities, PAUSE_OF_INGESTION, PATIENCE)?;
    println!(
        "\n{count} people, in the catalog after {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    println!("  form of a template with pickers: {}", form(&server)?);
    for (field, filter) in FIELDS {
        let (times, most) = typed(&server, field, filter, count)?;
        println!(
            "  {field} {filter}: p50 {:.1} ms, p99 {:.1} ms, {most} bytes at most, n={}",
            percentile(&times, 50),
            percentile(&times, 99),
            times.len()
        );
    }
    Ok(())
}

/// The form's page, taken eleven times.
pub fn form(server: &Running) -> Result<Form> {
    let (mut times, mut bytes) = (Vec::new(), 0);
    for _ in 0..11 {
        let begun = Instant::now();
        let mut page =
            ureq::get(format!("{}/create/templates/default/pickers", server.server.base)).call()?;
        bytes = page.body_mut().read_to_vec()?.len();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Form {
        millis: percentile(&sorted(&times), 50),
        bytes,
    })
}

/// Milliseconds of the answer to each letter, sorted, and the bytes of the largest one.
fn typed(server: &Running, field: &str, filter: &str, count: usize) -> Result<(Vec<f64>, usize)> {
    let agent = ureq::agent();
    let address = format!("{}/create/choices", server.server.base);
    let (mut times, mut most) = (Vec::new(), 0);
    for number in 0..TYPED {
        let name = name(number * count / TYPED);
        // Each beginning of the name, then a mistake that nobody's name has.
        let beginnings = (1..=name.len()).map(|length| name[..length].to_owned());
        for text in beginnings.chain([format!("{name}x")]) {
            let query = [("field", field), ("filter", filter), ("text", &text)];
            let begun = Instant::now();
            let mut answer = agent.get(&address).query_pairs(query).call()?;
            most = most.max(answer.body_mut().read_to_vec()?.len());
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok((sorted(&times), most))
}

fn name(number: usize) -> String {
    let (given, family) = (
        GIVEN[number % GIVEN.len()],
        FAMILY[number / GIVEN.len() % FAMILY.len()],
    );
    format!("{given}.{family}.{number:06}")
}

/// Writes people into files.
fn write(count: usize, folder: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    let numbers: Vec<usize> = (0..count).collect();
    let mut files = Vec::new();
    for (index, numbers) in numbers.chunks(PER_FILE).enumerate() {
        let people = numbers.iter().map(|number| {
            let (name, parts) = (name(*number), name(*number).replace('.', " "));
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {{ name: {name}, title: {parts} }}\n\
                 spec: {{ profile: {{ displayName: {parts}, email: {name}@example.com }}, memberOf: [] }}\n"
            )
        });
        let file = folder.join(format!("people-{index:05}.yaml"));
        std::fs::write(&file, people.collect::<Vec<_>>().join("---\n"))?;
        files.push(file);
    }
    Ok(files)
}
