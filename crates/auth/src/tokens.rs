//! Tokens of the portal: what clients of the original carry to say who they are, and the keys that sign them.
//!
//! A user token names a person, for an hour. Its holder makes a limited one of it without any key, good for nothing but the
//! files that browsers load by themselves: `cookie` hands it to them. `bearer` knows callers by both, and programs by the tokens
//! that they sign themselves: services (`external`), and plugins of other backends (`plugin`). Private keys stay in the memory of a process (`keys`).

mod bearer;
pub(crate) mod cookie;
mod external;
mod jwt;
mod keys;
mod owners;
mod plugin;
mod tables;
mod user;

pub(crate) use bearer::{BearerTokens, LimitedTokens};
pub(crate) use external::ExternalTokens;
pub(crate) use keys::Keys;
pub(crate) use owners::Owners;
pub(crate) use plugin::PluginTokens;
pub(crate) use tables::KEYS;
pub(crate) use user::UserTokens;
