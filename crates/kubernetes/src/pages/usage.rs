//! What containers, pods and workloads use against what they ask for and may have.

use std::sync::Arc;

use maud::{Markup, html};
use ui::Tone;

use crate::engine::{ContainerUse, Failure, Usage};
use crate::health::quantity::Quantity;
use crate::health::resources::Resources;

/// Use of a limit from which a container is close to its end, in percent.
const CLOSE: i128 = 90;
/// What asks for so many times what it uses asks for too much.
const TIMES: i128 = 4;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Processor time, in cores.
    Cpu,
    /// Memory, in bytes.
    Memory,
}

impl Measure {
    fn shown(self, amount: Quantity) -> String {
        match self {
            Self::Cpu => amount.as_cores(),
            Self::Memory => amount.as_bytes(),
        }
    }

    /// Less than this is not worth a word.
    fn little(self) -> Quantity {
        let text = match self {
            Self::Cpu => "200m",
            Self::Memory => "256Mi",
        };
        text.parse().unwrap_or_default()
    }
}

/// What is used, with what is asked for and what may be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Amounts {
    pub current: Option<Quantity>,
    pub request: Option<Quantity>,
    pub limit: Option<Quantity>,
}

impl Amounts {
    /// Of something that uses this.
    pub fn of(measure: Measure, uses: &[&ContainerUse], resources: &Resources) -> Self {
        let used = uses.iter().map(|one| match measure {
            Measure::Cpu => one.cpu,
            Measure::Memory => one.memory,
        });
        let (request, limit) = match measure {
            Measure::Cpu => (resources.cpu_request, resources.cpu_limit),
            Measure::Memory => (resources.memory_request, resources.memory_limit),
        };
        Self {
            current: used.reduce(|a, b| a + b),
            request,
            limit,
        }
    }

    /// Of several together. What some of them do not say is not known of all.
    pub fn together(all: &[Self]) -> Self {
        let sum = |of: fn(&Self) -> Option<Quantity>| {
            let all: Option<Vec<Quantity>> = all.iter().map(of).collect();
            all.filter(|all| !all.is_empty()).map(|all| all.into_iter().sum())
        };
        Self {
            current: all.iter().filter_map(|one| one.current).reduce(|a, b| a + b),
            request: sum(|one| one.request),
            limit: sum(|one| one.limit),
        }
    }

    /// What somebody should know about it.
    pub fn mark(&self, measure: Measure) -> Option<(Tone, String)> {
        let current = self.current?;
        let of_limit = self.limit.and_then(|limit| current.percent_of(limit));
        if let Some(percent) = of_limit.filter(|percent| *percent >= CLOSE) {
            let (tone, then) = match measure {
                Measure::Cpu => (Tone::Amber, "slowed down"),
                Measure::Memory => (Tone::Red, "about to be killed"),
            };
            return Some((tone, format!("{percent} % of its limit: {then}")));
        }
        let request = self.request?;
        let is_much = request >= current + measure.little();
        let times = request
            .percent_of(current)
            .map_or(i128::MAX, |percent| percent / 100);
        (is_much && times >= TIMES).then(|| {
            let times = if times > 100 {
                "over 100".to_owned()
            } else {
                times.to_string()
            };
            (Tone::Violet, format!("request is {times} × its use"))
        })
    }
}

/// What the containers of a pod use; nothing where that is not known.
pub(crate) fn of_pod<'a>(usage: Option<&'a Result<Arc<Usage>, Failure>>, pod: &str) -> Vec<&'a ContainerUse> {
    let usage = usage.and_then(|usage| usage.as_ref().ok());
    usage
        .and_then(|usage| usage.pods.get(pod))
        .into_iter()
        .flatten()
        .collect()
}

/// A cell with the amounts, a bar and a mark.
pub(crate) fn cell(measure: Measure, amounts: &Amounts) -> Markup {
    html! {
        (unmarked_cell(measure, amounts))
        @if let Some((tone, text)) = amounts.mark(measure) { span.k8s-mark { span class=(format_args!("badge tone-{}", tone.as_str())) { (text) } } }
    }
}

