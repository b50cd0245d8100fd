//! The address of an object of Flux: `north/Kustomization/flux-system/apps`.

use std::fmt;

use kubernetes::engine::{Kind, Object};

use crate::engine::kinds::EVERY;

/// Longest part of an address.
const MOST_LETTERS: usize = 260;

/// Cluster, kind, namespace and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub cluster: String,
    pub kind: &'static Kind,
    pub namespace: String,
    pub name: String,
}

impl Address {
    /// The address of an object in a cluster.
    pub fn of(cluster: &str, object: &Object) -> Self {
        Self {
            cluster: cluster.to_owned(),
            kind: object.kind(),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
        }
    }

    /// Reads an address; nothing where it is none of an object of Flux. The name of a cluster may hold slashes.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(4, '/');
        let (name, namespace, kind, cluster) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let kind = EVERY.iter().find(|known| known.name == kind)?;
        let is_fit = |text: &str| !text.is_empty() && text.len() <= MOST_LETTERS;
        [cluster, namespace, name].into_iter().all(is_fit).then(|| Self {
            cluster: cluster.to_owned(),
            kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }

    /// What an open page follows ([`kubernetes::Kubernetes::follow`]).
    pub fn followed(self) -> (String, &'static str, String, String) {
        (self.cluster, self.kind.plural, self.namespace, self.name)
    }

    /// Whether it is that of an object.
    pub fn is_of(&self, cluster: &str, object: &Object) -> bool {
        *self == Self::of(cluster, object)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "{}/{}/{}/{}",
            self.cluster, self.kind.name, self.namespace, self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for text in [
            "north/Kustomization/flux-system/apps",
            "arn:aws/cluster/x/HelmRelease/shop/web",
        ] {
            assert_eq!(Address::read(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "a/b/c",
            "north/Secret/a/b",
            "north/Kustomization//b",
            "/Kustomization/a/b",
        ] {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }
}
