//! From a person as the provider knows it to a User entity of the catalog, and to what that person owns by.

mod names;

pub(crate) use names::Names;

use catalog::query::ListRequest;
use catalog::{Catalog, Sight, browse};
use model::{EntityRef, Fault, Filter};
use serde::Deserialize;
use serde_json::{Map, Value};

use self::names::{BY_EMAIL, BY_LOCAL_PART, Named, Said};
use crate::refusal::Refusal;

/// A sign-in looks for people before anybody can say what they may see.
static EVERYBODY: Sight = Sight::system("a sign-in finds the person");
/// A person as the provider describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    /// By what the provider itself knows the person.
    pub id: Option<String>,
    /// Only an address that the provider calls verified.
    pub email: Option<String>,
    /// The address is there, but not verified.
    pub has_unverified_email: bool,
    pub username: Option<String>,
    pub name: Option<String>,
}

/// A way to find the User entity, as in `signIn.resolvers` of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolver {
    by: By,
    /// A person is let in without an entity.
    without_entity: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    ProfileEmail,
    LocalPart {
        domains: Vec<String>,
    },
    /// Something else, by the resolver of this name.
    Named(String, Named),
}

/// What a resolver found.
enum Found {
    Entity(EntityRef),
    /// Nothing; the sentence says what was looked for.
    Nothing(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    resolver: String,
    #[serde(default)]
    allowed_domains: Vec<String>,
    #[serde(default)]
    dangerously_allow_sign_in_without_user_in_catalog: bool,
}

impl Resolver {
    /// Reads an entry of the configuration, of a provider with resolvers of these names.
    pub fn read(value: &Value, names: Names<'_>) -> Result<Self, String> {
        let written: Written = serde_json::from_value(value.clone())
            .map_err(|error| format!("a resolver is not written as expected, {error}"))?;
        let by = match written.resolver.as_str() {
            BY_EMAIL => By::ProfileEmail,
            BY_LOCAL_PART => By::LocalPart {
                domains: written.allowed_domains,
            },
            other => {
                let named = names.find(other).ok_or_else(|| {
                    format!(
                        "the resolver '{other}' is not known, expected one of {}",
                        names.listed()
                    )
                })?;
                By::Named(other.to_owned(), named)
            }
        };
        Ok(Self {
            by,
            without_entity: written.dangerously_allow_sign_in_without_user_in_catalog,
        })
    }

    /// Whether it looks for an address of the person.
    pub fn needs_address(&self) -> bool {
        match &self.by {
            By::ProfileEmail | By::LocalPart { .. } => true,
            By::Named(_, Named::Name(said) | Named::Annotation(said, _)) => *said == Said::Email,
        }
    }

    async fn find(&self, catalog: &Catalog, profile: &Profile) -> Result<Found, Refusal> {
        match &self.by {
            By::ProfileEmail => by_email(catalog, profile, self.without_entity).await,
            By::LocalPart { domains } => {
                let Some(email) = &profile.email else {
                    return Ok(Found::Nothing(no_email(BY_LOCAL_PART, profile)));
                };
                let name = local_part(email, domains)?;
                self.by_name(catalog, BY_LOCAL_PART, name).await
            }
            By::Named(resolver, named) => {
                let said = match named {
                    Named::Name(said) | Named::Annotation(said, _) => *said,
                };
                match (profile.said(said), named) {
                    (None, _) if said == Said::Email => Ok(Found::Nothing(no_email(resolver, profile))),
                    (None, _) => Ok(Found::Nothing(format!("{resolver} found no {}", said.words()))),
                    (Some(name), Named::Name(_)) => self.by_name(catalog, resolver, name).await,
                    (Some(value), Named::Annotation(_, key)) => {
                        self.by_annotation(catalog, resolver, key, value).await
                    }
                }
            }
        }
    }

    async fn by_annotation(
        &self,
        catalog: &Catalog,
        resolver: &str,
        key: &str,
        value: &str,
    ) -> Result<Found, Refusal> {
        let field = format!("metadata.annotations.{key}");
        match users_with(catalog, &field, value).await?.as_slice() {
            [one] => return Ok(Found::Entity(one.clone())),
            [] => {}
            _ => {
                return Err(Refusal::not_allowed(format!(
                    "Several User entities have the annotation {key}: {value}, so nobody can tell which one you are."
                )));
            }
        }
        if let Some(reference) = user(value).filter(|_| self.without_entity) {
            return Ok(Found::Entity(reference));
        }
        Ok(Found::Nothing(format!(
            "{resolver} looked for a User with the annotation {key}: {value}"
        )))
    }

    async fn by_name(&self, catalog: &Catalog, resolver: &str, name: &str) -> Result<Found, Refusal> {
        let nothing = || Found::Nothing(format!("{resolver} looked for the entity user:default/{name}"));
        let Some(reference) = user(name) else {
            return Ok(nothing());
        };
        let is_there = is_there(catalog, &reference).await?;
        Ok(if is_there || self.without_entity {
            Found::Entity(reference)
        } else {
            nothing()
        })
    }
}

/// The person's entity, by the first resolver that finds one. `place` is the section of the configuration that has the resolvers.
pub(crate) async fn resolve(
    catalog: &Catalog,
    resolvers: &[Resolver],
    profile: &Profile,
    place: &str,
) -> Result<EntityRef, Refusal> {
    let mut tried = Vec::new();
    for resolver in resolvers {
        match resolver.find(catalog, profile).await? {
            Found::Entity(entity) => return Ok(entity),
            Found::Nothing(sentence) => tried.push(sentence),
        }
    }
    Err(Refusal::nobody(&profile.words(), &tried, place))
}

/// The references by which a person owns things. The person alone where the catalog does not know it.
pub(crate) async fn ownership(catalog: &Catalog, person: &EntityRef) -> Result<Vec<EntityRef>, Fault> {
    catalog.owners_of(person).await
}

/// What clients show of a person: name, address and picture of its entity, as far as it has them.
pub(crate) async fn profile_of(catalog: &Catalog, person: &EntityRef) -> Result<Value, Fault> {
    let entity = catalog.seen_by(&EVERYBODY).entity(person).await?;
    let written = entity.as_ref().and_then(|entity| entity.pointer("/spec/profile"));
    let mut profile = Map::new();
    for key in ["email", "displayName", "picture"] {
        if let Some(text) = written.and_then(|written| written[key].as_str()) {
            profile.insert(key.to_owned(), text.into());
        }
    }
    Ok(Value::Object(profile))
}

impl Profile {
    fn said(&self, what: Said) -> Option<&str> {
        let text = match what {
            Said::Username => &self.username,
            Said::Id => &self.id,
            Said::Email => &self.email,
        };
        text.as_deref()
    }

