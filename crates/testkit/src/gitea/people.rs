//! Users, organisations, teams and tokens.

use jiff::Timestamp;

/// A user, or an organisation: both own repositories, and share one list of names and numbers.
#[derive(Debug, Clone)]
pub struct Account {
    /// Given by the server.
    pub id: u64,
    /// Name in addresses.
    pub login: String,
    /// Name for people.
    pub full_name: String,
    /// Address for mail.
    pub email: String,
    /// What it is, in words.
    pub description: String,
    /// `public`, `limited` (those who are signed in) or `private` (members).
    pub visibility: String,
    /// An organisation, not a user.
    pub organization: bool,
    /// May do everything.
    pub admin: bool,
    /// May sign in.
    pub active: bool,
    /// Address of a page.
    pub website: String,
    /// A place.
    pub location: String,
    /// For signing in with the name; any password does where there is none.
    pub password: Option<String>,
    pub(super) created: Timestamp,
}

impl Account {
    /// A user.
    pub fn user(login: &str) -> Self {
        Self {
            id: 0,
            login: login.to_owned(),
            full_name: String::new(),
            email: format!("{login}@example.com"),
            description: String::new(),
            visibility: "public".to_owned(),
            organization: false,
            admin: false,
            active: true,
            website: String::new(),
            location: String::new(),
            password: None,
            created: Timestamp::UNIX_EPOCH,
        }
    }

    /// An organisation.
    pub fn organization(login: &str) -> Self {
        Self {
            email: String::new(),
            organization: true,
            ..Self::user(login)
        }
    }

    /// With a name for people.
    pub fn full_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.full_name);
        self
    }

    /// With an address for mail.
    pub fn email(mut self, address: &str) -> Self {
        address.clone_into(&mut self.email);
        self
    }

    /// With a description.
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// `public`, `limited` or `private`.
    pub fn visibility(mut self, visibility: &str) -> Self {
        visibility.clone_into(&mut self.visibility);
        self
    }

    /// May do everything.
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// May no longer sign in.
    pub fn inactive(mut self) -> Self {
        self.active = false;
        self
    }
}

/// A team of an organisation. Its members are the members of the organisation.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub id: u64,
    pub organization: String,
    pub name: String,
    pub description: String,
    /// `owner`, `admin`, `write`, `read`.
    pub permission: String,
    pub all_repositories: bool,
    pub units: Vec<String>,
    pub members: Vec<String>,
}

/// A token, which somebody made for a program.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub user: String,
    pub scopes: Vec<String>,
}

impl Token {
    /// Whether it may read, or write, what belongs to a category. `write:` is more than `read:`.
    pub(super) fn allows(&self, category: &str, write: bool) -> bool {
        self.scopes.iter().any(|scope| {
            let right = scope
                .split_once(':')
                .filter(|(_, name)| *name == category)
                .map(|(right, _)| right);
            scope == "all" || right == Some("write") || (right == Some("read") && !write)
        })
    }
}
