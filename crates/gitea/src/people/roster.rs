//! Who is at a server: organisations, teams, members and users, by their numbers.
//!
//! What a reading could not find out keeps the form in which the reading before knew it. Without such a reading it stays unknown,
//! and the result says so.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use model::{Fault, FaultKind};
use scm::gitea::{Gitea, Listing, Organization, Team, User};

use super::settings::Settings;

/// Organisations and teams that are asked for at the same time.
const AT_ONCE: usize = 4;
/// The team of the owners, which every organisation has.
pub(crate) const OWNERS: &str = "Owners";

/// Who is at a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    /// Organisations by number.
    pub organizations: BTreeMap<i64, OrganizationTeams>,
    /// Users by number.
    pub users: BTreeMap<i64, User>,
    /// Whether the account sees whose account is switched off.
    pub by_administrator: bool,
}

/// An organisation with its teams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OrganizationTeams {
    pub organization: Organization,
    /// Teams by number.
    pub teams: BTreeMap<i64, TeamMembers>,
}

/// A team with its members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TeamMembers {
    pub team: Team,
    /// Numbers of users.
    pub members: Vec<i64>,
}

/// One reading.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub roster: Roster,
    /// What the account is not shown.
    pub unseen: Vec<Fault>,
    /// What could not be read, and is kept as it was.
    pub failed: Vec<Fault>,
    /// Something is unknown: who is not in the roster need not be gone.
    pub has_gaps: bool,
}

/// Reads a server. A list of organisations that fails at its first page is the failure of the reading.
pub(crate) async fn read(
    gitea: &Gitea,
    settings: &Settings,
    before: Option<&Roster>,
) -> Result<Reading, Fault> {
    let account = gitea.account().await?;
    let mut reading = Reading::default();
    reading.roster.by_administrator = account.is_admin;
    let organizations = organizations(gitea, settings, before, &mut reading).await?;
    let parts = stream::iter(organizations)
        .map(|organization| of_organization(gitea, organization, before))
        .buffered(AT_ONCE);
    let parts: Vec<Part> = parts.collect().await;
    for part in parts {
        reading.unseen.extend(part.unseen);
        reading.failed.extend(part.failed);
        reading.has_gaps |= part.has_gaps;
        let users = part.users.into_iter().map(|user| (user.id, user));
        reading.roster.users.extend(users);
        let teams = part.teams;
        reading.roster.organizations.insert(teams.organization.id, teams);
    }
    if settings.all_users {
        all_users(gitea, before, &mut reading).await;
    }
    keep_known_users(before, &mut reading);
    Ok(reading)
}

async fn organizations(
    gitea: &Gitea,
    settings: &Settings,
    before: Option<&Roster>,
    reading: &mut Reading,
) -> Result<Vec<Organization>, Fault> {
    let mut found = BTreeMap::new();
    if let Some(names) = &settings.organizations {
        for name in names {
            let known = before.and_then(|before| by_name(before, name));
            match gitea.organization(name).await {
                Ok(Some(organization)) => _ = found.insert(organization.id, organization),
                Ok(None) => reading.unseen.push(Fault::not_found(format!(
                    "{} has no organisation {name} that the token sees",
                    gitea.name()
                ))),
                Err(fault) => {
                    reading.has_gaps |= known.is_none();
                    reading.failed.push(fault);
                    found.extend(known.map(|known| (known.id, known.clone())));
                }
            }
        }
        return Ok(found.into_values().collect());
    }
    let mut listed = gitea.organizations().await?;
    match gitea.own_organizations().await {
        Ok(own) => {
            listed.items.extend(own.items);
            listed.failed.extend(own.failed);
        }
        // The list of all is what counts; a token may lack the scope for this one.
        Err(fault) if is_hidden(&fault) => {}
        Err(fault) => listed.failed.push(fault),
    }
    if !listed.is_complete() {
        let known = before.iter().flat_map(|before| before.organizations.values());
        found.extend(known.map(|known| (known.organization.id, known.organization.clone())));
        reading.has_gaps |= before.is_none();
        reading.failed.append(&mut listed.failed);
    }
    found.extend(listed.items.into_iter().map(|one| (one.id, one)));
    Ok(found.into_values().collect())
}

