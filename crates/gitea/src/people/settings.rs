//! What `catalog.providers.giteaOrg` says.

use std::time::Duration;

use config::HumanDuration;
use model::{Fault, Problem};
use serde_json::{Map, Value};

/// How often people are read.
const EVERY: Duration = Duration::from_hours(1);
/// Shortest time between two readings.
const SHORTEST: Duration = Duration::from_secs(1);
/// Longest time of one reading.
const TIME: Duration = Duration::from_mins(10);

/// One server whose people are brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The key of the part.
    pub id: String,
    /// The host, as in `integrations.gitea`.
    pub host: String,
    /// The organisations; nothing for all that the account sees.
    pub organizations: Option<Vec<String>>,
    /// Users beside the members of teams, too.
    pub all_users: bool,
    /// Only users, as members of groups that another source brings.
    pub members_only: bool,
    /// Names of groups have the organisation's name in front.
    pub qualified_names: bool,
    /// The team of the owners of an organisation is a group, too.
    pub owners_team: bool,
    /// Time between two readings.
    pub every: Duration,
    /// Longest time of one reading.
    pub time: Duration,
    /// Time until the first reading.
    pub delay: Duration,
}

impl Settings {
    /// All usable parts, and what is wrong with the others. Paths of problems begin with the part's key.
    pub fn read_all(section: &Value) -> (Vec<Self>, Vec<Problem>) {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        let parts = section.as_object().into_iter().flatten();
        for (id, part) in parts {
            match part.as_object() {
                Some(part) => match Self::read(id, part) {
                    Ok(settings) => found.push(settings),
                    Err(problem) => problems.push(*problem),
                },
                None => problems.push(
                    at(
                        id,
                        &format!(
                            "catalog.providers.giteaOrg.{id} must be a part of its own with keys like host"
                        ),
                    )
                    .hint("Write `giteaOrg: { <name of your choice>: { host: gitea.example.com } }`."),
                ),
            }
        }
        (found, problems)
    }

    fn read(id: &str, part: &Map<String, Value>) -> Result<Self, Box<Problem>> {
        let wrong = |key: &str, message: String| Box::new(at(&format!("{id}.{key}"), &message));
        let host = part
            .get("host")
            .and_then(Value::as_str)
            .filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| {
            let problem = wrong("host", format!("catalog.providers.giteaOrg.{id}.host is missing"));
            Box::new(problem.hint("Name a host of integrations.gitea."))
        })?;
        let word = |key: &str, words: [&str; 2]| -> Result<bool, Box<Problem>> {
            match part.get(key).map(Value::as_str) {
                None => Ok(false),
                Some(Some(word)) if word == words[0] => Ok(false),
                Some(Some(word)) if word == words[1] => Ok(true),
                Some(_) => Err(wrong(
                    key,
                    format!(
                        "catalog.providers.giteaOrg.{id}.{key} must be '{}' or '{}'",
                        words[0], words[1]
                    ),
                )),
            }
        };
        let schedule = part.get("schedule").unwrap_or(&Value::Null);
        let time = |key: &str, default: Duration| match schedule.get(key) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => {
                HumanDuration::read(value, &format!("catalog.providers.giteaOrg.{id}.schedule.{key}"))
                    .map(|duration| duration.0)
                    .map_err(|fault| {
                        let problem = wrong(&format!("schedule.{key}"), fault.message);
                        Box::new(
                            problem.hint("Write it like { minutes: 30 }; cron expressions are not read."),
                        )
                    })
            }
        };
        Ok(Self {
            id: id.to_owned(),
            host: host.to_owned(),
            organizations: organizations(part).map_err(|message| wrong("orgs", message))?,
            all_users: word("users", ["members", "all"])?,
            members_only: word("mode", ["all", "membersOnly"])?,
            qualified_names: word("teamNames", ["team", "organization-team"])?,
            owners_team: part.get("ownersTeam").and_then(Value::as_bool).unwrap_or(false),
            every: time("frequency", EVERY)?.max(SHORTEST),
            time: time("timeout", TIME)?,
            delay: time("initialDelay", Duration::ZERO)?,
        })
    }

    /// The name of the provider.
    pub fn provider(&self) -> String {
        format!("giteaOrg:{}", self.id)
    }
}

fn organizations(part: &Map<String, Value>) -> Result<Option<Vec<String>>, String> {
    let wrong = || "orgs must be a list of names of organisations".to_owned();
    match part.get("orgs") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(names)) => {
            let names = names.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect::<Option<Vec<_>>>().map(Some).ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

fn at(key: &str, message: &str) -> Problem {
    Problem::error(Fault::input(message).at(key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_host_is_enough() {
        let (settings, problems) = Settings::read_all(&json!({"main": {"host": "gitea.example.com"}}));
        assert_eq!(problems, []);
        let [settings] = &settings[..] else {
            panic!("one part")
        };
        assert_eq!(settings.provider(), "giteaOrg:main");
        assert_eq!((settings.every, settings.organizations.clone()), (EVERY, None));
        assert!(
            !settings.all_users
                && !settings.members_only
                && !settings.qualified_names
                && !settings.owners_team
        );
    }

    #[test]
    fn all_keys() {
        let part = json!({
            "host": "h", "orgs": ["a"], "users": "all", "mode": "membersOnly", "teamNames": "organization-team", "ownersTeam": true,
            "schedule": {"frequency": {"minutes": 5}, "timeout": "PT1M", "initialDelay": "15s"},
        });
        let (settings, problems) = Settings::read_all(&json!({"x": part}));
        assert_eq!(problems, []);
        let settings = &settings[0];
        assert!(
            settings.all_users && settings.members_only && settings.qualified_names && settings.owners_team
        );
        assert_eq!(settings.organizations.as_deref(), Some(&["a".to_owned()][..]));
        let times = [settings.every, settings.time, settings.delay].map(|time| time.as_secs());
        assert_eq!(times, [300, 60, 15]);
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_place() {
        for (part, path, message) in [
            (json!("x"), "p", "must be a part of its own"),
            (json!({}), "p.host", "host is missing"),
            (
                json!({"host": "h", "users": "some"}),
                "p.users",
                "must be 'members' or 'all'",
            ),
            (
                json!({"host": "h", "mode": 1}),
                "p.mode",
                "must be 'all' or 'membersOnly'",
            ),
            (json!({"host": "h", "orgs": "a"}), "p.orgs", "must be a list"),
            (
                json!({"host": "h", "schedule": {"frequency": {"cron": "* * * * *"}}}),
                "p.schedule.frequency",
                "schedule.frequency",
            ),
        ] {
            let (settings, problems) = Settings::read_all(&json!({"p": part}));
            assert_eq!(settings, []);
            let [problem] = &problems[..] else {
                panic!("one problem of {part}")
            };
            assert_eq!(problem.fault.path.as_deref(), Some(path));
            assert!(
                problem.fault.message.contains(message),
                "{}",
                problem.fault.message
            );
        }
    }
}