    /// The person in a few words.
    pub fn words(&self) -> String {
        let known = [&self.username, &self.email, &self.name];
        let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
        match known.split_first() {
            None => "somebody without a name".to_owned(),
            Some((first, [])) => (*first).to_owned(),
            Some((first, rest)) => format!("{first} ({})", rest.join(", ")),
        }
    }
}

impl Said {
    fn words(self) -> &'static str {
        match self {
            Self::Username => "preferred_username",
            Self::Id => "name by which the sign-in service knows you",
            Self::Email => "address",
        }
    }
}

async fn by_email(catalog: &Catalog, profile: &Profile, without_entity: bool) -> Result<Found, Refusal> {
    let Some(email) = &profile.email else {
        return Ok(Found::Nothing(no_email(BY_EMAIL, profile)));
    };
    let plain = without_tag(email);
    let addresses = [Some(email.clone()), plain.filter(|plain| plain != email)];
    for address in addresses.into_iter().flatten() {
        match users_with(catalog, "spec.profile.email", &address)
            .await?
            .as_slice()
        {
            [] => {}
            [one] => return Ok(Found::Entity(one.clone())),
            _ => {
                return Err(Refusal::not_allowed(format!(
                    "Several User entities have the spec.profile.email {address}, so nobody can tell which one you are."
                )));
            }
        }
    }
    if let Some(reference) = user(email).filter(|_| without_entity) {
        return Ok(Found::Entity(reference));
    }
    Ok(Found::Nothing(format!(
        "{BY_EMAIL} looked for a User whose spec.profile.email is {email}"
    )))
}

/// Users with a field of this value, two at most.
async fn users_with(catalog: &Catalog, field: &str, value: &str) -> Result<Vec<EntityRef>, Refusal> {
    let filter = Filter::All(vec![
        browse::one_of("kind", &["user".to_owned()]),
        browse::one_of(field, &[value.to_owned()]),
    ]);
    let request = ListRequest::for_people(filter).page(0, 2);
    let listing = catalog.seen_by(&EVERYBODY).listing(&request).await;
    let listing = listing.map_err(|fault| Refusal::failed(&fault))?;
    Ok(listing.entities.iter().filter_map(EntityRef::of).collect())
}

async fn is_there(catalog: &Catalog, reference: &EntityRef) -> Result<bool, Refusal> {
    let found = catalog.seen_by(&EVERYBODY).entity(reference).await;
    found
        .map(|entity| entity.is_some())
        .map_err(|fault| Refusal::failed(&fault))
}

/// A user of the default namespace; nothing for a name that no reference can have.
fn user(name: &str) -> Option<EntityRef> {
    let is_plain = !name.is_empty() && !name.contains([':', '/']) && !name.contains(char::is_whitespace);
    EntityRef::parse(name, Some("user"), "default")
        .ok()
        .filter(|_| is_plain)
}

fn no_email(resolver: &str, profile: &Profile) -> String {
    if profile.has_unverified_email {
        format!(
            "{resolver} does not use your address, because the sign-in service does not call it verified (email_verified)"
        )
    } else {
        format!("{resolver} found no address in what the sign-in service tells (scope email)")
    }
}

fn local_part<'a>(email: &'a str, domains: &[String]) -> Result<&'a str, Refusal> {
    let (name, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let is_allowed = domains.is_empty() || domains.iter().any(|one| one.eq_ignore_ascii_case(domain));
    if is_allowed {
        return Ok(name);
    }
    Err(Refusal::not_allowed(format!(
        "The address {email} is of the domain {domain}, which allowedDomains of the resolver {BY_LOCAL_PART} does not list."
    )))
}

/// `ada+portal@example.com` is `ada@example.com`.
fn without_tag(email: &str) -> Option<String> {
    let (name, domain) = email.rsplit_once('@')?;
    let (name, _) = name.split_once('+')?;
    Some(format!("{name}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(
            without_tag("ada+x+y@example.com").as_deref(),
            Some("ada@example.com")
        );
        assert_eq!(without_tag("ada@example.com"), None);
        let domains = ["Example.com".to_owned()];
        assert_eq!(local_part("ada@example.COM", &domains).unwrap(), "ada");
        assert!(local_part("ada@evil.example", &domains).is_err());
        assert_eq!(local_part("ada@anything", &[]).unwrap(), "ada");
    }

    #[test]
    fn a_name_is_no_reference_of_another_kind() {
        assert_eq!(user("ada").unwrap().to_string(), "user:default/ada");
        for odd in ["group:default/platform", "other/ada", "", "a b"] {
            assert_eq!(user(odd), None, "{odd}");
        }
    }
}
