//! The kinds of the core model and software templates.

mod template;

use super::declared::{Declared, Reference};
use crate::schema::{Fields, Shape};

const API_VERSIONS: &[&str] = &["backstage.io/v1alpha1", "backstage.io/v1beta1"];

const OWNER: Reference = Reference::new("owner", "Group", "ownedBy", "ownerOf");
const SYSTEM: Reference = Reference::new("system", "System", "partOf", "hasPart");
const DEPENDS_ON: Reference = Reference::of_any_kind("dependsOn", "dependsOn", "dependencyOf");
const DEPENDENCY_OF: Reference = Reference::of_any_kind("dependencyOf", "dependencyOf", "dependsOn");

const PROFILE: Shape = Shape::object(
    &[],
    &[
        ("displayName", Shape::NonEmpty),
        ("email", Shape::NonEmpty),
        ("picture", Shape::NonEmpty),
    ],
);

/// Every kind of a default installation.
pub(super) static KINDS: [Declared; 9] = [
    API,
    COMPONENT,
    RESOURCE,
    GROUP,
    LOCATION,
    USER,
    SYSTEM_KIND,
    DOMAIN,
    template::TEMPLATE,
];

const API: Declared = Declared {
    kind: "API",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &["type", "lifecycle", "owner", "definition"],
        &[
            ("type", Shape::NonEmpty),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            ("definition", Shape::NonEmpty),
        ],
    ),
    references: &[OWNER, SYSTEM],
};

const COMPONENT: Declared = Declared {
    kind: "Component",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &["type", "lifecycle", "owner"],
        &[
            ("type", Shape::NonEmpty),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            ("subcomponentOf", Shape::NonEmpty),
            ("providesApis", Shape::TEXTS),
            ("consumesApis", Shape::TEXTS),
            ("dependsOn", Shape::TEXTS),
        ],
    ),
    references: &[
        OWNER,
        Reference::new("subcomponentOf", "Component", "partOf", "hasPart"),
        Reference::new("providesApis", "API", "providesApi", "apiProvidedBy"),
        Reference::new("consumesApis", "API", "consumesApi", "apiConsumedBy"),
        DEPENDS_ON,
        DEPENDENCY_OF,
        SYSTEM,
    ],
};

const RESOURCE: Declared = Declared {
    kind: "Resource",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &["type", "owner"],
        &[
            ("type", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("dependsOn", Shape::TEXTS),
            ("system", Shape::NonEmpty),
        ],
    ),
    references: &[OWNER, DEPENDS_ON, DEPENDENCY_OF, SYSTEM],
};

const GROUP: Declared = Declared {
    kind: "Group",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &["type", "children"],
        &[
            ("type", Shape::NonEmpty),
            ("profile", PROFILE),
            ("parent", Shape::NonEmpty),
            ("children", Shape::TEXTS),
            ("members", Shape::TEXTS),
        ],
    ),
    references: &[
        Reference::new("parent", "Group", "childOf", "parentOf"),
        Reference::new("children", "Group", "parentOf", "childOf"),
        Reference::new("members", "User", "hasMember", "memberOf"),
    ],
};

const LOCATION: Declared = Declared {
    kind: "Location",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &[],
        &[
            ("type", Shape::NonEmpty),
            ("target", Shape::NonEmpty),
            ("targets", Shape::TEXTS),
            ("presence", Shape::OneOfTexts(&["required", "optional"])),
        ],
    ),
    references: &[],
};

const USER: Declared = Declared {
    kind: "User",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(&["memberOf"], &[("profile", PROFILE), ("memberOf", Shape::TEXTS)]),
    references: &[Reference::new("memberOf", "Group", "memberOf", "hasMember")],
};

const SYSTEM_KIND: Declared = Declared {
    kind: "System",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &["owner"],
        &[
            ("owner", Shape::NonEmpty),
            ("domain", Shape::NonEmpty),
            ("type", Shape::NonEmpty),
        ],
    ),
    references: &[OWNER, Reference::new("domain", "Domain", "partOf", "hasPart")],
};

const DOMAIN: Declared = Declared {
    kind: "Domain",
    api_versions: API_VERSIONS,
    spec_type: None,
    spec: Fields::open(
        &["owner"],
        &[
            ("owner", Shape::NonEmpty),
            ("subdomainOf", Shape::NonEmpty),
            ("type", Shape::NonEmpty),
        ],
    ),
    references: &[
        OWNER,
        Reference::new("subdomainOf", "Domain", "partOf", "hasPart"),
    ],
};
