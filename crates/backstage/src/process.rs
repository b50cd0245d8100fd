//! What the process asks of the system at its start, and how it ends.

use std::io;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, getpid, getrlimit, kill_process, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

/// Exit code of a process that had to be ended.
const FORCED: i32 = 1;
/// How long an orderly exit may take once it is forced.
const LAST_MOMENT: Duration = Duration::from_secs(1);
/// Open files that are kept for the database, the search index, watches and reading.
const OTHER_FILES: u64 = 512;

/// Raises the limit of open files as far as the system lets; returns it, `None` without a limit.
pub fn raise_open_files() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if limit.current == limit.maximum || setrlimit(Resource::Nofile, raised).is_ok() {
        limit.maximum
    } else {
        limit.current
    }
}

/// How many of the wanted connections fit beside other open files: at least half of what may be open.
pub fn connections_within(open_files: Option<u64>, wanted: usize) -> usize {
    let Some(open_files) = open_files else {
        return wanted;
    };
    let left = open_files - OTHER_FILES.min(open_files / 2);
    wanted.min(usize::try_from(left).unwrap_or(usize::MAX))
}

/// Makes a file that grows beyond `ulimit -f` an error of the write, as on a full disk, instead of the end of the
/// process. Needs a running tokio runtime.
pub fn survive_file_size_limit() -> io::Result<()> {
    // A signal that somebody listens to loses its default effect for the rest of the process's life.
    signal(SignalKind::from_raw(Signal::XFSZ.as_raw())).map(drop)
}

/// Ends the process, whatever its threads do.
pub fn end() {
    std::thread::spawn(|| {
        std::thread::sleep(LAST_MOMENT);
        // An orderly exit waits for what libraries clean up, which may never end.
        let _ = kill_process(getpid(), Signal::KILL);
    });
    std::process::exit(FORCED)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn check(open_files: Option<u64>, expected: usize) {
        assert_eq!(connections_within(open_files, 4096), expected, "{open_files:?}");
    }

    #[test]
    fn a_process_ends_whatever_its_threads_do() {
        const IN_CHILD: &str = "END_WITH_BUSY_THREADS";
        if std::env::var_os(IN_CHILD).is_some() {
            std::thread::spawn(|| {
                loop {
                    std::hint::spin_loop();
                }
            });
            end();
        }
        let name = "process::tests::a_process_ends_whatever_its_threads_do";
        let status = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", name])
            .env(IN_CHILD, "1")
            .status()
            .expect("it runs");
        assert_eq!(status.code(), Some(FORCED));
    }

    #[test]
    fn connections_leave_files_to_others() {
        check(None, 4096);
        check(Some(1_048_576), 4096);
        check(Some(4096), 3584);
        check(Some(1024), 512);
        check(Some(256), 128);
    }
}
