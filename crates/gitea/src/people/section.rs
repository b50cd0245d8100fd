//! `catalog.providers.giteaOrg` as the commands see it.

use model::Problem;
use plugin::ConfigSection;
use serde_json::{Value, json};

use super::settings::Settings;

/// Organisations, teams and users of Gitea as entities.
pub struct PeopleSection;

impl ConfigSection for PeopleSection {
    fn path(&self) -> &'static str {
        super::KEY
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/gitea.md")
    }

    fn schema(&self) -> Value {
        let time = |description: &str| json!({"format": "human-duration", "description": description});
        let word = |words: [&str; 2], description: &str| json!({"type": "string", "enum": words, "description": description});
        json!({
            "type": "object",
            "description": "Organisations, teams and users of Gitea as groups and users, by a name of your choice.",
            "additionalProperties": {
                "type": "object",
                "required": ["host"],
                "properties": {
                    "host": {"type": "string", "description": "A host of integrations.gitea."},
                    "orgs": {"type": "array", "items": {"type": "string"}, "description": "Names of organisations. Default: all that the token sees."},
                    "users": word(["members", "all"], "Members of teams only, or all users that the token sees. Default: members."),
                    "mode": word(["all", "membersOnly"], "Groups and users, or only users as members of groups that another source brings. Default: all."),
                    "teamNames": word(["team", "organization-team"], "Whether the group of a team is named after the team alone, or after organisation and team. Default: team."),
                    "ownersTeam": {"type": "boolean", "description": "Makes a group of the team Owners, which every organisation has. Default: no."},
                    "schedule": {"type": "object", "description": "When people are read.", "properties": {
                        "frequency": time("Time between two readings. Default: 1 hour."),
                        "timeout": time("Longest time of one reading. Default: 10 minutes."),
                        "initialDelay": time("Time until the first reading. Default: none."),
                    }},
                },
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        Settings::read_all(section).1
    }
}
