//! The languages of a repository.

use std::collections::BTreeMap;

use model::Fault;

use super::super::Gitea;
use super::super::call::Call;

impl Gitea {
    /// The languages of a repository and their bytes, the most bytes first. The server counts some time after a push.
    pub async fn languages(&self, owner: &str, name: &str) -> Result<Vec<(String, u64)>, Fault> {
        let doing = format!("The languages of {owner}/{name} cannot be read");
        let path = ["repos", owner, name, "languages"];
        let call = Call::new(&path, &doing);
        let counted: Option<BTreeMap<String, u64>> = self.find(call).await?;
        let mut languages: Vec<(String, u64)> = counted.unwrap_or_default().into_iter().collect();
        languages.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        Ok(languages)
    }
}
