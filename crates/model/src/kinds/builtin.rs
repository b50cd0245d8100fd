//! The core kinds of the catalog and the software template, as tables.

use std::sync::{Arc, LazyLock};

use serde_json::Value;

use super::{
    Kind,
    reference::{Stated, relations},
};
use crate::{
    Fault, Relation,
    schema::{self, Schema, TEXT, object, texts},
};

const CORE: &[&str] = &["backstage.io/v1alpha1", "backstage.io/v1beta1"];
const TEMPLATE: &[&str] = &["scaffolder.backstage.io/v1beta3"];

/// A kind described by its schema and the fields that state relations.
struct Described {
    kind: &'static str,
    api_versions: &'static [&'static str],
    schema: Schema,
    stated: &'static [Stated],
}

impl Kind for Described {
    fn kind(&self) -> &str {
        self.kind
    }

    fn api_versions(&self) -> &[&str] {
        self.api_versions
    }

    fn validate(&self, entity: &Value) -> Result<bool, Fault> {
        let version = entity["apiVersion"].as_str().unwrap_or_default();
        if entity["kind"] != self.kind || !self.api_versions.contains(&version) {
            return Ok(false);
        }
        schema::check(&self.schema, entity)
            .map_err(|wrong| Fault::type_error(wrong.full_text()).at(wrong.path))?;
        Ok(true)
    }

    fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault> {
        relations(entity, self.stated)
    }
}

const OWNER: Stated = Stated {
    field: "owner",
    kind: Some("Group"),
    forward: "ownedBy",
    inverse: "ownerOf",
};
const SYSTEM: Stated = Stated {
    field: "system",
    kind: Some("System"),
    forward: "partOf",
    inverse: "hasPart",
};
const DEPENDS_ON: Stated = Stated {
    field: "dependsOn",
    kind: None,
    forward: "dependsOn",
    inverse: "dependencyOf",
};
const DEPENDENCY_OF: Stated = Stated {
    field: "dependencyOf",
    kind: None,
    forward: "dependencyOf",
    inverse: "dependsOn",
};

const fn part_of(field: &'static str, kind: &'static str) -> Stated {
    Stated {
        field,
        kind: Some(kind),
        forward: "partOf",
        inverse: "hasPart",
    }
}

const COMPONENT_STATED: &[Stated] = &[
    OWNER,
    part_of("subcomponentOf", "Component"),
    Stated {
        field: "providesApis",
        kind: Some("API"),
        forward: "providesApi",
        inverse: "apiProvidedBy",
    },
    Stated {
        field: "consumesApis",
        kind: Some("API"),
        forward: "consumesApi",
        inverse: "apiConsumedBy",
    },
    DEPENDS_ON,
    DEPENDENCY_OF,
    SYSTEM,
];

const GROUP_STATED: &[Stated] = &[
    Stated {
        field: "parent",
        kind: Some("Group"),
        forward: "childOf",
        inverse: "parentOf",
    },
    Stated {
        field: "children",
        kind: Some("Group"),
        forward: "parentOf",
        inverse: "childOf",
    },
    Stated {
        field: "members",
        kind: Some("User"),
        forward: "hasMember",
        inverse: "memberOf",
    },
];

const USER_STATED: &[Stated] = &[Stated {
    field: "memberOf",
    kind: Some("Group"),
    forward: "memberOf",
    inverse: "hasMember",
}];

static ALL: LazyLock<Vec<Arc<dyn Kind>>> = LazyLock::new(|| {
    vec![
        api(),
        component(),
        domain(),
        group(),
        location(),
        resource(),
        system(),
        user(),
        template(),
    ]
});

/// Every built-in kind.
pub(super) fn all() -> Vec<Arc<dyn Kind>> {
    ALL.clone()
}

fn core(
    kind: &'static str,
    required: &'static [&'static str],
    properties: Vec<(&'static str, Schema)>,
    stated: &'static [Stated],
) -> Arc<dyn Kind> {
    let schema = object(&["spec"], vec![("spec", object(required, properties))]);
    Arc::new(Described {
        kind,
        api_versions: CORE,
        schema,
        stated,
    })
}

fn api() -> Arc<dyn Kind> {
    let properties = vec![
        ("type", TEXT),
        ("lifecycle", TEXT),
        ("owner", TEXT),
        ("system", TEXT),
        ("definition", TEXT),
    ];
    core(
        "API",
        &["type", "lifecycle", "owner", "definition"],
        properties,
        &[OWNER, SYSTEM],
    )
}

fn component() -> Arc<dyn Kind> {
    let properties = vec![
        ("type", TEXT),
        ("lifecycle", TEXT),
        ("owner", TEXT),
        ("system", TEXT),
        ("subcomponentOf", TEXT),
        ("providesApis", texts()),
        ("consumesApis", texts()),
        ("dependsOn", texts()),
    ];
    core(
        "Component",
        &["type", "lifecycle", "owner"],
        properties,
        COMPONENT_STATED,
    )
}

