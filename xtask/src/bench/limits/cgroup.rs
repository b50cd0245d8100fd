//! A control group with a limit of processor time and memory, of version 1 or 2 (cgroups(7)).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// Where Linux shows control groups.
const ROOT: &str = "/sys/fs/cgroup";
/// Microseconds of a period, as the kubelet has it.
const PERIOD: u64 = 100_000;
/// The greatest weight of version 1 and of version 2: what else runs on the machine must not take the quota away.
const WEIGHTS: (u64, u64) = (262_144, 10_000);

/// What a group may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Thousandths of a processor.
    pub millicpu: u64,
    /// Bytes.
    pub memory: u64,
}

/// The two ways in which Linux has control groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A group, removed with the value; what runs in it must have ended before.
pub struct Group {
    version: Version,
    /// Where processor time is limited.
    cpu: PathBuf,
    /// Where memory is; the same folder in version 2.
    memory: PathBuf,
}

/// What a group used since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Periods in which something ran.
    pub periods: u64,
    /// Those of them in which it had to wait for the next.
    pub throttled: u64,
    /// How long its threads waited, all together.
    pub waited: Duration,
    /// Processes that were killed for want of memory.
    pub killed: u64,
}

impl Group {
    /// Makes a group. Fails with a sentence where this machine does not let us.
    pub fn make(name: &str, limits: Limits) -> Result<Self> {
        Self::below(Path::new(ROOT), name, limits)
    }

    fn below(root: &Path, name: &str, limits: Limits) -> Result<Self> {
        let version = version(root)?;
        let name = format!("backstage-{name}-{}", std::process::id());
        let group = match version {
            Version::One => Self {
                version,
                cpu: root.join("cpu").join(&name),
                memory: root.join("memory").join(&name),
            },
            Version::Two => Self {
                version,
                cpu: root.join(&name),
                memory: root.join(&name),
            },
        };
        if version == Version::Two {
            // Already on where systemd runs; where it is refused, the files below are missing and say so.
            let _ = std::fs::write(root.join("cgroup.subtree_control"), "+cpu +memory");
        }
        for folder in [&group.cpu, &group.memory] {
            std::fs::create_dir_all(folder).with_context(|| refusal(folder))?;
        }
        group.limit(limits)?;
        Ok(group)
    }

    fn limit(&self, limits: Limits) -> Result<()> {
        let quota = limits.millicpu * PERIOD / 1_000;
        let memory = limits.memory.to_string();
        match self.version {
            Version::One => {
                set(&self.cpu.join("cpu.cfs_period_us"), &PERIOD.to_string())?;
                set(&self.cpu.join("cpu.cfs_quota_us"), &quota.to_string())?;
                set(&self.cpu.join("cpu.shares"), &WEIGHTS.0.to_string())?;
                set(&self.memory.join("memory.limit_in_bytes"), &memory)?;
                without_swap(&self.memory.join("memory.memsw.limit_in_bytes"), &memory)
            }
            Version::Two => {
                set(&self.cpu.join("cpu.max"), &format!("{quota} {PERIOD}"))?;
                set(&self.cpu.join("cpu.weight"), &WEIGHTS.1.to_string())?;
                set(&self.memory.join("memory.max"), &memory)?;
                without_swap(&self.memory.join("memory.swap.max"), "0")
            }
        }
    }

    /// A command that enters the group and then becomes `program`, with the same process id.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut script = String::new();
        for folder in [&self.cpu, &self.memory] {
            let _ = write!(script, "echo $$ > '{}/cgroup.procs' && ", folder.display());
        }
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{script}exec \"$0\" \"$@\"")])
            .arg(program);
        command
    }

    /// What it used so far.
    pub fn usage(&self) -> Result<Usage> {
        let cpu = read(&self.cpu.join("cpu.stat"))?;
        let (waited, events) = match self.version {
            Version::One => (
                Duration::from_nanos(field(&cpu, "throttled_time")),
                read(&self.memory.join("memory.oom_control"))?,
            ),
            Version::Two => (
                Duration::from_micros(field(&cpu, "throttled_usec")),
                read(&self.memory.join("memory.events"))?,
            ),
        };
        Ok(Usage {
            periods: field(&cpu, "nr_periods"),
            throttled: field(&cpu, "nr_throttled"),
            waited,
            killed: field(&events, "oom_kill"),
        })
    }

    /// Where its memory is read, from any thread.
    pub fn held(&self) -> Held {
        Held {
            version: self.version,
            file: self.memory.join("memory.stat"),
        }
    }
}

/// Memory of a group.
pub struct Held {
    version: Version,
    file: PathBuf,
}

impl Held {
    /// Bytes that the system cannot take back while they are used: those of processes and those they share, without cached files.
    pub fn bytes(&self) -> Result<u64> {
        let text = read(&self.file)?;
        let own = match self.version {
            Version::One => field(&text, "rss"),
            Version::Two => field(&text, "anon"),
        };
        Ok(own + field(&text, "shmem"))
    }
}

