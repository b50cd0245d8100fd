//! Real descriptor files as file locations: what becomes of each, compared with what the original made
//! of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Agreement;
use super::areas::{Area, FileServer};
use super::recorded::{Normalisation, is_foreign_name, reference, unnumbered};
use super::replay;
use crate::process::Scratch;
use crate::server::Server;

/// Token of the recordings' configuration.
pub const TOKEN: &str = "Bearer contract-static-service-token-0001";
/// How long the list of entities must stay the same.
const QUIET: Duration = Duration::from_secs(4);
/// How long that may take.
const PATIENCE: Duration = Duration::from_mins(5);

const HALVES: &[Area] = &[
    Area {
        name: "corpus/current",
        folder: "catalog-corpus/current",
        cases: "cases.jsonl",
        config: "catalog-corpus/current/config.yaml",
        root: "",
        files: FileServer::None,
        paths: &[],
    },
    Area {
        name: "corpus/history",
        folder: "catalog-corpus/history",
        cases: "cases.jsonl",
        config: "catalog-corpus/history/config.yaml",
        root: "",
        files: FileServer::None,
        paths: &[],
    },
];

/// Compares both halves.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let mut agreements = Vec::new();
    for half in HALVES {
        eprintln!("loading {}", half.name);
        agreements.extend(compare_half(half, shared, binary)?);
    }
    Ok(agreements)
}

fn compare_half(half: &Area, shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let scratch = Scratch::new("corpus")?;
    let contract = shared.join("contract");
    let root = shared.join("corpora/catalogs");
    let server = replay::start(&contract.join(half.config), &root, scratch.path(), 0, binary)?;
    settle(&server)?;
    let recorded = Recorded::read(&contract.join(half.folder), documents(&root)?)?;
    let served = Served::ask(&server, &root.to_string_lossy(), &recorded)?;
    let name = |what: &str| format!("{}/{what}", half.name);
    let command = replay::program(&contract, &server, &root, scratch.path());
    Ok(vec![
        references(name("refs"), &recorded, &served),
        entities(name("entities"), &recorded, &served),
        failed(name("failed"), &recorded, &served),
        facets(name("facets"), &recorded, &served),
        replay::send(half, &contract, scratch.path(), command)?,
    ])
}

