//! A Gitea server in memory, true to what a portal reads and writes of one, with its traps.
//!
//! Shapes and words are those recorded from a real Gitea (`fixtures/gitea`), which a test compares. Git itself clones
//! and pushes (Git's own program serves it; [`FakeGitea::push`] is done from inside). It runs no Actions, renders no pages, and sends a webhook only when a test
//! says so ([`FakeGitea::deliver`]).
//!
//! ```
//! use testkit::FakeGitea;
//! use testkit::gitea::{Change, Kind, Repository, Trouble};
//!
//! let gitea = FakeGitea::start();
//! gitea.repository(Repository::new("shop/cart").topics(&["web"]).file("catalog-info.yaml", "kind: Component\n"));
//! let push = gitea.push("shop/cart", "feature/x", Change::new("Change it").file("README.md", "# Cart\n"));
//! assert_ne!(push.before, push.after);
//! gitea.trouble(Trouble::with("GET /repos/shop/cart", Kind::TooMany(Some(1))).times(1));
//! // … the code under test calls gitea.url() with gitea.token() …
//! assert_eq!(gitea.calls_of("GET /repos/{owner}/{repo}"), 0);
//! ```

mod ask;
mod bare;
mod change;
mod gate;
mod git;
mod growth;
mod half;
mod hooks;

mod many;
mod paging;
mod payload;
mod people;
mod project;
mod record;
mod repository;
mod routes;
mod rules;
mod server;
mod settings;
mod shapes;
mod shapes_git;
mod shapes_work;
mod trouble;
mod versions;
mod webhook;
mod wire;
mod work;
mod world;

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::sync::oneshot;

pub use change::Change;
pub use git::ObjectFormat;
pub use hooks::{Hook, Target};
pub use people::Account;
pub use project::Push;
pub use record::Request;
pub use repository::Repository;
pub use settings::Settings;
pub use trouble::{Kind, Trouble};
pub use webhook::{Delivery, Event, RefType};
pub use work::{Release, Run};

use people::Token;
use server::{Shared, lock};

/// The token of the administrator, with all scopes.
pub const ADMIN_TOKEN: &str = "0000000000000000000000000000000000ad3171";

/// A running server. It stops when dropped.
pub struct FakeGitea {
    world: Shared,
    origin: String,
    _stop: oneshot::Sender<()>,
}

/// Starting, and who and what is there.
impl FakeGitea {
    /// Starts an empty Gitea 1.25 on a free loopback port, with the administrator `portal-admin`.
    ///
    /// # Panics
    ///
    /// When no port of the loopback interface can be used.
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    /// Starts a server with other settings, such as `Settings::version("1.21.11")`.
    ///
    /// # Panics
    ///
    /// When no port of the loopback interface can be used.
    pub fn with(settings: Settings) -> Self {
        let (world, stop) = server::start(settings);
        let origin = lock(&world).origin.clone();
        Self {
            world,
            origin,
            _stop: stop,
        }
    }

