//! The names of resolvers as providers of the original have them, and what each looks for.

/// The User whose `spec.profile.email` is the person's address.
pub(super) const BY_EMAIL: &str = "emailMatchingUserEntityProfileEmail";
/// The User whose name is the first part of the address.
pub(super) const BY_LOCAL_PART: &str = "emailLocalPartMatchingUserEntityName";
/// The User whose name is that of the person at the provider.
const BY_USERNAME: &str = "preferredUsernameMatchingUserEntityName";
/// The same, as the original calls it for GitHub, GitLab and their like.
const BY_USERNAME_OF_HOST: &str = "usernameMatchingUserEntityName";

/// What a provider says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Username,
    /// The name by which the provider itself knows the person, which never changes.
    Id,
    Email,
}

/// What is looked for beside addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// The User of this name.
    Name(Said),
    /// The User with this annotation.
    Annotation(Said, String),
}

/// The resolvers of one provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    provider: &'a str,
    host: &'a str,
}

impl<'a> Names<'a> {
    /// Those of a provider by its name, which is at this host.
    pub fn of(provider: &'a str, host: &'a str) -> Self {
        Self { provider, host }
    }

    /// What a resolver looks for; nothing for one that is not of this provider.
    pub(super) fn find(self, resolver: &str) -> Option<Named> {
        let found = self.all().into_iter().find(|(name, _)| *name == resolver);
        found.map(|(_, named)| named)
    }

    /// All names, for people.
    pub(super) fn listed(self) -> String {
        let own = self.all().into_iter().map(|(name, _)| name);
        let all: Vec<&str> = [BY_EMAIL, BY_LOCAL_PART].into_iter().chain(own).collect();
        all.join(", ")
    }

    /// The resolvers beside those for addresses, which every provider has.
    fn all(self) -> Vec<(&'static str, Named)> {
        use Said::{Email, Id, Username};
        let name = |resolver, said| (resolver, Named::Name(said));
        let annotation = |resolver, said, key: &str| (resolver, Named::Annotation(said, key.to_owned()));
        let by_email = || annotation("emailMatchingUserEntityAnnotation", Email, "google.com/email");
        match self.provider {
            "oauth2Proxy" => vec![
                name("forwardedUserMatchingUserEntityName", Id),
                name("forwardedPreferredUsernameMatchingUserEntityName", Username),
            ],
            "gcpIap" => vec![
                by_email(),
                annotation("idMatchingUserEntityAnnotation", Id, "google.com/user-id"),
            ],
            "azureEasyAuth" => vec![
                annotation(
                    "idMatchingUserEntityAnnotation",
                    Id,
                    "graph.microsoft.com/user-id",
                ),
                name(BY_USERNAME, Username),
            ],
            "awsalb" | "cfaccess" => Vec::new(),
            "github" => vec![
                name(BY_USERNAME_OF_HOST, Username),
                annotation("userIdMatchingUserEntityAnnotation", Id, "github.com/user-id"),
            ],
            "gitlab" => vec![
                name(BY_USERNAME_OF_HOST, Username),
                name(BY_USERNAME, Username),
                annotation(
                    "userIdMatchingUserEntityAnnotation",
                    Id,
                    &format!("{}/user-id", self.host),
                ),
            ],
            "google" => vec![
                by_email(),
                name(BY_USERNAME, Username),
                name(BY_USERNAME_OF_HOST, Username),
            ],
            _ => vec![name(BY_USERNAME, Username), name(BY_USERNAME_OF_HOST, Username)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_belongs_to_its_provider() {
        let annotation = |said, key: &str| Some(Named::Annotation(said, key.to_owned()));
        let by_id = "userIdMatchingUserEntityAnnotation";
        for (provider, resolver, expected) in [
            ("github", by_id, annotation(Said::Id, "github.com/user-id")),
            ("gitlab", by_id, annotation(Said::Id, "git.example:8443/user-id")),
            ("oidc", by_id, None),
            ("github", BY_USERNAME_OF_HOST, Some(Named::Name(Said::Username))),
            ("oauth2Proxy", BY_USERNAME, None),
            (
                "gcpIap",
                "idMatchingUserEntityAnnotation",
                annotation(Said::Id, "google.com/user-id"),
            ),
        ] {
            let found = Names::of(provider, "git.example:8443").find(resolver);
            assert_eq!(found, expected, "{provider} {resolver}");
        }
    }
}