/// Waits until the catalog does not change any more.
pub fn settle(server: &Server) -> Result<()> {
    let started = Instant::now();
    let (mut last, mut since) = (String::new(), Instant::now());
    while started.elapsed() < PATIENCE {
        let now = ask(
            server,
            "/api/catalog/entities?fields=kind,metadata.name,metadata.etag",
        )?
        .to_string();
        if now != last || is_reading(server)? {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > QUIET {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    bail!("the catalog did not come to rest within {PATIENCE:?}")
}

/// Whether some source was not read yet: on a busy machine nothing may change for seconds meanwhile.
pub fn is_reading(server: &Server) -> Result<bool> {
    let answer = ask(server, "/api/catalog/sources")?;
    let sources = answer["sources"]
        .as_array()
        .context("there is a list of sources")?;
    Ok(sources.iter().any(|source| source["status"] == "waiting"))
}

fn ask(server: &Server, path: &str) -> Result<Value> {
    let mut answer = ureq::get(format!("{}{path}", server.base))
        .header("authorization", TOKEN)
        .call()?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(200_000_000)
        .read_to_string()?;
    serde_json::from_str(&text).with_context(|| format!("{path} is no JSON"))
}

/// What the original made of the files.
struct Recorded {
    text: String,
    refs: BTreeSet<String>,
    entities: BTreeMap<String, Value>,
    failed: BTreeMap<String, Value>,
    facets: Value,
    /// Files that bring the same reference; which of them wins depends on timing.
    conflicts: BTreeMap<String, BTreeSet<String>>,
    /// The files of the corpus that hold a document of a kind and name, whether it is valid or not.
    documents: BTreeMap<String, BTreeSet<String>>,
}

impl Recorded {
    fn read(folder: &Path, documents: BTreeMap<String, BTreeSet<String>>) -> Result<Self> {
        let text = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path)
                .map(|text| unnumbered(&text))
                .with_context(|| format!("could not read {}", path.display()))
        };
        let (lines, failed, facets) = (
            text("entities.jsonl")?,
            text("failed.json")?,
            text("facets.json")?,
        );
        let entities = lines
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<Vec<Value>, _>>()?;
        let failing: Vec<Value> = serde_json::from_str(&failed)?;
        let refs: Vec<String> = serde_json::from_str(&text("refs.json")?)?;
        Ok(Self {
            refs: refs.iter().map(|reference| reference.to_lowercase()).collect(),
            entities: entities
                .into_iter()
                .map(|entity| (reference(&entity), entity))
                .collect(),
            failed: failing.into_iter().map(|row| (key(&row), row)).collect(),
            conflicts: serde_json::from_str(&text("conflicts.json")?)?,
            facets: serde_json::from_str(&facets)?,
            documents,
            text: [lines, failed, text("refs.json")?].concat(),
        })
    }

    /// Whether which file wins decides about it.
    fn is_contested(&self, reference: &str) -> bool {
        self.conflicts.contains_key(reference)
    }

    /// Whether both rows are about one reference that several files bring, and each tells of another file.
    /// The recorded conflicts know valid references only; a document with a bad name is contested as well.
    fn is_from_another_file(&self, expected: &Value, found: &Value) -> bool {
        let place = |row: &Value| row["location_key"].as_str().unwrap_or_default().to_owned();
        let brings = |place: &String| {
            let files = self.documents.get(&kind_and_name(reference_of(found)));
            files.is_some_and(|files| files.contains(place))
        };
        let (expected, found_place) = (place(expected), place(found));
        expected != found_place && brings(&expected) && brings(&found_place)
    }

    /// Contested references that another file won than in the recording.
    fn shifted(&self, served: &Served) -> usize {
        let differs = |reference: &&String| {
            let winner = self.entities.get(*reference).map(location);
            winner != served.entities.get(*reference).map(location)
        };
        self.conflicts.keys().filter(differs).count()
    }
}

/// The files that hold a document of a kind and name, from the verdicts of the corpus.
fn documents(root: &Path) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let path = root.join("VERDICTS.jsonl");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let mut documents = BTreeMap::<String, BTreeSet<String>>::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line)?;
        let field = |name: &str| row[name].as_str().unwrap_or_default();
        let known_as = format!("{}:{}", field("kind"), field("name")).to_lowercase();
        let file = format!("file:{{{{ROOT}}}}/{}", field("file"));
        documents.entry(known_as).or_default().insert(file);
    }
    Ok(documents)
}

/// A reference without its namespace, which no verdict of an invalid document tells.
fn kind_and_name(reference: &str) -> String {
    let (kind, rest) = reference.split_once(':').unwrap_or_default();
    let name = rest.split_once('/').map_or(rest, |(_, name)| name);
    format!("{kind}:{name}").to_lowercase()
}

fn reference_of(row: &Value) -> &str {
    row["entity_ref"].as_str().unwrap_or_default()
}

/// What our server makes of them.
struct Served {
    entities: BTreeMap<String, Value>,
    failed: BTreeMap<String, Value>,
    facets: BTreeMap<String, Value>,
}

impl Served {
    fn ask(server: &Server, root: &str, recorded: &Recorded) -> Result<Self> {
        let mut shown = Normalisation::new(root, &recorded.text);
        let entities: Vec<Value> = serde_json::from_value(ask(server, "/api/catalog/entities")?)?;
        shown.learn(&entities);
        let mut failed = BTreeMap::new();
        for (kind, visible) in [("pending", false), ("failed", true)] {
            let rows = ask(server, &format!("/api/catalog/entities/unprocessed/{kind}"))?;
            for row in shown.value(&rows["entities"]).as_array().into_iter().flatten() {
                let mut row = row.clone();
                row["visible"] = visible.into();
                failed.insert(key(&row), row);
            }
        }
        let mut facets = BTreeMap::new();
        for name in recorded
            .facets
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            let answer = ask(server, &format!("/api/catalog/entity-facets?facet={name}"))?;
            facets.insert(name.clone(), shown.value(&answer["facets"][name]));
        }
        let entities = entities.iter().map(|entity| shown.value(entity));
        Ok(Self {
            entities: entities.map(|entity| (reference(&entity), entity)).collect(),
            failed,
            facets,
        })
    }
}

/// What a failed entity is known by; a name that was made from a foreign path says nothing.
fn key(row: &Value) -> String {
    let reference = reference_of(row);
    let place = row["location_key"].as_str().unwrap_or_default();
    if is_foreign_name(reference) {
        format!("location of {place}")
    } else {
        reference.to_owned()
    }
}

