//! What containers and pods ask for and may have.

use serde_json::Value;

use super::container::{is_sidecar, list};
use super::quantity::Quantity;

/// What a container or a pod asks for and what it may have; nothing where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resources {
    /// Processor time asked for.
    pub cpu_request: Option<Quantity>,
    /// Most processor time.
    pub cpu_limit: Option<Quantity>,
    /// Memory asked for.
    pub memory_request: Option<Quantity>,
    /// Most memory.
    pub memory_limit: Option<Quantity>,
}

/// Of a container: as it is applied, which a change in place of the manifest comes before, and otherwise as it is asked for.
pub fn of_container(spec: &Value, status: &Value) -> Resources {
    let asked = written(&spec["resources"]);
    let applied = written(&status["resources"]);
    Resources {
        cpu_request: applied.cpu_request.or(asked.cpu_request),
        cpu_limit: applied.cpu_limit.or(asked.cpu_limit),
        memory_request: applied.memory_request.or(asked.memory_request),
        memory_limit: applied.memory_limit.or(asked.memory_limit),
    }
}

fn written(resources: &Value) -> Resources {
    let amount = |sort: &str, of: &str| amount(&resources[sort][of]);
    Resources {
        cpu_request: amount("requests", "cpu"),
        cpu_limit: amount("limits", "cpu"),
        memory_request: amount("requests", "memory"),
        memory_limit: amount("limits", "memory"),
    }
}

/// Amounts are texts; YAML written by hand has numbers, too.
fn amount(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// Of a pod, as the scheduler counts it: all containers that run together, or the step of the start that needs more; what is said of
/// the pod as a whole wins. A limit counts only where every container has one.
pub fn of_pod(pod: &Value) -> Resources {
    let whole = written(&pod["spec"]["resources"]);
    let overhead = |of: &str| amount(&pod["spec"]["overhead"][of]);
    let steps = Steps::of(pod);
    let requested = |of: fn(&Resources) -> Option<Quantity>, overhead: Option<Quantity>| {
        let most = steps.together(of).max(steps.most_of_start(of));
        most.map(|most| overhead.map_or(most, |overhead| most + overhead))
    };
    Resources {
        cpu_request: whole
            .cpu_request
            .or_else(|| requested(|one| one.cpu_request, overhead("cpu"))),
        memory_request: whole
            .memory_request
            .or_else(|| requested(|one| one.memory_request, overhead("memory"))),
        cpu_limit: whole.cpu_limit.or_else(|| steps.bound(|one| one.cpu_limit)),
        memory_limit: whole.memory_limit.or_else(|| steps.bound(|one| one.memory_limit)),
    }
}

/// The containers of a pod by when they run.
struct Steps {
    main: Vec<Resources>,
    /// In the order in which they begin, with whether they run on.
    start: Vec<(Resources, bool)>,
}

impl Steps {
    fn of(pod: &Value) -> Self {
        let resources = |spec: &Value, statuses: &str| {
            let status = list(&pod["status"][statuses]).find(|status| status["name"] == spec["name"]);
            of_container(spec, status.unwrap_or(&Value::Null))
        };
        let main = list(&pod["spec"]["containers"]).map(|spec| resources(spec, "containerStatuses"));
        let start = list(&pod["spec"]["initContainers"])
            .map(|spec| (resources(spec, "initContainerStatuses"), is_sidecar(spec)));
        Self {
            main: main.collect(),
            start: start.collect(),
        }
    }

    fn lasting(&self) -> impl Iterator<Item = &Resources> {
        let sidecars = self.start.iter().filter(|(_, runs_on)| *runs_on);
        self.main.iter().chain(sidecars.map(|(resources, _)| resources))
    }

    fn together(&self, of: fn(&Resources) -> Option<Quantity>) -> Option<Quantity> {
        self.lasting().filter_map(of).reduce(|a, b| a + b)
    }

    /// A container that begins first runs beside those sidecars that began before it.
    fn most_of_start(&self, of: fn(&Resources) -> Option<Quantity>) -> Option<Quantity> {
        let (mut beside, mut most) = (None, None);
        for (resources, runs_on) in &self.start {
            let now = [beside, of(resources)].into_iter().flatten().reduce(|a, b| a + b);
            most = most.max(now);
            if *runs_on {
                beside = now;
            }
        }
        most
    }

    fn bound(&self, of: fn(&Resources) -> Option<Quantity>) -> Option<Quantity> {
        let all: Option<Vec<Quantity>> = self.lasting().map(of).collect();
        all.filter(|all| !all.is_empty()).map(|all| all.into_iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cpu(pod: &Value) -> (Option<String>, Option<String>) {
        let found = of_pod(pod);
        (
            found.cpu_request.map(Quantity::as_cores),
            found.cpu_limit.map(Quantity::as_cores),
        )
    }

    #[test]
    fn a_pod_asks_for_what_runs_together_or_for_a_greater_start() {
        let one = |request: &str| json!({"resources": {"requests": {"cpu": request}}});
        let beside =
            |request: &str| json!({"restartPolicy": "Always", "resources": {"requests": {"cpu": request}}});
        let check = |spec: Value, request: Option<&str>| {
            let pod = json!({"spec": spec});
            assert_eq!(cpu(&pod).0.as_deref(), request, "{pod}");
        };
        check(json!({"containers": [{}]}), None);
        check(json!({"containers": [one("100m"), one("50m"), {}]}), Some("150m"));
        check(
            json!({"containers": [one("100m")], "initContainers": [one("1"), one("200m")]}),
            Some("1"),
        );
        check(
            json!({"containers": [one("100m")], "initContainers": [beside("50m"), one("20m")]}),
            Some("150m"),
        );
        // The step runs beside the sidecar that began before it, not beside the one after it.
        let start = [beside("300m"), one("500m"), beside("100m")];
        check(
            json!({"containers": [one("100m")], "initContainers": start}),
            Some("800m"),
        );
        check(
            json!({"containers": [one("100m")], "overhead": {"cpu": "10m"}}),
            Some("110m"),
        );
        check(
            json!({"containers": [one("100m")], "resources": {"requests": {"cpu": "2"}}}),
            Some("2"),
        );
    }

    #[test]
    fn a_limit_counts_where_all_have_one_and_what_is_applied_wins() {
        let limited = json!({"name": "a", "resources": {"limits": {"cpu": 1}}});
        assert_eq!(
            cpu(&json!({"spec": {"containers": [limited, {"name": "b"}]}})).1,
            None
        );
        let applied = json!([{"name": "a", "resources": {"limits": {"cpu": "2"}}}]);
        let pod = json!({"spec": {"containers": [limited]}, "status": {"containerStatuses": applied}});
        assert_eq!(cpu(&pod).1.as_deref(), Some("2"));
    }
}
