//! Software templates (`scaffolder.backstage.io/v1beta3`).

use super::super::declared::Declared;
use super::OWNER;
use crate::schema::{Fields, Others, Shape};

pub(super) const TEMPLATE: Declared = Declared {
    kind: "Template",
    api_versions: &["scaffolder.backstage.io/v1beta3"],
    spec_type: None,
    spec: Fields::open(
        &["type", "steps"],
        &[
            ("type", Shape::NonEmpty),
            ("owner", Shape::NonEmpty),
            ("lifecycle", Shape::NonEmpty),
            ("parameters", Shape::Either(&PARAMETERS, &PARAMETERS_LIST)),
            ("secrets", Shape::object(&[], &[("schema", Shape::AnyObject)])),
            (
                "presentation",
                Shape::object(&[], &[("buttonLabels", BUTTON_LABELS)]),
            ),
            (
                "EXPERIMENTAL_recovery",
                Shape::object(&[], &[("EXPERIMENTAL_strategy", Shape::Text)]),
            ),
            ("formDecorators", Shape::list(&DECORATOR)),
            ("EXPERIMENTAL_formDecorators", Shape::list(&DECORATOR)),
            ("steps", Shape::list(&STEP)),
            ("output", OUTPUT),
        ],
    ),
    references: &[OWNER],
};

const PERMISSIONS: Shape = Shape::object(&[], &[("tags", Shape::list(&Shape::Text))]);

const PARAMETERS_LIST: Shape = Shape::list(&PARAMETERS);

const PARAMETERS: Shape = Shape::object(&[], &[("backstage:permissions", PERMISSIONS)]);

const BUTTON_LABELS: Shape = Shape::object(
    &[],
    &[
        ("backButtonText", Shape::Text),
        ("createButtonText", Shape::Text),
        ("reviewButtonText", Shape::Text),
    ],
);

const DECORATOR: Shape = Shape::object(&[], &[("id", Shape::Text), ("input", Shape::AnyObject)]);

const STEP: Shape = Shape::object(
    &["action"],
    &[
        ("id", Shape::Text),
        ("name", Shape::Text),
        ("action", Shape::Text),
        ("input", Shape::AnyObject),
        ("if", Shape::TextOrFlag),
        ("backstage:permissions", PERMISSIONS),
    ],
);

const OUTPUT: Shape = Shape::Object(Fields {
    required: &[],
    known: &[
        ("links", Shape::list(&OUTPUT_LINK)),
        ("text", Shape::list(&OUTPUT_TEXT)),
    ],
    others: Others::Like(&Shape::Text),
});

const OUTPUT_LINK: Shape = Shape::object(
    &[],
    &[
        ("if", Shape::TextOrFlag),
        ("url", Shape::NonEmpty),
        ("entityRef", Shape::NonEmpty),
        ("title", Shape::NonEmpty),
        ("icon", Shape::NonEmpty),
    ],
);

const OUTPUT_TEXT: Shape = Shape::object(
    &[],
    &[
        ("if", Shape::TextOrFlag),
        ("title", Shape::NonEmpty),
        ("icon", Shape::NonEmpty),
        ("content", Shape::Text),
    ],
);
