//! The legend of a chart: each line with its values, as a table. It is what people read who do not see the lines.

use maud::{Markup, html};

use super::{LineChart, Series, colour};

/// Lines that are listed before the fold.
const LISTED: usize = 5;

/// The table below the lines.
pub(crate) fn legend(chart: &LineChart<'_>) -> Markup {
    let all: Vec<(usize, &Series)> = chart.series.iter().enumerate().collect();
    let (first, rest) = all.split_at(all.len().min(LISTED));
    html! {
        (table(chart, first))
        @if !rest.is_empty() {
            details.chart-more {
                summary { (rest.len()) " more" }
                (table(chart, rest))
            }
        }
    }
}

fn table(chart: &LineChart<'_>, lines: &[(usize, &Series)]) -> Markup {
    html! {
        table.chart-legend {
            caption.visually-hidden { "Values of " (chart.title) }
            thead { tr { th scope="col" { "Line" } th scope="col" { "Lowest" } th scope="col" { "Highest" } th scope="col" { "Last" } } }
            tbody { @for (index, series) in lines { (row(chart, *index, series)) } }
        }
    }
}

fn row(chart: &LineChart<'_>, index: usize, series: &Series) -> Markup {
    let lowest = series.values().reduce(f64::min);
    let highest = series.values().reduce(f64::max);
    let last = series.values().last();
    let unit = series.unit.as_ref().unwrap_or(&chart.unit);
    let shown = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| unit.show(value));
    html! {
        tr {
            th scope="row" { span class=(format_args!("chart-key {}", colour(index, series))) {} (series.name) }
            @for value in [lowest, highest, last] { td { (shown(value)) } }
        }
    }
}