    /// The address of the server with its sub-path, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, lock(&self.world).settings.sub_path)
    }

    /// Host and port, as `integrations.gitea[].host` has them.
    pub fn host(&self) -> String {
        self.origin.trim_start_matches("http://").to_owned()
    }

    /// The token of the administrator, with all scopes.
    pub fn token(&self) -> &'static str {
        ADMIN_TOKEN
    }

    /// Changes the settings from now on.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.world).settings);
    }

    /// Adds a user or an organisation; the answer is its number.
    pub fn account(&self, account: Account) -> u64 {
        lock(&self.world).add_account(account)
    }

    /// Adds an organisation of this name.
    pub fn organization(&self, login: &str) -> u64 {
        self.account(Account::organization(login))
    }

    /// Adds a user of this name.
    pub fn user(&self, login: &str) -> u64 {
        self.account(Account::user(login))
    }

    /// Changes a user or an organisation.
    ///
    /// # Panics
    ///
    /// When there is none of this name.
    pub fn edit_account(&self, login: &str, change: impl FnOnce(&mut Account)) {
        let mut world = lock(&self.world);
        let id = world.account(login).expect("the account is there").id;
        change(world.accounts.get_mut(&id).expect("it was found a moment ago"));
    }

    /// Removes a user or an organisation that owns no repositories.
    ///
    /// # Panics
    ///
    /// When it still owns some.
    pub fn remove_account(&self, login: &str) {
        assert!(
            lock(&self.world).forget_account(login).is_ok(),
            "{login} owns repositories"
        );
    }

    /// Adds a team with the right to write; the answer is its number. Every organisation has the team `Owners`.
    pub fn team(&self, organization: &str, name: &str, members: &[&str]) -> u64 {
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        lock(&self.world).add_team(organization, name, "write", members)
    }

    /// Makes a user a member of a team.
    ///
    /// # Panics
    ///
    /// When there is no such team.
    pub fn join(&self, organization: &str, team: &str, login: &str) {
        self.members(organization, team, |members| members.push(login.to_owned()));
    }

    /// Takes a user out of a team.
    ///
    /// # Panics
    ///
    /// When there is no such team.
    pub fn leave(&self, organization: &str, team: &str, login: &str) {
        self.members(organization, team, |members| {
            members.retain(|member| member != login);
        });
    }

    fn members(&self, organization: &str, team: &str, change: impl FnOnce(&mut Vec<String>)) {
        let mut world = lock(&self.world);
        let mut teams = world.teams.values_mut();
        let found = teams.find(|one| one.organization == organization && one.name == team);
        change(&mut found.expect("the team is there").members);
    }

    /// Makes a token of a user with these scopes, such as `read:repository`; none at all may do nothing.
    pub fn add_token(&self, token: &str, user: &str, scopes: &[&str]) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let user = user.to_owned();
        lock(&self.world)
            .tokens
            .insert(token.to_owned(), Token { user, scopes });
    }
}

/// Traps, and what was asked.
impl FakeGitea {
    /// Lays a trap; the first one that fits a request and is not used up counts.
    pub fn trouble(&self, trouble: Trouble) {
        lock(&self.world).troubles.push(trouble);
    }

    /// Takes all traps away.
    pub fn calm(&self) {
        lock(&self.world).troubles.clear();
    }

    /// How often each route was called, such as `GET /repos/{owner}/{repo}/contents/{*path}`; also those that had trouble.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        lock(&self.world).record.calls.clone()
    }

    /// How often a route was called.
    pub fn calls_of(&self, route: &str) -> usize {
        self.calls().get(route).copied().unwrap_or(0)
    }

    /// How many calls there were.
    pub fn calls_in_all(&self) -> usize {
        self.calls().values().sum()
    }

    /// The first 20,000 requests, with headers and bodies.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.world).record.requests.clone()
    }

    /// Counts from zero again.
    pub fn forget_calls(&self) {
        lock(&self.world).record = record::Record::default();
    }

    /// The secret of Actions that a repository has under a name.
    pub fn secret(&self, full_name: &str, name: &str) -> Option<String> {
        let world = lock(&self.world);
        let id = world.find(full_name)?.id;
        world.secrets.get(&(id, name.to_owned())).cloned()
    }

    /// The rules of a repository's branches, as the API writes them.
    pub fn rules(&self, full_name: &str) -> Vec<Value> {
        let world = lock(&self.world);
        let id = world.find(full_name).map(|found| found.id).unwrap_or_default();
        let rules = world.rules.get(&id).into_iter().flatten();
        rules.map(rules::Rule::shape).collect()
    }

    /// Who is asked to review a pull request; teams with the word `team` before their name.
    pub fn reviewers(&self, full_name: &str, number: u64) -> Vec<String> {
        let world = lock(&self.world);
        let id = world.find(full_name).map(|found| found.id).unwrap_or_default();
        let asked = world.reviewers.iter();
        let of = asked.filter(|(repository, pull, _)| (*repository, *pull) == (id, number));
        of.map(|(_, _, name)| name.clone()).collect()
    }

    /// The right of a collaborator in a repository.
    pub fn collaborator(&self, full_name: &str, login: &str) -> Option<String> {
        let world = lock(&self.world);
        let id = world.find(full_name)?.id;
        world.collaborators.get(&(id, login.to_owned())).cloned()
    }

    /// All webhooks that are set up.
    pub fn hooks(&self) -> Vec<Hook> {
        lock(&self.world).hooks.values().cloned().collect()
    }
}
