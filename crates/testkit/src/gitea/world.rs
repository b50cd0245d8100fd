//! Everything the server knows, and who may see it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use super::ask::{Ask, Reply, fault, not_found};
use super::git::Signature;
use super::hooks::Hook;
use super::people::{Account, Team, Token};
use super::record::Record;
use super::repository::Repository;
use super::rules::Rule;
use super::settings::Settings;
use super::trouble::Trouble;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// The administrator, who is there from the start.
pub(super) const ADMIN: &str = "portal-admin";

/// The first moment of this world; every change is a second later.
const BEGINNING: i64 = 1_767_225_600;

/// The state of a server.
#[derive(Debug)]
pub(super) struct World {
    pub settings: Settings,
    /// The address that requests are sent to, without the sub-path.
    pub origin: String,
    pub accounts: BTreeMap<u64, Account>,
    /// Numbers by name in lower case.
    pub logins: HashMap<String, u64>,
    pub teams: BTreeMap<u64, Team>,
    pub repositories: BTreeMap<u64, Repository>,
    /// Numbers by full name in lower case, also the names that repositories had before.
    pub names: HashMap<String, u64>,
    pub tokens: HashMap<String, Token>,
    pub hooks: BTreeMap<u64, Hook>,
    pub troubles: Vec<Trouble>,
    pub record: Record,
    /// The rules of branches, by the number of the repository.
    pub rules: BTreeMap<u64, Vec<Rule>>,
    /// Secrets of Actions: number of the repository, name, value.
    pub secrets: BTreeMap<(u64, String), String>,
    /// Rights of collaborators, by number of the repository and name.
    pub collaborators: BTreeMap<(u64, String), String>,
    /// Numbers of teams and of repositories that they have.
    pub team_repositories: BTreeSet<(u64, u64)>,
    /// Who is asked to review: number of the repository, number of the pull request, name.
    pub reviewers: BTreeSet<(u64, u64, String)>,
    /// Where repositories are laid out for Git.
    git: Option<TempDir>,
    last_id: u64,
    seconds: i64,
}

impl World {
    pub(super) fn new(settings: Settings, origin: String) -> Self {
        let mut world = Self {
            settings,
            origin,
            accounts: BTreeMap::new(),
            logins: HashMap::new(),
            teams: BTreeMap::new(),
            repositories: BTreeMap::new(),
            names: HashMap::new(),
            tokens: HashMap::new(),
            hooks: BTreeMap::new(),
            troubles: Vec::new(),
            record: Record::default(),
            rules: BTreeMap::new(),
            secrets: BTreeMap::new(),
            collaborators: BTreeMap::new(),
            team_repositories: BTreeSet::new(),
            reviewers: BTreeSet::new(),
            git: None,
            last_id: 0,
            seconds: 0,
        };
        world.add_account(Account::user(ADMIN).admin());
        let scopes = vec!["all".to_owned()];
        let user = ADMIN.to_owned();
        let all = Token { user, scopes };
        world.tokens.insert(super::ADMIN_TOKEN.to_owned(), all);
        world
    }

    /// The folder in which repositories are laid out for Git.
    pub(super) fn git_folder(&mut self) -> PathBuf {
        let made = || tempfile::tempdir().expect("the temporary folder is writable");
        self.git.get_or_insert_with(made).path().to_owned()
    }

    /// A number that nothing has.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A second later than the last time.
    pub(super) fn tick(&mut self) -> Timestamp {
        self.seconds += 1;
        let beginning = Timestamp::from_second(BEGINNING).expect("within jiff's range");
        beginning + SignedDuration::from_secs(self.seconds)
    }

    /// The address that links point to.
    pub(super) fn base(&self) -> String {
        match &self.settings.root_url {
            Some(root) => root.trim_end_matches('/').to_owned(),
            None => format!("{}{}", self.origin, self.settings.sub_path),
        }
    }

    /// An error in the words of the API.
    pub(super) fn fault(&self, status: u16, message: &str) -> Reply {
        fault(&self.base(), status, message)
    }

    /// 404 with its reasons.
    pub(super) fn not_found(&self, message: &str, errors: &[&str]) -> Reply {
        // Up to 1.24 the words were those of the page.
        let old = message == "not found" && self.settings.minor() < 25;
        let message = if old {
            "The target couldn't be found."
        } else {
            message
        };
        not_found(&self.base(), message, errors)
    }

    /// 404 without a reason.
    pub(super) fn missing(&self) -> Reply {
        self.not_found("not found", &[])
    }

    pub(super) fn add_account(&mut self, mut account: Account) -> u64 {
        account.id = self.next_id();
        account.created = self.tick();
        let id = account.id;
        let login = account.login.clone();
        self.logins.insert(login.to_lowercase(), id);
        let organization = account.organization;
        self.accounts.insert(id, account);
        if organization {
            self.add_team(&login, "Owners", "owner", vec![ADMIN.to_owned()]);
        }
        id
    }

    pub(super) fn add_team(
        &mut self,
        organization: &str,
        name: &str,
        right: &str,
        members: Vec<String>,
    ) -> u64 {
        let id = self.next_id();
        let team = Team {
            id,
            organization: organization.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            permission: right.to_owned(),
            all_repositories: right == "owner",
            units: super::shapes::UNITS.map(str::to_owned).to_vec(),
            members,
        };
        self.teams.insert(id, team);
        id
    }

