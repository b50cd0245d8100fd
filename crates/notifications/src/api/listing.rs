//! The query strings of lists.

use model::Fault;
use web::api::{Parameter, ReadQuery, Values};

use crate::notification::Severity;
use crate::question::{Order, Question, moment};

const FLAG: &[&str] = &["true", "false"];

/// What a list of notifications is asked with; the person is put in later.
pub(super) struct Listing(pub(super) Question);

/// What a list of topics is asked with.
pub(super) struct Filters(pub(super) Question);

impl ReadQuery for Listing {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::integer("offset"),
        Parameter::integer("limit"),
        Parameter::repeated("orderField"),
        Parameter::text("topic"),
        Parameter::text("search"),
        Parameter::choice("read", FLAG),
        Parameter::choice("saved", FLAG),
        Parameter::text("createdAfter"),
        Parameter::choice("minimumSeverity", &Severity::WORDS),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let number = |name| {
            let number = values.integer(name);
            number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        let orders = values.list("orderField").unwrap_or_default().iter();
        Ok(Self(Question {
            topic: values.text("topic").map(str::to_owned),
            orders: orders.map(|text| Order::parse(text)).collect::<Result<_, _>>()?,
            offset: number("offset").unwrap_or_default(),
            // The original reads 0 as no limit.
            limit: number("limit").filter(|limit| *limit > 0),
            ..filters(values)?
        }))
    }
}

impl ReadQuery for Filters {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text("search"),
        Parameter::choice("read", FLAG),
        Parameter::choice("saved", FLAG),
        Parameter::text("createdAfter"),
        Parameter::choice("minimumSeverity", &Severity::WORDS),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        filters(values).map(Self)
    }
}

fn filters(values: &Values) -> Result<Question, Fault> {
    let flag = |name| values.text(name).map(|word| word == "true");
    Ok(Question {
        text: values.text("search").map(str::to_owned),
        read: flag("read"),
        saved: flag("saved"),
        since: values.text("createdAfter").map(moment).transpose()?,
        minimum: values.text("minimumSeverity").and_then(Severity::of_word),
        ..Question::default()
    })
}
