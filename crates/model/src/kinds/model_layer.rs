//! Kinds that the original knows only when a catalog model layer is installed.
//!
//! They are asked before the core kinds: an API of type `mcp-server` has remotes, no definition.

use super::declared::{Declared, Reference};
use crate::schema::{Fields, Shape};

const OWNER: Reference = Reference::new("owner", "Group", "ownedBy", "ownerOf").only_to(&["group", "user"]);
const SYSTEM: Reference = Reference::new("system", "System", "partOf", "hasPart").only_to(&["system"]);
const DEPENDS_ON: Reference =
    Reference::new("dependsOn", "AiResource", "dependsOn", "dependencyOf").only_to(&["airesource"]);
const SKILLS: Reference =
    Reference::new("skills", "AiResource", "hasPart", "partOf").only_to(&["airesource"]);
const PLUGINS: Reference =
    Reference::new("plugins", "AiResource", "hasPart", "partOf").only_to(&["airesource"]);

/// The layer's kinds, those for one type first.
pub(super) static KINDS: [Declared; 6] = [MCP_SERVER, SKILL, RULE, PLUGIN, MARKETPLACE, AI_RESOURCE];

const REMOTE: Shape = Shape::object(
    &["type", "url"],
    &[("type", Shape::NonEmpty), ("url", Shape::NonEmpty)],
);

const MCP_SERVER: Declared = Declared {
    kind: "API",
    api_versions: &["backstage.io/v1alpha1", "backstage.io/v1beta1"],
    spec_type: Some("mcp-server"),
    spec: Fields::open(
        &["type", "lifecycle", "owner", "remotes"],
        &[
            ("type", Shape::Exactly("mcp-server")),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            (
                "remotes",
                Shape::List {
                    items: &REMOTE,
                    at_least: 1,
                },
            ),
        ],
    ),
    references: &[OWNER, SYSTEM],
};

const AI_RESOURCE: Declared = ai_resource(
    None,
    Fields::open(
        &["type", "lifecycle", "owner"],
        &[
            ("type", Shape::NonEmpty),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
        ],
    ),
    &[OWNER, SYSTEM],
);

const SKILL: Declared = ai_resource(
    Some("skill"),
    Fields::open(
        &["type", "lifecycle", "owner"],
        &[
            ("type", Shape::OneOfTexts(&["skill"])),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            ("disciplines", Shape::TEXTS),
            ("categories", Shape::TEXTS),
            ("agents", Shape::TEXTS),
            ("dependsOn", Shape::TEXTS),
            ("allowedTools", Shape::NonEmpty),
            ("license", Shape::NonEmpty),
            ("compatibility", Shape::Limited(500)),
        ],
    ),
    &[OWNER, SYSTEM, DEPENDS_ON],
);

const RULE: Declared = ai_resource(
    Some("rule"),
    Fields::open(
        &["type", "lifecycle", "owner", "category", "rationale"],
        &[
            ("type", Shape::OneOfTexts(&["rule"])),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            ("disciplines", Shape::TEXTS),
            ("category", Shape::NonEmpty),
            ("rationale", Shape::NonEmpty),
        ],
    ),
    &[OWNER, SYSTEM],
);

const PLUGIN: Declared = ai_resource(
    Some("plugin"),
    Fields::open(
        &["type", "lifecycle", "owner", "skills"],
        &[
            ("type", Shape::OneOfTexts(&["plugin"])),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            ("skills", Shape::TEXTS),
            ("version", Shape::NonEmpty),
        ],
    ),
    &[OWNER, SYSTEM, SKILLS],
);

const MARKETPLACE: Declared = ai_resource(
    Some("marketplace"),
    Fields::open(
        &["type", "lifecycle", "owner", "plugins"],
        &[
            ("type", Shape::OneOfTexts(&["marketplace"])),
            ("lifecycle", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("system", Shape::NonEmpty),
            ("plugins", Shape::TEXTS),
            ("version", Shape::NonEmpty),
        ],
    ),
    &[OWNER, SYSTEM, PLUGINS],
);

const fn ai_resource(
    spec_type: Option<&'static str>,
    spec: Fields,
    references: &'static [Reference],
) -> Declared {
    Declared {
        kind: "AiResource",
        api_versions: &["backstage.io/v1alpha1"],
        spec_type,
        spec,
        references,
    }
}
