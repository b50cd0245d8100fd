//! Dashboards by Grafana's newer API (`/apis/dashboard.grafana.app`, from version 12), in the forms of the older one.
//!
//! It has what the older one has not: labels in the metadata of a dashboard. It lists whole dashboards, so that the older
//! one is asked as long as it is there.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Client, encoded};
use crate::trouble::Trouble;

/// Dashboards on one page of a list: each comes whole.
const PAGE: usize = 100;
/// Folders on the one page that is asked for.
const FOLDERS: usize = 1_000;
/// The annotation that names the folder.
const FOLDER: &str = "grafana.app/folder";

impl Client {
    /// All dashboards, at most `most`, as a search lists them; and whether there are more.
    pub(super) async fn new_list(&self, most: usize) -> Result<(Vec<Value>, bool), Trouble> {
        let folders = self.folders().await?;
        let (mut hits, mut next) = (Vec::new(), String::new());
        loop {
            let path = format!("{}?limit={PAGE}&continue={}", self.dashboards(), encoded(&next));
            let page: Value = self.get(&path).await?;
            let before = hits.len();
            let items = page["items"].as_array().into_iter().flatten();
            hits.extend(items.map(|item| hit(item, &folders)));
            page["metadata"]["continue"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut next);
            // A page of nothing that promises more would be asked for without an end.
            if next.is_empty() || hits.len() >= most || hits.len() == before {
                hits.truncate(most);
                return Ok((hits, !next.is_empty()));
            }
        }
    }

    /// A dashboard, as the older API answers.
    pub(super) async fn new_dashboard(&self, uid: &str) -> Result<Value, Trouble> {
        let path = format!("{}/{}", self.dashboards(), encoded(uid));
        let item: Value = self.get(&path).await?;
        is_converted(&item)?;
        let mut board = item["spec"].as_object().cloned().unwrap_or_default();
        board.insert("uid".to_owned(), json!(uid));
        Ok(json!({"dashboard": board, "meta": {"url": path_of(uid)}}))
    }

    fn dashboards(&self) -> String {
        let namespace = encoded(&self.namespace);
        format!("/apis/dashboard.grafana.app/v1beta1/namespaces/{namespace}/dashboards")
    }

    /// Titles of folders by their names.
    async fn folders(&self) -> Result<HashMap<String, String>, Trouble> {
        let namespace = encoded(&self.namespace);
        let path = format!("/apis/folder.grafana.app/v1beta1/namespaces/{namespace}/folders?limit={FOLDERS}");
        let page: Value = self.get(&path).await?;
        let items = page["items"].as_array().into_iter().flatten();
        let named = items.filter_map(|item| {
            let name = item["metadata"]["name"].as_str()?;
            Some((name.to_owned(), item["spec"]["title"].as_str()?.to_owned()))
        });
        Ok(named.collect())
    }
}

/// Fails where Grafana says that it could not bring a dashboard into the form in which it was asked for.
fn is_converted(item: &Value) -> Result<(), Trouble> {
    let conversion = &item["status"]["conversion"];
    if conversion["failed"] != true {
        return Ok(());
    }
    let stored = conversion["storedVersion"].as_str().unwrap_or("another form");
    let reason = conversion["error"].as_str().unwrap_or("it does not say why");
    let told = format!("Grafana keeps this dashboard as {stored} and cannot turn it into v1beta1: {reason}.");
    Err(Trouble::new(told).hint("Open it in Grafana; its charts cannot be drawn here."))
}

fn path_of(uid: &str) -> String {
    format!("/d/{}", encoded(uid))
}

/// A dashboard as a search lists it, with its labels.
fn hit(item: &Value, folders: &HashMap<String, String>) -> Value {
    let (metadata, spec) = (&item["metadata"], &item["spec"]);
    let uid = metadata["name"].as_str().unwrap_or_default();
    let mut hit = json!({
        "uid": uid, "title": spec["title"], "type": "dash-db", "url": path_of(uid),
        "tags": spec["tags"].as_array().cloned().unwrap_or_default(),
        "labels": metadata["labels"].as_object().cloned().unwrap_or_else(Map::new),
    });
    let folder = metadata["annotations"][FOLDER].as_str();
    if let Some(folder) = folder.filter(|folder| !folder.is_empty()) {
        let title = folders.get(folder).map_or(folder, String::as_str);
        hit["folderUid"] = json!(folder);
        hit["folderTitle"] = json!(title);
        hit["folderUrl"] = json!(format!("/dashboards/f/{}", encoded(folder)));
    }
    hit
}
