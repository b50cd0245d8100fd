//! Variables of pipelines.

use http::Method;
use model::Fault;
use serde_json::Value;

use super::Gitlab;
use crate::call::Call;

impl Gitlab {
    /// Makes a variable of a project; whether it is new. One of this name that is there stays as it is.
    pub async fn create_variable(&self, project: &str, variable: &Value) -> Result<bool, Fault> {
        let key = variable["key"].as_str().unwrap_or_default();
        let doing = format!("The variable {key} of {project} cannot be made");
        let path = ["projects", project, "variables"];
        match self
            .rest
            .order(Method::POST, Call::new(&path, &doing), Some(variable))
            .await
        {
            Ok(()) => Ok(true),
            Err(fault) if fault.message.contains("has already been taken") => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}
