//! A PostgreSQL server of the tests' own: made in a temporary folder, gone with the test process.
//!
//! A shell waits on a pipe from this process and stops the server when the pipe closes, so that nothing
//! stays behind even when the tests are killed. The programs are looked for, never downloaded.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::{Context, bail, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// `$1` is the folder, `$2` where the programs are, `$3` the folder of a server to copy, if any. Says `ready`, or why not; then does what it is told,
/// line by line, and says `done`.
const SERVE: &str = r#"
cd "$1" || exit 1
begin() { "$2/pg_ctl" start -w -t 60 -D "$1/data" -l "$1/server.log" -o "-h '' -k '$1' -N 300 -F" 3>&-; }
end() { "$2/pg_ctl" stop -D "$1/data" -m immediate; }
make() {
  if [ -n "$3" ]; then cp -a "$3/data" data && rm -f data/postmaster.pid
  else "$2/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync
  fi
}
if make "$@" && begin "$@"
then echo ready >&3
else cat setup.log server.log >&3; exec 3>&-
fi
while read -r order
do "$order" "$@" && echo done >&3 || echo failed >&3
done
end "$@"
cd /
rm -rf "$1"
"#;

/// A running server.
pub struct Postgres {
    folder: PathBuf,
    /// The waiting shell; its standard input is the pipe.
    keeper: Child,
    answers: BufReader<ChildStdout>,
    databases: AtomicU32,
}

impl Postgres {
    /// The server that all tests of this process share, started by the first that asks.
    pub fn shared() -> anyhow::Result<&'static Self> {
        static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
        let started = SHARED.get_or_init(|| Self::start().map_err(|error| format!("{error:#}")));
        started.as_ref().map_err(|reason| anyhow::anyhow!("{reason}"))
    }

    /// Starts another server, for tests that stop it; it stops when dropped.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(Path::new(""))
    }

    /// Starts another server with a copy of what this one holds now. This one crashes and comes back on the way.
    pub fn start_copy(&mut self) -> anyhow::Result<Self> {
        self.crash()?;
        let copy = Self::start_with(&self.folder);
        self.come_back()?;
        copy
    }

    fn start_with(copied: &Path) -> anyhow::Result<Self> {
        let programs = find_programs()?;
        let folder = tempfile::Builder::new().prefix("pg").tempdir()?.keep();
        let mut command = command_for(&folder)?;
        let mut keeper = command
            .args(["sh", "-c"])
            .arg(format!("exec 3>&1 >\"$1/setup.log\" 2>&1\n{SERVE}"))
            .arg("sh")
            .args([folder.as_path(), &programs, copied])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0) // Ctrl-C must not reach it before it has cleaned up.
            .spawn()
            .context("cannot start a shell for PostgreSQL")?;
        let mut answers = BufReader::new(keeper.stdout.take().context("stdout is a pipe")?);
        let mut said = String::new();
        answers.read_line(&mut said)?;
        if said != "ready\n" {
            answers.read_to_string(&mut said)?;
            drop(keeper.stdin.take());
            bail!("PostgreSQL of {} does not start:\n{said}", programs.display());
        }
        Ok(Self {
            folder,
            keeper,
            answers,
            databases: AtomicU32::new(0),
        })
    }

    /// Ends the server as a crash would: connections break, clients get no warning.
    pub fn crash(&mut self) -> anyhow::Result<()> {
        self.tell("end")
    }

    /// Starts the server again on its data after a [crash](Self::crash).
    pub fn come_back(&mut self) -> anyhow::Result<()> {
        self.tell("begin")
    }

    fn tell(&mut self, order: &str) -> anyhow::Result<()> {
        let pipe = self.keeper.stdin.as_mut().context("stdin is a pipe")?;
        writeln!(pipe, "{order}")?;
        let mut said = String::new();
        self.answers.read_line(&mut said)?;
        ensure!(
            said == "done\n",
            "PostgreSQL does not {order}; see {}/server.log",
            self.folder.display()
        );
        Ok(())
    }

    /// The address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@localhost/{database}?host={}",
            self.folder.display()
        )
    }

    /// Makes an empty database; its address.
    pub async fn fresh_database(&self) -> anyhow::Result<String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(self.url(&name))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing to do about a failure: the temporary folder is cleaned by the system some day.
        let _ = self.keeper.wait();
    }
}

/// An empty database on the shared server; its address.
///
/// # Panics
///
/// When PostgreSQL is not installed or does not start, telling why.
pub async fn fresh_database() -> String {
    let server = tokio::task::spawn_blocking(Postgres::shared)
        .await
        .expect("starting PostgreSQL does not panic")
        .expect("PostgreSQL is installed and starts");
    server.fresh_database().await.expect("the server answers")
}

/// PostgreSQL refuses to run as root, so it then gets its package's user, who must own the folder.
fn command_for(folder: &Path) -> anyhow::Result<Command> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(Command::new("env"));
    }
    let owned = Command::new("chown").arg("postgres").arg(folder).status()?;
    ensure!(
        owned.success(),
        "there is no user `postgres` to run PostgreSQL as"
    );
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]);
    Ok(command)
}

/// The folder with the server's programs: in `PATH`, or where Debian's packages put it, newest first.
fn find_programs() -> anyhow::Result<PathBuf> {
    let in_path = env::var_os("PATH").unwrap_or_default();
    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    packaged.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    env::split_paths(&in_path)
        .chain(packaged.into_iter().map(|(_, folder)| folder))
        .find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file()))
        .context("initdb, pg_ctl and postgres are neither in PATH nor in /usr/lib/postgresql/*/bin; install PostgreSQL's server package")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn databases_are_empty_and_apart() {
        let (one, other) = tokio::join!(fresh_database(), fresh_database());
        assert_ne!(one, other);
        for url in [one, other] {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql("CREATE TABLE mine (a INT)")
                .execute(&mut connection)
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn data_outlives_a_crash() {
        let mut server = Postgres::start().unwrap();
        let url = server.fresh_database().await.unwrap();
        server.crash().unwrap();
        assert!(PgConnection::connect(&url).await.is_err());
        server.come_back().unwrap();
        assert!(PgConnection::connect(&url).await.is_ok());
    }

    #[test]
    fn nothing_stays_behind() {
        let server = Postgres::start().unwrap();
        let folder = server.folder.clone();
        assert!(folder.exists());
        drop(server);
        assert!(!folder.exists());
    }
}
