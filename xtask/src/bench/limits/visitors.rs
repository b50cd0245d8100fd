//! Fifty requests a second: pages, questions of plugins and scripts, searches, and now and then a write.
//!
//! Requests are due at fixed moments, whether earlier ones were answered or not, and the time of one counts from the moment it
//! was due: a portal that stands still for a second makes all requests of that second slow, not one.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::bench::load;

/// Requests that may be under way at once.
const AT_ONCE: usize = 64;
/// Longest time of one.
const PATIENCE: Duration = Duration::from_secs(30);

/// A kind of request.
#[derive(Debug, Clone)]
struct Visit {
    path: String,
    body: Option<String>,
}

/// What all of them got.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Times to the whole answer in milliseconds, sorted.
    times: Vec<f64>,
    /// Answers other than 2xx, and those that did not come.
    pub failed: usize,
    /// The first failure.
    pub reason: Option<String>,
}

impl Answers {
    /// How many there were.
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// A percentile in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.times.len() * percent).div_ceil(100).max(1) - 1;
        self.times.get(at).copied().unwrap_or_default()
    }

    fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.failed += other.failed;
        self.reason = self.reason.take().or(other.reason);
    }
}

/// Twenty visits, of which the first is due at once, and so on in turn.
fn mix(component: &str) -> Vec<Visit> {
    let get = |path: &str| Visit {
        path: path.to_owned(),
        body: None,
    };
    let page = format!("/catalog/default/component/{component}");
    let reference = format!("component:default/{component}");
    let mut visits = vec![
        get("/"),
        get("/catalog"),
        get("/catalog?filters[kind]=api"),
        get(&page),
        get(&page),
        get(&page),
        get("/search?query=payment"),
        get(&format!(
            "/api/catalog/entities/by-name/component/default/{component}"
        )),
        get(&format!(
            "/api/catalog/entities/by-name/component/default/{component}"
        )),
        Visit {
            path: "/api/catalog/refresh".to_owned(),
            body: Some(format!(r#"{{"entityRef":"{reference}"}}"#)),
        },
    ];
    let cases = load::cases(component);
    let asked = cases.into_iter().filter(|case| case.name != "liveness");
    visits.extend(asked.map(|case| Visit {
        path: case.path,
        body: case.body.map(str::to_owned),
    }));
    // Neighbours are of different kinds.
    let half = visits.len().div_ceil(2);
    let (front, back) = visits.split_at(half);
    let mut mixed = Vec::new();
    for at in 0..half {
        mixed.extend(front.get(at).cloned());
        mixed.extend(back.get(at).cloned());
    }
    mixed
}

/// Visits a portal for some time, `rate` times a second. Visitors go before what else runs on the machine: they live elsewhere.
pub fn visit(base: &str, component: &str, rate: u32, time: Duration) -> Result<Answers> {
    set_niceness(-20);
    let answers = visit_now(base, component, rate, time);
    set_niceness(0);
    answers
}

/// Of this thread, and of those that it makes from now on.
fn set_niceness(niceness: i32) {
    let (own, niceness) = (std::process::id().to_string(), niceness.to_string());
    // Without it figures of a busy machine are only worse.
    let _ = Command::new("renice")
        .args(["-n", &niceness, "-p", &own])
        .stdout(Stdio::null())
        .status();
}

fn visit_now(base: &str, component: &str, rate: u32, time: Duration) -> Result<Answers> {
    let visits = mix(component);
    let count = usize::try_from(u64::from(rate) * time.as_secs())?;
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    let one_visitor = || {
        let agent = agent();
        let mut answers = Answers::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return answers;
            }
            let due = begun + Duration::from_secs(1) / rate * u32::try_from(number).unwrap_or(u32::MAX);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let visit = &visits[number % visits.len()];
            if let Err(reason) = ask(&agent, base, visit) {
                answers.failed += 1;
                answers.reason.get_or_insert(format!("{}: {reason}", visit.path));
            }
            answers.times.push(due.elapsed().as_secs_f64() * 1_000.0);
        }
    };
    let mut all = Answers::default();
    std::thread::scope(|scope| {
        let visitors: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(one_visitor)).collect();
        for visitor in visitors {
            all.add(visitor.join().expect("a visitor does not panic"));
        }
    });
    all.times.sort_by(f64::total_cmp);
    Ok(all)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

/// One request, its whole answer read.
fn ask(agent: &ureq::Agent, base: &str, visit: &Visit) -> Result<()> {
    let url = format!("{base}{}", visit.path);
    let mut answer = match &visit.body {
        None => agent.get(&url).call()?,
        Some(body) => agent.post(&url).content_type("application/json").send(body)?,
    };
    answer.body_mut().with_config().limit(64 << 20).read_to_vec()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Answers, mix};

    #[test]
    fn percentiles_are_those_of_all_answers() {
        let answers = Answers {
            times: (1..=200).map(f64::from).collect(),
            ..Answers::default()
        };
        for (percent, expected) in [(50, 100.0), (99, 198.0), (100, 200.0)] {
            assert!(
                (answers.percentile(percent) - expected).abs() < f64::EPSILON,
                "{percent}"
            );
        }
        assert!(Answers::default().percentile(99).abs() < f64::EPSILON);
    }

    #[test]
    fn the_mix_has_pages_questions_searches_and_a_write() {
        let visits = mix("a");
        let has = |part: &str| visits.iter().any(|visit| visit.path.starts_with(part));
        for part in [
            "/catalog/default/",
            "/api/catalog/entities/by-query",
            "/api/search/query",
            "/-/palette",
        ] {
            assert!(has(part), "{part}");
        }
        let writes = visits.iter().filter(|visit| visit.path == "/api/catalog/refresh");
        assert_eq!(writes.count(), 1);
        assert!(visits.len() > 20);
    }
}
