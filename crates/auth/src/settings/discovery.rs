//! Where plugins of other backends are, as `discovery.endpoints` of the original says it.

use model::{Fault, Problem};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// What stands for the name of a plugin in an address.
const PLUGIN: [&str; 2] = ["{{pluginId}}", "{{ pluginId }}"];

/// A backend and its plugins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Endpoint {
    target: String,
    /// Names of the plugins that it runs.
    pub plugins: Vec<String>,
}

impl Endpoint {
    /// The address of something below a plugin's API; nothing where the target is no web address.
    pub fn address_of(&self, plugin: &str, path: &str) -> Option<Url> {
        let base = PLUGIN
            .iter()
            .fold(self.target.clone(), |text, name| text.replace(name, plugin));
        let url = Url::parse(&format!("{}{path}", base.trim_end_matches('/'))).ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
    }
}

/// The endpoints of the section `discovery`, and what is wrong with the others.
pub(crate) fn endpoints(section: Option<&Value>) -> (Vec<Endpoint>, Vec<Problem>) {
    let written = section.and_then(|section| section["endpoints"].as_array());
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (index, value) in written.into_iter().flatten().enumerate() {
        match endpoint(value) {
            Ok(endpoint) => read.push(endpoint),
            Err(reason) => {
                let fault = Fault {
                    path: Some(format!("endpoints[{index}]")),
                    ..Fault::input(format!("discovery.endpoints[{index}]: {reason}"))
                };
                let hint = "Its plugins are refused when they call; write target and plugins.";
                problems.push(Problem::error(fault).hint(hint));
            }
        }
    }
    (read, problems)
}

fn endpoint(value: &Value) -> Result<Endpoint, String> {
    let endpoint: Endpoint = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    let is_name = |name: &String| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if let Some(odd) = endpoint.plugins.iter().find(|name| !is_name(name)) {
        return Err(format!("'{odd}' is no name of a plugin"));
    }
    match endpoint.address_of("x", "/") {
        Some(_) => Ok(endpoint),
        None => Err("target is no web address, expected https://…/api/{{pluginId}}".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(target: Value, expected: Result<&str, &str>) {
        let section = json!({"endpoints": [{"target": target, "plugins": ["todo"]}]});
        let (endpoints, problems) = endpoints(Some(&section));
        match expected {
            Ok(address) => {
                let found = endpoints[0].address_of("todo", "/keys").map(String::from);
                assert_eq!(found.as_deref(), Some(address), "{target}");
            }
            Err(part) => assert!(problems[0].fault.message.contains(part), "{target} {problems:?}"),
        }
    }

    #[test]
    fn a_plugin_is_where_the_section_says() {
        check(
            json!("https://b.example/api/{{pluginId}}"),
            Ok("https://b.example/api/todo/keys"),
        );
        check(json!("http://b/{{ pluginId }}/"), Ok("http://b/todo/keys"));
        check(json!("b.example"), Err("no web address"));
        check(json!(5), Err("discovery.endpoints[0]"));
        let odd = json!({"endpoints": [{"target": "https://b.example", "plugins": ["a/b"]}]});
        assert!(
            endpoints(Some(&odd)).1[0]
                .fault
                .message
                .contains("'a/b' is no name")
        );
    }
}
