//! A portal process on a folder: started, asked, stopped or killed.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::command;

/// Longest wait for anything a portal does.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A process, ended with the value.
pub struct Portal {
    child: Child,
    log: PathBuf,
    _folder: tempfile::TempDir,
    data: Option<tempfile::TempDir>,
}

impl Portal {
    /// Starts in a folder that has an `app-config.yaml`. It listens a little later.
    pub fn start(folder: &Path) -> Self {
        Self::spawn(command(folder, &["serve"]))
    }

    /// Starts in a folder without configuration, whose data folder is `data` there.
    pub fn start_bare(folder: &Path) -> Self {
        let mut command = command(folder, &["serve", "--listen", "0"]);
        command.env("APP_CONFIG_portal_dataDirectory", folder.join("data"));
        Self::run(command)
    }

    /// Starts with a largest size of files, in KiB, that `allow_large_files` lifts again.
    pub fn start_with_small_files(folder: &Path, kibibytes: u32) -> Self {
        Self::start_limited(folder, &format!("ulimit -S -f {}", kibibytes * 2))
    }

    /// Starts with limits that a shell sets before.
    pub fn start_limited(folder: &Path, limits: &str) -> Self {
        let plain = command(folder, &["serve"]);
        let mut limited = Command::new("sh");
        limited
            .current_dir(folder)
            .args(["-c", &format!("{limits}; exec \"$0\" serve")])
            .arg(plain.get_program())
            .env("LOG_FORMAT", "json");
        Self::spawn(limited)
    }

    fn spawn(mut command: Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the data");
        // Each replica keeps its search index on a disk of its own.
        command.env("APP_CONFIG_portal_dataDirectory", folder.path().join("data"));
        let mut portal = Self::run(command);
        portal.data = Some(folder);
        portal
    }

    fn run(mut command: Command) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().expect("a folder for the log");
        let log = folder
            .path()
            .join(format!("{}.log", NUMBER.fetch_add(1, Ordering::Relaxed)));
        let file = std::fs::File::create(&log).expect("the log can be made");
        let child = command.stderr(file).spawn().expect("the binary starts");
        Self {
            child,
            log,
            _folder: folder,
            data: None,
        }
    }

    /// Host and port, once it listens.
    pub fn address(&mut self) -> String {
        eventually("the portal tells its address", || {
            if let Some(status) = self.child.try_wait().expect("the child can be asked") {
                panic!("the portal ended at start, {status}:\n{}", self.log());
            }
            let told = |line: &str| -> Option<String> {
                let line: Value = serde_json::from_str(line).ok()?;
                Some(line["address"].as_str()?.strip_prefix("http://")?.to_owned())
            };
            self.log().lines().find_map(told)
        })
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// A whole answer, head included.
    pub fn get(&mut self, path: &str) -> String {
        self.request(&format!("GET {path} HTTP/1.1"), "")
    }

    /// The same with one more header.
    pub fn get_with(&mut self, path: &str, header: &str) -> String {
        self.request(&format!("GET {path} HTTP/1.1\r\n{header}"), "")
    }

    /// The JSON body of an answer; null when there is none.
    pub fn json(&mut self, path: &str) -> Value {
        let answer = self.get(path);
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_default()
    }

    /// Has an entity's sources looked at now.
    pub fn refresh(&mut self, reference: &str) {
        let body = format!(r#"{{"entityRef":"{reference}"}}"#);
        let answer = self.request("POST /api/catalog/refresh HTTP/1.1", &body);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn request(&mut self, line: &str, body: &str) -> String {
        ask(&self.address(), line, body)
    }

    /// Values of a key with the number of entities that have each.
    pub fn facet(&mut self, key: &str) -> BTreeMap<String, u64> {
        let answer = self.json(&format!("/api/catalog/entity-facets?facet={key}"));
        let values = answer["facets"][key].as_array().cloned().unwrap_or_default();
        let pair = |one: &Value| Some((one["value"].as_str()?.to_owned(), one["count"].as_u64()?));
        values.iter().filter_map(pair).collect()
    }

    /// Ends it as a crash would, at once.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end and waits; whether it ended well.
    pub fn stop(&mut self) -> bool {
        self.signal("TERM");
        self.child.wait().expect("it ends").success()
    }

    /// Lifts the limit it was started with.
    pub fn allow_large_files(&self) {
        let pid = self.child.id().to_string();
        let done = Command::new("prlimit")
            .args(["--pid", &pid, "--fsize=unlimited:unlimited"])
            .status()
            .expect("prlimit runs");
        assert!(done.success());
    }

    /// The soft and the hard limit of open files.
    pub fn open_files(&self) -> (String, String) {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.child.id())).expect("it runs");
        let line = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max open files"));
        let mut words = line
            .expect("Linux tells it")
            .split_whitespace()
            .map(str::to_owned);
        words.next().zip(words.next()).expect("two limits")
    }

    /// Most memory it ever had resident, in MiB.
    pub fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kibibytes.expect("Linux tells the peak") / 1_024
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the child can be asked").is_none()
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(told.success());
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole answer, head included, to a request at any address.
pub fn ask(address: &str, line: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the portal listens");
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("a time-out can be set");
    let length = body.len();
    write!(
        stream,
        "{line}\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// Tries again until there is an answer, for [`PATIENCE`] at most.
pub fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = attempt() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(15));
    }
    panic!("not within {PATIENCE:?}: {what}");
}