    pub(super) fn account(&self, login: &str) -> Option<&Account> {
        let id = self.logins.get(&login.to_lowercase())?;
        self.accounts.get(id)
    }

    /// The teams of an organisation; Gitea shows the owners first.
    pub(super) fn teams_of<'a>(&'a self, organization: &'a str) -> impl Iterator<Item = &'a Team> {
        let own = |team: &&Team| team.organization.eq_ignore_ascii_case(organization);
        self.teams.values().filter(own)
    }

    pub(super) fn is_member(&self, organization: &str, login: &str) -> bool {
        self.teams_of(organization).any(|team| {
            team.members
                .iter()
                .any(|member| member.eq_ignore_ascii_case(login))
        })
    }

    pub(super) fn is_admin(&self, viewer: Option<&str>) -> bool {
        viewer
            .and_then(|login| self.account(login))
            .is_some_and(|account| account.admin)
    }

    /// Whether somebody sees an account.
    pub(super) fn sees_account(&self, viewer: Option<&str>, account: &Account) -> bool {
        match (account.visibility.as_str(), viewer) {
            ("public", _) | ("limited", Some(_)) => true,
            (_, None) => false,
            (_, Some(login)) => {
                login.eq_ignore_ascii_case(&account.login)
                    || self.is_admin(viewer)
                    || self.is_member(&account.login, login)
            }
        }
    }

    /// Whether somebody sees a repository, and may write to it.
    pub(super) fn access(&self, viewer: Option<&str>, repository: &Repository) -> (bool, bool) {
        let own = viewer.is_some_and(|login| {
            login.eq_ignore_ascii_case(&repository.owner) || self.is_member(&repository.owner, login)
        });
        let write = own || self.is_admin(viewer);
        let owner = self.account(&repository.owner);
        let open = owner.is_none_or(|owner| self.sees_account(viewer, owner));
        (write || (open && !repository.private), write)
    }

    /// A repository that the caller found.
    pub(super) fn repository_mut(&mut self, id: u64) -> &mut Repository {
        self.repositories.get_mut(&id).expect("the caller found it")
    }

    /// A repository by the name it has now.
    pub(super) fn find(&self, full_name: &str) -> Option<&Repository> {
        let id = self.names.get(&full_name.to_lowercase())?;
        let found = self.repositories.get(id)?;
        found.full_name().eq_ignore_ascii_case(full_name).then_some(found)
    }

    /// The repository of a path, if the caller sees it; a redirect for a name it had before.
    pub(super) fn seen(&self, ask: &Ask) -> Result<&Repository, Reply> {
        let asked = format!("{}/{}", ask.part("owner"), ask.part("repo"));
        let id = self.names.get(&asked.to_lowercase());
        let found = id.and_then(|id| self.repositories.get(id));
        let found = found.filter(|found| self.access(ask.viewer.as_deref(), found).0);
        let found = found.ok_or_else(|| self.missing())?;
        if found.full_name().eq_ignore_ascii_case(&asked) {
            Ok(found)
        } else {
            Err(moved(ask, &asked, &found.full_name()))
        }
    }

    /// The same for writing: 403 without the right, 423 for an archived one.
    pub(super) fn writable(&mut self, ask: &Ask) -> Result<&mut Repository, Reply> {
        let found = self.seen(ask)?;
        let name = found.full_name();
        if !self.access(ask.viewer.as_deref(), found).1 {
            return Err(self.fault(403, "user should have a permission to write to the target branch"));
        }
        if found.archived {
            return Err(self.fault(423, &format!("{name} is archived")));
        }
        let id = found.id;
        Ok(self.repository_mut(id))
    }

    /// The account who asks; 401 for nobody.
    pub(super) fn signed_in(&self, ask: &Ask) -> Result<&Account, Reply> {
        let found = ask.viewer.as_deref().and_then(|login| self.account(login));
        found.ok_or_else(|| self.fault(401, "token is required"))
    }

    /// An organisation of a path, if the caller sees it.
    pub(super) fn seen_organization(&self, ask: &Ask) -> Result<&Account, Reply> {
        let name = ask.part("org");
        let found = self.account(name).filter(|account| account.organization);
        let Some(found) = found else {
            let error = format!("user redirect does not exist [name: {name}]");
            return Err(self.not_found("GetOrgByName", &[&error]));
        };
        let seen = self.sees_account(ask.viewer.as_deref(), found);
        if seen {
            Ok(found)
        } else {
            Err(self.not_found("HasOrgOrUserVisible", &[]))
        }
    }

    /// Who stands in a commit that somebody makes through the API.
    pub(super) fn signature(&self, login: Option<&str>) -> Signature {
        let account = login.and_then(|login| self.account(login));
        let name = account.map_or(ADMIN, |account| account.login.as_str());
        let email = account.map_or_else(|| format!("{name}@example.com"), |account| account.email.clone());
        let name = name.to_owned();
        Signature { name, email }
    }
}

/// Gitea answers 301 whatever the method, with a path on the same server.
fn moved(ask: &Ask, before: &str, now: &str) -> Reply {
    let mut to = ask.path.replacen(before, now, 1);
    if !ask.raw_query.is_empty() {
        to = format!("{to}?{}", ask.raw_query);
    }
    let body = format!("<a href=\"{to}\">Moved Permanently</a>.\n\n");
    Reply::empty(301)
        .with("location", &to)
        .with("content-type", "text/html; charset=utf-8")
        .body(body)
}