fn domain() -> Arc<dyn Kind> {
    let properties = vec![("owner", TEXT), ("subdomainOf", TEXT), ("type", TEXT)];
    core(
        "Domain",
        &["owner"],
        properties,
        const { &[OWNER, part_of("subdomainOf", "Domain")] },
    )
}

fn group() -> Arc<dyn Kind> {
    let properties = vec![
        ("type", TEXT),
        ("profile", profile()),
        ("parent", TEXT),
        ("children", texts()),
        ("members", texts()),
    ];
    core("Group", &["type", "children"], properties, GROUP_STATED)
}

fn profile() -> Schema {
    object(
        &[],
        vec![("displayName", TEXT), ("email", TEXT), ("picture", TEXT)],
    )
}

fn location() -> Arc<dyn Kind> {
    let presence = Schema::OneOf(&["required", "optional"]);
    let properties = vec![
        ("type", TEXT),
        ("target", TEXT),
        ("targets", texts()),
        ("presence", presence),
    ];
    core("Location", &[], properties, &[])
}

fn resource() -> Arc<dyn Kind> {
    let properties = vec![
        ("type", TEXT),
        ("owner", TEXT),
        ("dependsOn", texts()),
        ("system", TEXT),
    ];
    core(
        "Resource",
        &["type", "owner"],
        properties,
        &[OWNER, DEPENDS_ON, DEPENDENCY_OF, SYSTEM],
    )
}

fn system() -> Arc<dyn Kind> {
    let properties = vec![("owner", TEXT), ("domain", TEXT), ("type", TEXT)];
    core(
        "System",
        &["owner"],
        properties,
        const { &[OWNER, part_of("domain", "Domain")] },
    )
}

fn user() -> Arc<dyn Kind> {
    let properties = vec![("profile", profile()), ("memberOf", texts())];
    core("User", &["memberOf"], properties, USER_STATED)
}

/// The software template, `scaffolder.backstage.io/v1beta3`.
fn template() -> Arc<dyn Kind> {
    let any_text = || Schema::Text { least: 0, most: None };
    let step = object(
        &["action"],
        vec![
            ("id", any_text()),
            ("name", any_text()),
            ("action", any_text()),
            ("input", object(&[], Vec::new())),
            ("if", Schema::TextOrFlag),
            ("each", Schema::Any),
        ],
    );
    let spec = object(
        &["type", "steps"],
        vec![
            ("type", TEXT),
            ("owner", TEXT),
            ("lifecycle", TEXT),
            (
                "parameters",
                Schema::Either(vec![object(&[], Vec::new()), list_of(object(&[], Vec::new()))]),
            ),
            ("secrets", object(&[], vec![("schema", object(&[], Vec::new()))])),
            (
                "presentation",
                object(&[], vec![("buttonLabels", button_labels())]),
            ),
            (
                "EXPERIMENTAL_recovery",
                object(&[], vec![("EXPERIMENTAL_strategy", any_text())]),
            ),
            ("formDecorators", decorators()),
            ("EXPERIMENTAL_formDecorators", decorators()),
            ("steps", list_of(step)),
            ("output", output()),
        ],
    );
    let schema = object(&["spec"], vec![("spec", spec)]);
    Arc::new(Described {
        kind: "Template",
        api_versions: TEMPLATE,
        schema,
        stated: &[OWNER],
    })
}

fn list_of(items: Schema) -> Schema {
    Schema::List {
        items: Box::new(items),
        least: 0,
    }
}

fn button_labels() -> Schema {
    let any_text = || Schema::Text { least: 0, most: None };
    object(
        &[],
        vec![
            ("backButtonText", any_text()),
            ("createButtonText", any_text()),
            ("reviewButtonText", any_text()),
        ],
    )
}

fn decorators() -> Schema {
    let any_text = Schema::Text { least: 0, most: None };
    list_of(object(
        &[],
        vec![("id", any_text), ("input", object(&[], Vec::new()))],
    ))
}

fn output() -> Schema {
    let any_text = || Schema::Text { least: 0, most: None };
    let link = object(
        &[],
        vec![
            ("if", Schema::TextOrFlag),
            ("url", TEXT),
            ("entityRef", TEXT),
            ("title", TEXT),
            ("icon", TEXT),
        ],
    );
    let text = object(
        &[],
        vec![
            ("if", Schema::TextOrFlag),
            ("title", TEXT),
            ("icon", TEXT),
            ("content", any_text()),
        ],
    );
    Schema::Object(schema::Object {
        properties: vec![("links", list_of(link)), ("text", list_of(text))],
        others: Some(Box::new(any_text())),
        ..schema::Object::default()
    })
}