impl Usage {
    /// What was used since an earlier moment.
    pub fn since(self, before: Self) -> Self {
        Self {
            periods: self.periods - before.periods,
            throttled: self.throttled - before.throttled,
            waited: self.waited.saturating_sub(before.waited),
            killed: self.killed - before.killed,
        }
    }

    /// Percent of the periods with work in which it had to wait.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52 periods")]
    pub fn share_throttled(self) -> f64 {
        100.0 * self.throttled as f64 / self.periods.max(1) as f64
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for folder in [&self.cpu, &self.memory] {
            // Gone already where both are one folder.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn version(root: &Path) -> Result<Version> {
    if root.join("cgroup.controllers").is_file() {
        return Ok(Version::Two);
    }
    if root.join("cpu").is_dir() && root.join("memory").is_dir() {
        return Ok(Version::One);
    }
    bail!(
        "{} shows neither control groups of version 2 nor `cpu` and `memory` of version 1, so that nothing can be limited: run this \
         on Linux, as root",
        root.display()
    )
}

fn refusal(folder: &Path) -> String {
    format!(
        "cannot make the control group {}: this needs root and a writable {ROOT} (in a container: a privileged one)",
        folder.display()
    )
}

fn set(file: &Path, value: &str) -> Result<()> {
    std::fs::write(file, value).with_context(|| {
        format!(
            "cannot write {value} to {}: the controllers `cpu` and `memory` must be there and ours",
            file.display()
        )
    })
}

/// A kernel without swap has no such file.
fn without_swap(file: &Path, value: &str) -> Result<()> {
    if file.exists() { set(file, value) } else { Ok(()) }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// A number of a file with a name and a number in each line; 0 where it is not there.
fn field(text: &str, name: &str) -> u64 {
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Group, Limits, Usage, field};

    const LIMITS: Limits = Limits {
        millicpu: 250,
        memory: 512 << 20,
    };

    fn written(folder: &std::path::Path, name: &str) -> String {
        fs::read_to_string(folder.join(name)).unwrap_or_default()
    }

    #[test]
    fn both_versions_get_the_same_limits() {
        let one = tempfile::tempdir().expect("a folder");
        for controller in ["cpu", "memory"] {
            fs::create_dir(one.path().join(controller)).expect("made");
        }
        let group = Group::below(one.path(), "t", LIMITS).expect("a group");
        assert_eq!(written(&group.cpu, "cpu.cfs_quota_us"), "25000");
        assert_eq!(written(&group.cpu, "cpu.cfs_period_us"), "100000");
        assert_eq!(written(&group.memory, "memory.limit_in_bytes"), "536870912");
        assert_ne!(group.cpu, group.memory);

        let two = tempfile::tempdir().expect("a folder");
        fs::write(two.path().join("cgroup.controllers"), "cpu memory").expect("written");
        let group = Group::below(two.path(), "t", LIMITS).expect("a group");
        assert_eq!(written(&group.cpu, "cpu.max"), "25000 100000");
        assert_eq!(written(&group.memory, "memory.max"), "536870912");
        assert_eq!(written(two.path(), "cgroup.subtree_control"), "+cpu +memory");
    }

    #[test]
    fn a_machine_without_control_groups_is_told_so() {
        let empty = tempfile::tempdir().expect("a folder");
        let refused = Group::below(empty.path(), "t", LIMITS).err().expect("refused");
        assert!(
            refused.to_string().contains("nothing can be limited"),
            "{refused}"
        );
    }

    #[test]
    fn usage_is_read_in_both_forms() {
        let one = tempfile::tempdir().expect("a folder");
        for controller in ["cpu", "memory"] {
            fs::create_dir(one.path().join(controller)).expect("made");
        }
        let group = Group::below(one.path(), "t", LIMITS).expect("a group");
        let cpu = "nr_periods 8\nnr_throttled 2\nthrottled_time 3000000\n";
        fs::write(group.cpu.join("cpu.stat"), cpu).expect("written");
        fs::write(
            group.memory.join("memory.oom_control"),
            "oom_kill_disable 0\noom_kill 1\n",
        )
        .expect("written");
        fs::write(
            group.memory.join("memory.stat"),
            "cache 9\nrss 5\nshmem 2\ntotal_rss 7\n",
        )
        .expect("written");
        let usage = group.usage().expect("figures");
        let expected = Usage {
            periods: 8,
            throttled: 2,
            waited: std::time::Duration::from_millis(3),
            killed: 1,
        };
        assert_eq!(usage, expected);
        assert!((usage.share_throttled() - 25.0).abs() < f64::EPSILON);
        assert_eq!(usage.since(usage), Usage::default());
        assert_eq!(group.held().bytes().expect("bytes"), 7);
        assert_eq!(field("anon_thp 1\nanon 2\n", "anon"), 2);
    }
}
