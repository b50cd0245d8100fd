//! How a container ended, in plain words.

use serde_json::Value;

/// Letters of what a container left as its last words.
const LAST_WORDS: usize = 300;

/// `exit 137: out of memory (limit 256Mi)`. `ended` is a terminated state of the container.
pub(crate) fn ending(ended: &Value, spec: &Value, status: &Value) -> String {
    let code = ended["exitCode"].as_i64().unwrap_or_default();
    let signal = ended["signal"].as_i64().filter(|signal| *signal != 0);
    match (signal, meaning(ended, code, spec, status)) {
        (Some(signal), meaning) if meaning.is_empty() => format!("signal {signal}"),
        (None, meaning) if meaning.is_empty() => format!("exit {code}"),
        (_, meaning) => format!("exit {code}: {meaning}"),
    }
}

fn meaning(ended: &Value, code: i64, spec: &Value, status: &Value) -> String {
    let reason = ended["reason"].as_str().unwrap_or_default();
    let message = ended["message"].as_str().unwrap_or_default().trim();
    let message: String = message.chars().take(LAST_WORDS).collect();
    match reason {
        "OOMKilled" => out_of_memory(spec, status),
        "" | "Error" | "Completed" => match signal_of(code) {
            Some(meaning) if message.is_empty() => meaning.to_owned(),
            _ => message,
        },
        "ContainerCannotRun" | "StartError" => format!("it cannot be started, {message}"),
        "DeadlineExceeded" => "it ran longer than it may".to_owned(),
        "ContainerStatusUnknown" => "its node was lost".to_owned(),
        other if message.is_empty() => other.to_owned(),
        other => format!("{other}, {message}"),
    }
}

/// The limit is said as it is written in the manifest; what is applied is closer to the truth than what is asked for.
fn out_of_memory(spec: &Value, status: &Value) -> String {
    let applied = status["resources"]["limits"]["memory"].as_str();
    match applied.or(spec["resources"]["limits"]["memory"].as_str()) {
        Some(limit) => format!("out of memory (limit {limit})"),
        None => "out of memory".to_owned(),
    }
}

/// What shells and runtimes mean by a code; those above 128 are signals.
fn signal_of(code: i64) -> Option<&'static str> {
    Some(match code {
        126 => "the command cannot be executed",
        127 => "the command was not found",
        130 => "it was interrupted",
        132 => "its processor does not know an instruction",
        134 => "it gave up by itself",
        135 | 139 => "it accessed memory that is not its own",
        136 => "it calculated what cannot be",
        137 => "it was killed",
        143 => "it was asked to end",
        _ => return None,
    })
}

/// How often a container was started again.
pub(crate) fn times(status: &Value) -> String {
    match status["restartCount"].as_u64().unwrap_or_default() {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}
