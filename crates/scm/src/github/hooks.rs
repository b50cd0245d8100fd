//! Webhooks of repositories.

use http::Method;
use model::Fault;
use serde_json::Value;

use super::{FullName, Github};
use crate::call::Call;

/// Whether a webhook was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookMade {
    /// It was.
    New,
    /// The repository has exactly this one already.
    Known,
}

impl Github {
    /// Makes a webhook (<https://docs.github.com/en/rest/repos/webhooks#create-a-repository-webhook>).
    pub async fn create_hook(&self, at: FullName<'_>, hook: &Value) -> Result<HookMade, Fault> {
        let doing = format!("The webhook of {at} cannot be made");
        let path = ["repos", at.owner, at.name, "hooks"];
        match self
            .rest
            .order(Method::POST, Call::new(&path, &doing), Some(hook))
            .await
        {
            Ok(()) => Ok(HookMade::New),
            Err(fault) if fault.message.contains("Hook already exists") => Ok(HookMade::Known),
            Err(fault) => Err(fault),
        }
    }
}