/// A cell with the amounts and a bar.
pub(crate) fn unmarked_cell(measure: Measure, amounts: &Amounts) -> Markup {
    let asked = amounts.request.map_or_else(
        || "no request".to_owned(),
        |request| format!("request {}", measure.shown(request)),
    );
    html! {
        div.k8s-use {
            @match amounts.current {
                Some(current) => { strong { (measure.shown(current)) } (bar(amounts)) }
                None => { span.muted { "unknown" } }
            }
            span.muted { (asked) }
            @if let Some(limit) = amounts.limit { span.muted { "limit " (measure.shown(limit)) } }
        }
    }
}

/// The same in a line, for a workload.
pub(crate) fn line(measure: Measure, amounts: &Amounts) -> Option<Markup> {
    let current = amounts.current?;
    let part = |name: &str, amount: Option<Quantity>| {
        let amount = amount?;
        let percent = current.percent_of(amount)?;
        Some(format!("{percent} % of {name} {}", measure.shown(amount)))
    };
    let parts: Vec<String> = [part("request", amounts.request), part("limit", amounts.limit)]
        .into_iter()
        .flatten()
        .collect();
    Some(html! {
        (measure.shown(current))
        @if !parts.is_empty() { ", " (parts.join(", ")) }
        @if let Some((tone, text)) = amounts.mark(measure) { " " span class=(format_args!("badge tone-{}", tone.as_str())) { (text) } }
    })
}

/// How much of the limit, or of the request, is used; a stroke marks the request.
fn bar(amounts: &Amounts) -> Markup {
    let whole = [amounts.limit, amounts.request].into_iter().flatten().max();
    let Some((current, whole)) = amounts.current.zip(whole.max(amounts.current)) else {
        return Markup::default();
    };
    if amounts.limit.is_none() && amounts.request.is_none() {
        return Markup::default();
    }
    let percent = |amount: Quantity| amount.percent_of(whole).unwrap_or_default().clamp(0, 100);
    html! {
        svg.k8s-bar viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
            rect.k8s-bar-whole width="100" height="4" {}
            rect.k8s-bar-used width=(percent(current)) height="4" {}
            @if let Some(request) = amounts.request.filter(|_| amounts.limit.is_some()) {
                rect.k8s-bar-asked x=(percent(request).min(99)) width="1" height="4" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(current: &str, request: &str, limit: &str) -> Amounts {
        let read = |text: &str| text.parse().ok();
        Amounts {
            current: read(current),
            request: read(request),
            limit: read(limit),
        }
    }

    #[test]
    fn what_is_close_to_its_end_and_what_asks_for_too_much() {
        for (measure, (current, request, limit), expected) in [
            (
                Measure::Memory,
                ("95Mi", "48Mi", "100Mi"),
                Some("95 % of its limit: about to be killed"),
            ),
            (
                Measure::Cpu,
                ("95m", "", "100m"),
                Some("95 % of its limit: slowed down"),
            ),
            (Measure::Memory, ("50Mi", "48Mi", "100Mi"), None),
            (Measure::Cpu, ("50m", "1", "2"), Some("request is 20 × its use")),
            (
                Measure::Cpu,
                ("1m", "1", ""),
                Some("request is over 100 × its use"),
            ),
            // So little is nobody's loss.
            (Measure::Cpu, ("1m", "100m", ""), None),
            (Measure::Memory, ("100Mi", "300Mi", ""), None),
            // What is not known is no zero.
            (Measure::Cpu, ("", "4", ""), None),
        ] {
            let mark = amounts(current, request, limit).mark(measure);
            assert_eq!(
                mark.as_ref().map(|(_, text)| text.as_str()),
                expected,
                "{current} {request} {limit}"
            );
        }
    }

    #[test]
    fn several_together() {
        let all = [amounts("10m", "20m", "1"), amounts("", "20m", "")];
        assert_eq!(Amounts::together(&all), amounts("10m", "40m", ""));
        assert_eq!(Amounts::together(&[]), Amounts::default());
    }
}