fn location(entity: &Value) -> &str {
    entity["metadata"]["annotations"]["backstage.io/managed-by-location"]
        .as_str()
        .unwrap_or_default()
}

fn references(name: String, recorded: &Recorded, served: &Served) -> Agreement {
    let mut agreement = Agreement::new(name);
    for reference in &recorded.refs {
        match served.entities.contains_key(reference) {
            true => agreement.judge(None),
            false if recorded.is_contested(reference) => agreement.undecided += 1,
            false => agreement.judge(Some(format!("{reference} is not served"))),
        }
    }
    for reference in served
        .entities
        .keys()
        .filter(|reference| !recorded.refs.contains(*reference))
    {
        if !recorded.is_contested(reference) {
            agreement.judge(Some(format!("{reference} is served")));
        }
    }
    agreement
}

fn entities(name: String, recorded: &Recorded, served: &Served) -> Agreement {
    let mut agreement = Agreement::new(name);
    for (reference, expected) in &recorded.entities {
        let Some(found) = served.entities.get(reference) else {
            continue; // told by the references
        };
        if let Some(files) = recorded.conflicts.get(reference) {
            let winner = location(found);
            let difference = format!("{reference} comes from {winner}, which does not bring it");
            agreement.judge((!files.contains(winner)).then_some(difference));
            continue;
        }
        let (expected, found) = comparable(expected, found, recorded);
        agreement.judge((expected != found).then(|| format!("{reference} is {found}, expected {expected}")));
    }
    agreement
}

/// Both without what depends on who won: relations with contested entities, and the origin of a file that
/// several locations lead to.
fn comparable(expected: &Value, found: &Value, recorded: &Recorded) -> (Value, Value) {
    const ORIGIN: &str = "backstage.io/managed-by-origin-location";
    let (mut expected, mut found) = (expected.clone(), found.clone());
    let has_same_file = location(&expected) == location(&found);
    for entity in [&mut expected, &mut found] {
        if let Some(relations) = entity["relations"].as_array_mut() {
            relations.retain(|relation| {
                !recorded.is_contested(relation["targetRef"].as_str().unwrap_or_default())
            });
        }
        if let Some(annotations) = entity["metadata"]["annotations"]
            .as_object_mut()
            .filter(|_| has_same_file)
        {
            annotations.remove(ORIGIN);
        }
    }
    (expected, found)
}

fn failed(name: String, recorded: &Recorded, served: &Served) -> Agreement {
    let mut agreement = Agreement::new(name);
    let all: BTreeSet<&String> = recorded.failed.keys().chain(served.failed.keys()).collect();
    for key in all {
        let (expected, found) = (recorded.failed.get(key), served.failed.get(key));
        let told = |row: Option<&Value>| {
            row.map(|row| ["location_key", "visible", "errors"].map(|field| row[field].clone()))
        };
        let is_from_another_file = expected
            .zip(found)
            .is_some_and(|(expected, found)| recorded.is_from_another_file(expected, found));
        let (expected, found) = (told(expected), told(found));
        match expected == found {
            true => agreement.judge(None),
            false if recorded.is_contested(key) || is_from_another_file => {
                agreement.undecided += usize::from(recorded.failed.contains_key(key));
            }
            false => agreement.judge(Some(format!("{key}: {found:?}, expected {expected:?}"))),
        }
    }
    agreement
}

fn facets(name: String, recorded: &Recorded, served: &Served) -> Agreement {
    let mut agreement = Agreement::new(name);
    let shifted = i64::try_from(recorded.shifted(served)).unwrap_or(i64::MAX);
    for (facet, found) in &served.facets {
        let (expected, found) = (counts(&recorded.facets[facet]), counts(found));
        let values: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
        for value in values {
            let count = |counts: &BTreeMap<String, i64>| counts.get(value).copied().unwrap_or(0);
            let (expected, found) = (count(&expected), count(&found));
            match expected == found {
                true => agreement.judge(None),
                false if (expected - found).abs() <= shifted => {
                    agreement.undecided += usize::from(expected > 0);
                }
                false => agreement.judge(Some(format!("{facet}={value}: {found}, expected {expected}"))),
            }
        }
    }
    agreement
}

fn counts(values: &Value) -> BTreeMap<String, i64> {
    let rows = values.as_array().into_iter().flatten();
    rows.map(|row| (row["value"].to_string(), row["count"].as_i64().unwrap_or(0)))
        .collect()
}
