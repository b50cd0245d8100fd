//! The dashboard that an entity names by its address.

use url::Url;

use crate::settings::HostSettings;

/// A dashboard named by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pinned {
    /// The address, for a link.
    pub(crate) address: String,
    /// Its uid, where the address is one of the instance's.
    pub(crate) uid: Option<String>,
    /// The values that the address gives to variables.
    pub(crate) variables: Vec<(String, String)>,
}

impl Pinned {
    /// Reads an address; nothing for what is none of the web.
    pub(crate) fn read(address: &str, host: &HostSettings) -> Option<Self> {
        let url = Url::parse(address)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let own = Url::parse(&host.domain).ok();
        let is_own = own.is_some_and(|own| own.origin() == url.origin());
        let parts: Vec<&str> = url.path_segments().into_iter().flatten().collect();
        let at = parts.iter().position(|part| matches!(*part, "d" | "d-solo"));
        let uid = at
            .and_then(|at| parts.get(at + 1))
            .filter(|uid| is_own && !uid.is_empty());
        let variables = url.query_pairs().filter_map(|(name, value)| {
            let name = name.strip_prefix("var-")?;
            Some((name.to_owned(), value.into_owned()))
        });
        Some(Self {
            uid: uid.map(|uid| (*uid).to_owned()),
            variables: variables.collect(),
            address: address.to_owned(),
        })
    }
}
