//! How long it takes and how much it needs. Each figure is a line of name, number and unit.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use code_search::{BlobId, Bounds, Count, Everything, Index, Question, Rules, Stop};
use sha1::{Digest, Sha1};

/// Repositories that are published at once.
const AT_ONCE: usize = 50;

/// The folders of repositories: two levels deep.
pub fn repositories(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for owner in fs::read_dir(folder)? {
        for repository in fs::read_dir(owner?.path())? {
            found.push(repository?.path());
        }
    }
    found.sort();
    Ok(found)
}

/// All files below a folder.
pub fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if entry.file_name() != ".git" {
                files(&entry.path(), found)?;
            }
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// Makes an index of a folder.
pub fn index(folder: &Path, place: &Path) -> io::Result<()> {
    let begun = Instant::now();
    let index = Index::open(place).map_err(io::Error::other)?;
    let mut bytes = 0;
    for (number, repository) in repositories(folder)?.iter().enumerate() {
        bytes += add(&index, folder, repository)?;
        if number % AT_ONCE == AT_ONCE - 1 {
            index.publish().map_err(io::Error::other)?;
            while index.tidy().map_err(io::Error::other)? {}
        }
    }
    index.publish().map_err(io::Error::other)?;
    while index.tidy().map_err(io::Error::other)? {}
    let size = index.size()?;
    say("time of indexing", begun.elapsed().as_secs_f64(), "s")?;
    say("text", bytes as f64 / 1e6, "MB")?;
    say("different text that is kept", size.text as f64 / 1e6, "MB")?;
    say("files", size.files as f64, "")?;
    say("shards", size.shards as f64, "")?;
    say("index on the disk", size.disk as f64 / 1e6, "MB")?;
    say("index for each byte of text", size.disk as f64 / bytes as f64, "")?;
    say("memory of indexing at most", memory("VmHWM")?, "MiB")
}

fn add(index: &Index, folder: &Path, repository: &Path) -> io::Result<u64> {
    let name = repository
        .strip_prefix(folder)
        .map_err(io::Error::other)?
        .to_string_lossy()
        .into_owned();
    let mut paths = Vec::new();
    files(repository, &mut paths)?;
    let mut bytes = 0;
    let mut draft = index.draft(
        &name,
        "0000000000000000000000000000000000000000",
        Rules::default(),
    );
    for path in paths {
        let text = fs::read(&path)?;
        let inner = path
            .strip_prefix(repository)
            .map_err(io::Error::other)?
            .to_string_lossy()
            .into_owned();
        let blob = blob(&text)?;
        if draft.add(&inner, blob, text.len() as u64) {
            draft.content(&inner, blob, &text).map_err(io::Error::other)?;
        }
        bytes += text.len() as u64;
    }
    draft.finish();
    Ok(bytes)
}

fn blob(text: &[u8]) -> io::Result<BlobId> {
    let mut digest = Sha1::new();
    digest.update(format!("blob {}\0", text.len()));
    digest.update(text);
    BlobId::of_bytes(&digest.finalize()).ok_or_else(|| io::Error::other("a digest has 20 bytes"))
}

/// What was asked and how it went.
#[derive(Default)]
struct Asked {
    times: Vec<Duration>,
    cut: usize,
    late: usize,
    empty: usize,
    files: u64,
    slowest: (Duration, String),
}

/// Asks all questions of a file once to warm up what the system keeps of files, and once more for the figures.
pub fn ask(place: &Path, file: &Path) -> io::Result<()> {
    let begun = Instant::now();
    let index = Index::open(place).map_err(io::Error::other)?;
    say("opening", begun.elapsed().as_secs_f64() * 1e3, "ms")?;
    say("memory after opening", memory("VmRSS")?, "MiB")?;
    let text = fs::read_to_string(file)?;
    let questions: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    for kind in ["literal", "regex"] {
        for warm in [false, true] {
            let mut asked = Asked::default();
            for (_, question) in questions.iter().filter(|(held, _)| *held == kind) {
                one(&index, question, &mut asked);
            }
            if warm {
                tell(kind, asked)?;
            }
        }
    }
    say("memory while serving", memory("VmRSS")?, "MiB")?;
    say("memory at most", memory("VmHWM")?, "MiB")
}

fn one(index: &Index, question: &str, asked: &mut Asked) {
    let question = Question::read(question);
    let begun = Instant::now();
    let answer = index.answer(&question, &Everything, &Bounds::default());
    let time = begun.elapsed();
    asked.times.push(time);
    asked.cut += usize::from(matches!(answer.count, Count::AtLeast(_)));
    asked.late += usize::from(answer.looked.stopped == Some(Stop::Time));
    asked.empty += usize::from(answer.count.number() == 0);
    asked.files += answer.looked.files;
    if time > asked.slowest.0 {
        asked.slowest = (
            time,
            format!("{question}  {:?} {:?}", answer.count, answer.looked),
        );
    }
}

fn tell(kind: &str, mut asked: Asked) -> io::Result<()> {
    asked.times.sort_unstable();
    let at = |part: f64| {
        let last = asked.times.len().saturating_sub(1);
        asked
            .times
            .get((last as f64 * part).ceil() as usize)
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    say(&format!("{kind} questions"), asked.times.len() as f64, "")?;
    say(&format!("{kind} median"), at(0.5), "ms")?;
    say(&format!("{kind} p90"), at(0.9), "ms")?;
    say(&format!("{kind} p99"), at(0.99), "ms")?;
    say(&format!("{kind} at most"), at(1.0), "ms")?;
    say(
        &format!("{kind} files looked at on average"),
        asked.files as f64 / asked.times.len().max(1) as f64,
        "",
    )?;
    say(
        &format!("{kind} with more files than are looked for"),
        asked.cut as f64,
        "",
    )?;
    say(&format!("{kind} cut by time"), asked.late as f64, "")?;
    say(&format!("{kind} that found nothing"), asked.empty as f64, "")?;
    writeln!(io::stderr(), "slowest {kind}: {}", asked.slowest.1)
}

fn say(name: &str, number: f64, unit: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{name}\t{number:.3}\t{unit}")
}

/// A figure of this process in MiB.
fn memory(field: &str) -> io::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .unwrap_or("");
    let kilobytes = line
        .trim_start_matches(':')
        .split_whitespace()
        .next()
        .unwrap_or("0");
    Ok(kilobytes.parse::<f64>().map_err(io::Error::other)? / 1024.0)
}
