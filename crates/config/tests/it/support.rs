//! Files in a temporary folder, and loading them.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Config, LoadOptions};
use model::Problem;

/// A folder with the given files and the environment of a start in it.
pub struct Start {
    pub folder: tempfile::TempDir,
    pub options: LoadOptions,
}

/// Writes `files` and sets the variables.
pub fn start(files: &[(&str, &str)], env: &[(&str, &str)]) -> Start {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("folders");
        std::fs::write(path, text).expect("written");
    }
    let env: BTreeMap<String, String> = env
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let options = LoadOptions {
        files: Vec::new(),
        env,
        cwd: folder.path().to_owned(),
    };
    Start { folder, options }
}

impl Start {
    /// Loads, expecting success.
    pub fn config(&self) -> Config {
        Config::load(&self.options).unwrap_or_else(|problems| panic!("{}", texts(&problems).join("\n")))
    }

    /// Loads, expecting failure; the folder's name is cut out of the texts.
    pub fn failures(&self) -> Vec<String> {
        let problems = Config::load(&self.options).expect_err("a failure");
        texts(&problems)
            .iter()
            .map(|text| text.replace(&self.prefix(), ""))
            .collect()
    }

    fn prefix(&self) -> String {
        format!("{}/", self.folder.path().display())
    }
}

/// The configuration of one file.
pub fn one_file(text: &str) -> Config {
    start(&[("app-config.yaml", text)], &[]).config()
}

/// Problems as `severity line: Name: message`.
pub fn texts(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let line = problem.place.as_ref().and_then(|place| place.line);
            let line = line.map_or_else(|| "-".to_owned(), |line| line.to_string());
            format!("{} {line} {}", problem.severity.as_str(), problem.fault)
        })
        .collect()
}

/// The file name of a problem's place.
pub fn file_name(problem: &Problem) -> String {
    let source = problem.place.as_ref().map_or("", |place| place.source.as_str());
    Path::new(source)
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
