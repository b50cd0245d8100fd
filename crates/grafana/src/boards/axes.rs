//! What a panel says about its axis: lines that stand on each other, and values that are spread by their logarithms.

use serde_json::Value;
use ui::{AxisScale, Stacking};

/// Whether lines stand on each other. Panels of the older type `graph` say it by words of their own, bar charts among their options.
pub(crate) fn stacking(panel: &Value) -> Stacking {
    if panel["type"] == "graph" {
        return match (panel["stack"] == true, panel["percentage"] == true) {
            (true, true) => Stacking::Shares,
            (true, false) => Stacking::Sums,
            (false, _) => Stacking::None,
        };
    }
    let places = ["/fieldConfig/defaults/custom/stacking/mode", "/options/stacking"];
    let mode = places.iter().find_map(|place| panel.pointer(place)?.as_str());
    match mode {
        Some("normal") => Stacking::Sums,
        Some("percent") => Stacking::Shares,
        _ => Stacking::None,
    }
}

/// How values are spread along the axis.
pub(crate) fn scale(panel: &Value) -> AxisScale {
    let base = panel["yaxes"][0]["logBase"].as_f64();
    if let Some(base) = base.filter(|base| panel["type"] == "graph" && *base > 1.0) {
        return AxisScale::Logarithmic { base };
    }
    let spread = &panel["fieldConfig"]["defaults"]["custom"]["scaleDistribution"];
    let base = spread["log"].as_f64().unwrap_or(2.0);
    match spread["type"].as_str() {
        Some("log") => AxisScale::Logarithmic { base },
        Some("symlog") => AxisScale::Symmetric {
            base,
            even: spread["linearThreshold"].as_f64().unwrap_or(1.0),
        },
        _ => AxisScale::Linear,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_stand_on_each_other_where_the_panel_says_so() {
        let custom = |mode: &str| json!({"type": "timeseries", "fieldConfig": {"defaults": {"custom": {"stacking": {"mode": mode}}}}});
        for (panel, expected) in [
            (custom("normal"), Stacking::Sums),
            (custom("percent"), Stacking::Shares),
            (custom("none"), Stacking::None),
            (
                json!({"type": "barchart", "options": {"stacking": "percent"}}),
                Stacking::Shares,
            ),
            (json!({"type": "graph", "stack": true}), Stacking::Sums),
            (
                json!({"type": "graph", "stack": true, "percentage": true}),
                Stacking::Shares,
            ),
            (json!({"type": "graph", "percentage": true}), Stacking::None),
            (json!({"type": "timeseries", "stack": true}), Stacking::None),
            (json!(null), Stacking::None),
        ] {
            assert_eq!(stacking(&panel), expected, "{panel}");
        }
    }

    #[test]
    fn values_are_spread_as_the_panel_says() {
        let custom = |spread: Value| json!({"type": "timeseries", "fieldConfig": {"defaults": {"custom": {"scaleDistribution": spread}}}});
        let log = |base| AxisScale::Logarithmic { base };
        for (panel, expected) in [
            (custom(json!({"type": "log", "log": 10})), log(10.0)),
            (custom(json!({"type": "log"})), log(2.0)),
            (
                custom(json!({"type": "symlog", "log": 10, "linearThreshold": 5})),
                AxisScale::Symmetric {
                    base: 10.0,
                    even: 5.0,
                },
            ),
            (custom(json!({"type": "linear"})), AxisScale::Linear),
            (
                json!({"type": "graph", "yaxes": [{"logBase": 32}, {"logBase": 1}]}),
                log(32.0),
            ),
            (
                json!({"type": "graph", "yaxes": [{"logBase": 1}, {"logBase": 10}]}),
                AxisScale::Linear,
            ),
            (json!({}), AxisScale::Linear),
        ] {
            assert_eq!(scale(&panel), expected, "{panel}");
        }
    }
}
