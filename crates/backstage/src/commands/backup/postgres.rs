//! Copies of a `PostgreSQL` database, by the server's own programs.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use percent_encoding::percent_decode_str;
use url::Url;

use super::{beside, finish, make_private, tables};

/// Writes the portal's tables, in the form that `pg_restore` reads.
pub fn back_up(address: &str, schema: Option<&str>, to: &Path) -> Result<()> {
    let mut program = program("pg_dump", address, schema)?;
    program.args(["--format=custom", "--no-owner", "--no-privileges"]);
    if let Some(schema) = schema {
        program.arg("--schema").arg(schema);
    }
    let part = beside(to, ".part");
    make_private(&part)?;
    program.arg("--file").arg(&part);
    finish(run(program, "pg_dump").map(drop), &part, to)
}

/// Replaces the portal's tables by those of a backup, all or none.
pub fn restore(from: &Path, address: &str, schema: Option<&str>, replace: bool) -> Result<()> {
    if !replace && ask(address, schema, tables::IS_USED)? == "t" {
        bail!(
            "the database is a portal's already: stop the portal and say --replace to put the backup in its place"
        );
    }
    let mut program = program("pg_restore", address, schema)?;
    program.args([
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
    ]);
    program.args(["--dbname", &database(address)?]).arg(from);
    run(program, "pg_restore")?;
    ask(address, schema, tables::NEW_EPOCH).map(drop)
}

/// The answer to one statement.
fn ask(address: &str, schema: Option<&str>, statement: &str) -> Result<String> {
    let mut program = program("psql", address, schema)?;
    program.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
    program.args(["--set", "ON_ERROR_STOP=1", "--command", statement]);
    run(program, "psql")
}

/// A program that reaches the database: by variables, because everybody on the machine sees arguments.
fn program(name: &str, address: &str, schema: Option<&str>) -> Result<Command> {
    let mut program = Command::new(name);
    program.stdin(Stdio::null()).stderr(Stdio::inherit());
    for (variable, value) in variables(address)? {
        program.env(variable, value);
    }
    if let Some(schema) = schema {
        program.env("PGOPTIONS", format!("-c search_path={schema}"));
    }
    Ok(program)
}

fn run(mut program: Command, name: &str) -> Result<String> {
    let output = program.output().with_context(|| {
        format!("cannot run {name}: install the client programs of PostgreSQL (Debian: postgresql-client), of the server's version or newer")
    })?;
    if !output.status.success() {
        bail!("{name} failed: {}; its reason stands above", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn parsed(address: &str) -> Result<Url> {
    // Without the address, which has the password.
    Url::parse(address)
        .map_err(|error| anyhow::anyhow!("the address of the database cannot be read: {error}"))
}

fn database(address: &str) -> Result<String> {
    Ok(decoded(parsed(address)?.path().trim_start_matches('/')))
}

/// The parts of an address as the variables of libpq.
fn variables(address: &str) -> Result<Vec<(&'static str, String)>> {
    let url = parsed(address)?;
    let mut found = vec![
        ("PGHOST", decoded(url.host_str().unwrap_or_default())),
        (
            "PGPORT",
            url.port().map(|port| port.to_string()).unwrap_or_default(),
        ),
        ("PGUSER", decoded(url.username())),
        ("PGPASSWORD", decoded(url.password().unwrap_or_default())),
        ("PGDATABASE", decoded(url.path().trim_start_matches('/'))),
    ];
    for (key, value) in url.query_pairs() {
        let variable = match &*key {
            "host" => "PGHOST",
            "port" => "PGPORT",
            "user" => "PGUSER",
            "password" => "PGPASSWORD",
            "dbname" => "PGDATABASE",
            "sslmode" | "ssl-mode" => "PGSSLMODE",
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
            _ => continue,
        };
        found.push((variable, value.into_owned()));
    }
    found.retain(|(_, value)| !value.is_empty());
    Ok(found)
}

/// A part of an address without percent signs.
fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn an_address_becomes_variables() {
        for (address, expected) in [
            (
                "postgresql://portal:p%40+s&s@db.example.com:5433/portal?sslmode=verify-full&sslrootcert=/etc/ca.crt",
                "PGHOST=db.example.com PGPORT=5433 PGUSER=portal PGPASSWORD=p@+s&s PGDATABASE=portal \
                 PGSSLMODE=verify-full PGSSLROOTCERT=/etc/ca.crt",
            ),
            (
                "postgres:///portal?host=/run/pg",
                "PGDATABASE=portal PGHOST=/run/pg",
            ),
            (
                "postgres://%2Frun%2Fpg/portal",
                "PGHOST=/run/pg PGDATABASE=portal",
            ),
        ] {
            let found = variables(address).expect(address).into_iter();
            let found: Vec<_> = found.map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found.join(" "), expected);
        }
        let error = variables("no address: geheim")
            .expect_err("no address")
            .to_string();
        assert!(!error.contains("geheim"), "{error}");
    }
}
