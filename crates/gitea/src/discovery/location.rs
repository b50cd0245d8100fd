//! The `Location` entities of found descriptors.

use model::{EntityRef, entity};
use plugin::DeferredEntity;
use scm::gitea::Repository;
use serde_json::json;
use url::Url;

use super::known::{Descriptor, Known};

/// The address of a file of a repository, for people and for the catalog. A slash in the name of a branch is written `%2F`.
pub(crate) fn address(web: &str, full_name: &str, branch: &str, path: &str) -> String {
    let plain = || format!("{web}/{full_name}/src/branch/{branch}/{path}");
    let Ok(mut url) = Url::parse(web) else {
        return plain();
    };
    let Ok(mut segments) = url.path_segments_mut() else {
        return plain();
    };
    segments
        .pop_if_empty()
        .extend(full_name.split('/'))
        .extend(["src", "branch", branch])
        .extend(path.split('/'));
    drop(segments);
    url.into()
}

/// The name that the original gives to the location of an address.
pub(crate) fn generated_name(address: &str) -> String {
    format!(
        "generated-{}",
        model::sha1_hex(format!("url:{address}").as_bytes())
    )
}

/// The reference of a location.
pub(crate) fn reference(name: &str) -> EntityRef {
    EntityRef::new("location", "default", name)
}

/// The locations of a repository.
pub(crate) fn entities(web: &str, provider: &str, known: &Known) -> Vec<DeferredEntity> {
    let of = |descriptor: &Descriptor| entity(web, provider, &known.repository, descriptor);
    known.descriptors.iter().map(of).collect()
}

fn entity(web: &str, provider: &str, repository: &Repository, descriptor: &Descriptor) -> DeferredEntity {
    let target = address(web, &repository.full_name, &descriptor.branch, &descriptor.path);
    let location = format!("url:{target}");
    DeferredEntity {
        entity: json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Location",
            "metadata": {
                "name": descriptor.name,
                "namespace": "default",
                "annotations": {
                    entity::MANAGED_BY_LOCATION: location,
                    entity::MANAGED_BY_ORIGIN_LOCATION: location,
                },
            },
            "spec": {"type": "url", "target": target, "presence": "optional"},
        }),
        location_key: Some(provider.to_owned()),
    }
}