fn by_name<'r>(roster: &'r Roster, name: &str) -> Option<&'r Organization> {
    let mut organizations = roster.organizations.values().map(|known| &known.organization);
    organizations.find(|organization| organization.name.eq_ignore_ascii_case(name))
}

/// What one organisation adds to a reading.
#[derive(Default)]
struct Part {
    teams: OrganizationTeams,
    users: Vec<User>,
    unseen: Vec<Fault>,
    failed: Vec<Fault>,
    has_gaps: bool,
}

async fn of_organization(gitea: &Gitea, organization: Organization, before: Option<&Roster>) -> Part {
    let known = before.and_then(|before| before.organizations.get(&organization.id));
    let mut part = Part::default();
    let listed = gitea.teams(&organization.name).await;
    let is_unsure = listed.as_ref().map_or(true, |listed| !listed.is_complete());
    let listed = part.take(listed, known.is_some());
    let mut teams: BTreeMap<i64, Team> = BTreeMap::new();
    if is_unsure {
        let known = known.iter().flat_map(|known| known.teams.values());
        teams.extend(known.map(|known| (known.team.id, known.team.clone())));
    }
    teams.extend(listed.into_iter().map(|team| (team.id, team)));
    let members = stream::iter(teams.into_values()).map(|team| {
        let name = format!("{}/{}", organization.name, team.name);
        async move { (gitea.team_members(team.id, &name).await, team) }
    });
    let members: Vec<_> = members.buffered(AT_ONCE).collect().await;
    for (listed, team) in members {
        let known = known.and_then(|known| known.teams.get(&team.id));
        let is_unsure = listed.as_ref().map_or(true, |listed| !listed.is_complete());
        let users = part.take(listed, known.is_some());
        let mut members: Vec<i64> = users.iter().map(|user| user.id).collect();
        if is_unsure {
            members.extend(known.iter().flat_map(|known| &known.members));
            members.sort_unstable();
            members.dedup();
        }
        part.users.extend(users);
        part.teams.teams.insert(team.id, TeamMembers { team, members });
    }
    part.teams.organization = organization;
    part
}

impl Part {
    /// The entries that were read. What was not is noted; it is a gap unless it is known from before.
    fn take<T>(&mut self, listed: Result<Listing<T>, Fault>, is_known: bool) -> Vec<T> {
        match listed {
            Ok(listed) => {
                self.has_gaps |= !listed.is_complete() && !is_known;
                self.failed.extend(listed.failed);
                listed.items
            }
            Err(fault) if is_hidden(&fault) => {
                self.unseen.push(fault);
                Vec::new()
            }
            Err(fault) => {
                self.has_gaps |= !is_known;
                self.failed.push(fault);
                Vec::new()
            }
        }
    }
}

/// The account is not shown it, and will not be until somebody gives it more rights.
fn is_hidden(fault: &Fault) -> bool {
    matches!(fault.kind(), FaultKind::NotAllowed | FaultKind::NotFound)
}

async fn all_users(gitea: &Gitea, before: Option<&Roster>, reading: &mut Reading) {
    let listed = if reading.roster.by_administrator {
        gitea.users_for_administrators().await
    } else {
        gitea.users().await
    };
    let listed = listed.unwrap_or_else(|fault| Listing {
        items: Vec::new(),
        failed: vec![fault],
    });
    if !listed.is_complete() {
        let known = before.iter().flat_map(|before| before.users.values());
        let known: Vec<(i64, User)> = known.map(|user| (user.id, user.clone())).collect();
        for (id, user) in known {
            reading.roster.users.entry(id).or_insert(user);
        }
        reading.has_gaps |= before.is_none();
        reading.failed.extend(listed.failed);
    }
    reading
        .roster
        .users
        .extend(listed.items.into_iter().map(|user| (user.id, user)));
}

/// Members of teams that were kept from before are kept, too.
fn keep_known_users(before: Option<&Roster>, reading: &mut Reading) {
    let Some(before) = before else { return };
    let teams = reading
        .roster
        .organizations
        .values()
        .flat_map(|known| known.teams.values());
    let members: Vec<i64> = teams.flat_map(|team| team.members.iter().copied()).collect();
    for id in members {
        if let Some(user) = before.users.get(&id) {
            reading.roster.users.entry(id).or_insert_with(|| user.clone());
        }
    }
}
