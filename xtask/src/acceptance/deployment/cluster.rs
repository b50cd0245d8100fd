//! The cluster of the acceptance, by kubectl, with stand-ins for operators.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::repository::Repository;
use crate::acceptance::services::Services;
use crate::deploy;
use crate::process::root;

/// Longest wait for Flux.
const PATIENCE: Duration = Duration::from_secs(90);

/// The cluster, by kubectl.
pub struct Cluster {
    kubectl: String,
    configuration: String,
    git: String,
    token: String,
    user: String,
}

impl Cluster {
    /// The one that the scripts started.
    pub fn of(services: &Services) -> Result<Self> {
        Ok(Self {
            kubectl: services.variable("KUBECTL")?,
            configuration: services.variable("KUBECONFIG")?,
            git: services.variable("GITEA_URL")?,
            token: services.variable("GITEA_TOKEN")?,
            user: services.variable("GITEA_ADMIN")?,
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.kubectl);
        command
            .env("KUBECONFIG", &self.configuration)
            .args(["--namespace", "portal"])
            .args(arguments);
        command
    }

    /// Whether it went well, and what it printed.
    pub fn run(&self, arguments: &[&str]) -> Result<(bool, String)> {
        let output = self
            .command(arguments)
            .output()
            .context("kubectl does not start")?;
        let printed = [output.stdout, output.stderr].concat();
        Ok((
            output.status.success(),
            String::from_utf8_lossy(&printed).into_owned(),
        ))
    }

    /// What it printed, where it went well.
    pub fn ask(&self, arguments: &[&str]) -> Result<String> {
        let (went_well, printed) = self.run(arguments)?;
        ensure!(went_well, "kubectl {}: {printed}", arguments.join(" "));
        Ok(printed)
    }

    /// Applies objects as Flux does.
    fn apply(&self, objects: &[Value]) -> Result<()> {
        let mut child = Command::new(&self.kubectl)
            .env("KUBECONFIG", &self.configuration)
            .args(["apply", "--server-side", "--filename", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("kubectl does not start")?;
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string();
        let input = child.stdin.take().context("kubectl takes nothing")?;
        { input }.write_all(list.as_bytes())?;
        ensure!(
            child.wait()?.success(),
            "kubectl could not apply what it was given"
        );
        Ok(())
    }

    /// Kinds and secrets of the operators.
    pub fn prepare(&self) -> Result<()> {
        let definitions = deploy::definitions(&root().join("deploy"))?;
        let mut kinds: Vec<Value> = definitions
            .iter()
            .map(deploy::Definition::custom_resource)
            .collect();
        kinds.push(cilium());
        self.apply(&kinds)?;
        let secret = |name: &str, namespace: &str, data: Value| {
            json!({
                "apiVersion": "v1", "kind": "Secret", "stringData": data,
                "metadata": { "name": name, "namespace": namespace },
            })
        };
        let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "portal" } });
        let git = json!({ "username": self.user, "password": self.token });
        self.apply(&[
            namespace,
            secret("portal-git", "flux-system", git),
            secret(
                "portal-db-app",
                "portal",
                json!({ "uri": "postgresql://a:b@portal-db-rw/portal" }),
            ),
            secret("portal-db-ca", "portal", json!({ "ca.crt": "none" })),
            secret("portal-secrets", "portal", json!({ "OIDC_SECRET": "none" })),
        ])
    }

    /// Applies `flux.yaml` with the address of this Gitea, and without what installs operators elsewhere.
    pub fn follow(&self, repository: &Repository) -> Result<()> {
        let mut objects = deploy::documents(&root().join("deploy/flux.yaml"))?;
        for object in &mut objects {
            let spec = object["spec"].as_object_mut().context("flux.yaml: no spec")?;
            if spec.remove("dependsOn").is_some() {
                spec.insert("retryInterval".to_owned(), json!("5s"));
            } else {
                spec.insert(
                    "url".to_owned(),
                    json!(format!("{}/{}.git", self.git, repository.name)),
                );
            }
        }
        self.apply(&objects)
    }

    /// Waits until the newest commit is applied and everything in it is ready.
    pub fn applied(&self, repository: &Repository) -> Result<()> {
        let commit = repository.commit()?;
        let begin = Instant::now();
        let mut said = String::new();
        while begin.elapsed() < PATIENCE {
            for kind in ["gitrepository", "kustomization"] {
                let wish = format!("reconcile.fluxcd.io/requestedAt={}", begin.elapsed().as_nanos());
                let annotate = [
                    "-n",
                    "flux-system",
                    "annotate",
                    "--overwrite",
                    kind,
                    "portal",
                    &wish,
                ];
                self.ask(&annotate)?;
            }
            std::thread::sleep(Duration::from_secs(2));
            let text = self.ask(&[
                "-n",
                "flux-system",
                "get",
                "kustomization",
                "portal",
                "-o",
                "json",
            ])?;
            let status = &serde_json::from_str::<Value>(&text)?["status"];
            let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
            let ready = conditions
                .iter()
                .find(|one| one["type"] == "Ready")
                .cloned()
                .unwrap_or_default();
            let is_newest = status["lastAppliedRevision"]
                .as_str()
                .is_some_and(|one| one.ends_with(&commit));
            if is_newest && ready["status"] == "True" {
                return Ok(());
            }
            said = ready["message"].to_string();
        }
        bail!(
            "Flux did not apply {commit} within {} s: {said}",
            PATIENCE.as_secs()
        )
    }
}

/// The policy of Cilium, of which there is no schema: a kind that takes every object.
fn cilium() -> Value {
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    let (plural, singular) = ("ciliumnetworkpolicies", "ciliumnetworkpolicy");
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.cilium.io") },
        "spec": {
            "group": "cilium.io", "scope": "Namespaced",
            "names": { "kind": "CiliumNetworkPolicy", "plural": plural, "singular": singular },
            "versions": [{
                "name": "v2", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": schema },
            }],
        },
    })
}
