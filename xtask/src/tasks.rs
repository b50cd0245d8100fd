//! What the command line may say: the tasks, their help, and the words that each takes.

use crate::{bench, image};

/// A task and its help.
#[derive(Debug)]
pub struct Task {
    /// Its name.
    pub name: &'static str,
    /// What it does, in the list of all tasks.
    about: &'static str,
    /// What may stand behind the name.
    words: Words,
}

/// What a task takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// Nothing but these words, each at most once.
    Only(&'static [&'static str]),
    /// It reads them itself and refuses what it does not know.
    Own,
    /// A program and whatever that takes.
    Program,
}

/// All tasks, in the order of the help.
const TASKS: [Task; 9] = [
    Task {
        name: "test",
        about: "everything that must pass: format, lints, dependency rules, unit, contract and\n\
                browser tests, on SQLite and on a real PostgreSQL",
        words: Words::Only(&[]),
    },
    Task {
        name: "check",
        about: "the quick half of it: format, lints, dependency rules, tidiness, the manifests of deploy; `check deploy`\n\
                looks at these alone",
        words: Words::Only(&["deploy"]),
    },
    Task {
        name: "browser",
        about: "pages in a headless browser, and the original's stock client, against our server",
        words: Words::Only(&[]),
    },
    Task {
        name: "picture",
        about: "takes the picture of the README anew",
        words: Words::Only(&[]),
    },
    Task {
        name: "conformance",
        about: "agreement with the recorded answers and verdicts of the original, against the floors\n\
                in conformance/floors.json; reads ../shared (or $SHARED); with names of comparisons only these",
        words: Words::Own,
    },
    Task {
        name: "acceptance",
        about: "a service's first day on real servers, in a real browser, against the release binary;\n\
                then the manifests of deploy, applied by Flux from a Gitea (`acceptance deploy` plays these alone);\n\
                reads ../shared (or $SHARED)",
        words: Words::Only(&["deploy"]),
    },
    Task {
        name: "bench",
        about: "our release build beside the original on generated catalogs, and within the limits of a pod\n\
                (bench/README.md)",
        words: Words::Own,
    },
    Task {
        name: "image",
        about: "the release binary as a reproducible OCI archive in target/image",
        words: Words::Own,
    },
    Task {
        name: "watched",
        about: "one test program, failing it when it is slow or leaves something behind; `test` runs each so",
        words: Words::Program,
    },
];

/// What the command line comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// A text to print, and nothing else.
    Help(String),
    /// The task of this name.
    Run(&'static str),
    /// What is wrong with it, and how it is called.
    Refused(String),
}

/// Reads the words behind `cargo xtask`. Nothing runs that does not know every one of them.
pub fn asked(arguments: &[String]) -> Asked {
    let Some((name, rest)) = arguments.split_first() else {
        return Asked::Refused(usage());
    };
    if is_help(name) || name == "help" {
        return Asked::Help(usage());
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        return Asked::Refused(format!("there is no task {name}\n{}", usage()));
    };
    let wants_help = match task.words {
        // What stands behind the program is the program's own.
        Words::Program => rest.first().is_some_and(|word| is_help(word)),
        Words::Only(_) | Words::Own => rest.iter().any(|word| is_help(word)),
    };
    if wants_help {
        return Asked::Help(task.help(rest));
    }
    match task.unknown(rest) {
        Some(word) => Asked::Refused(format!("{name} does not know {word}\n{}", task.help(rest))),
        None => Asked::Run(task.name),
    }
}

fn is_help(word: &str) -> bool {
    ["--help", "-h"].contains(&word)
}

/// All tasks.
fn usage() -> String {
    let mut text =
        "usage: cargo xtask <task>; `cargo xtask <task> --help` tells what it takes\n\ntasks\n".to_owned();
    for task in &TASKS {
        let about = task.about.replace('\n', "\n                ");
        text.push_str(&format!("  {:<13} {about}\n", task.name));
    }
    text
}

impl Task {
    /// The first word that it does not take.
    fn unknown<'a>(&self, words: &'a [String]) -> Option<&'a str> {
        let Words::Only(known) = self.words else {
            return None;
        };
        let mut words = words.iter().enumerate();
        let unknown = words.find(|(at, word)| *at >= known.len() || !known.contains(&word.as_str()));
        unknown.map(|(_, word)| word.as_str())
    }

    /// Its own text.
    fn help(&self, words: &[String]) -> String {
        match self.name {
            "bench" => return bench::help(words).to_owned() + "\n",
            "image" => return image::USAGE.to_owned() + "\n",
            _ => {}
        }
        let takes = match self.words {
            Words::Only([]) => String::new(),
            Words::Only(known) => format!(" [{}]", known.join("|")),
            Words::Own => " [NAME…]".to_owned(),
            Words::Program => " PROGRAM [ARGUMENT…]".to_owned(),
        };
        let about = self.about.replace('\n', "\n  ");
        format!("usage: cargo xtask {}{takes}\n  {about}\n", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, TASKS, asked};

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn every_task_tells_its_help_and_does_nothing_else() {
        for task in &TASKS {
            for flag in ["--help", "-h"] {
                let Asked::Help(text) = asked(&words(&format!("{} {flag}", task.name))) else {
                    panic!("{} {flag} is no call for help", task.name);
                };
                let usage = format!("usage: cargo xtask {}", task.name);
                assert!(text.starts_with(&usage), "{text}");
            }
        }
        for (line, part) in [
            ("--help", "acceptance"),
            ("help", "conformance"),
            ("acceptance deploy --help", "acceptance [deploy]"),
            ("bench limits --help", "bench limits"),
            ("bench gitea --help", "bench gitea"),
            ("bench --sizes 1k --help", "--sizes"),
            ("image --push a:1 -h", "--push"),
        ] {
            let Asked::Help(text) = asked(&words(line)) else {
                panic!("{line} is no call for help");
            };
            assert!(text.contains(part), "{line}: {text}");
        }
    }

    #[test]
    fn what_nobody_knows_is_refused_before_anything_runs() {
        for line in [
            "",
            "tests",
            "test --quick",
            "check --deploy",
            "check deploy deploy",
            "browser specs",
            "picture --out x",
            "acceptance --deploy",
            "acceptance deploy now",
        ] {
            assert!(matches!(asked(&words(line)), Asked::Refused(_)), "{line}");
        }
        for (line, task) in [
            ("test", "test"),
            ("check deploy", "check"),
            ("acceptance", "acceptance"),
            ("acceptance deploy", "acceptance"),
            ("watched ./test --help", "watched"),
            ("bench --sizes 1k", "bench"),
        ] {
            assert_eq!(asked(&words(line)), Asked::Run(task), "{line}");
        }
    }
}
