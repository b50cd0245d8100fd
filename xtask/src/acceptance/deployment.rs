//! `deploy` on a real cluster: Flux fetches it from a real Gitea and applies it.
//!
//! Operators are not there. Their kinds are made with a schema that takes everything, and their secrets by hand, so that this shows
//! what Flux and Kubernetes make of the manifests, not what the operators do.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::services::Services;
use crate::process::{Scratch, copy_folder, exists, output, root, run};
use crate::{deploy, image};

/// Longest wait for Flux.
const PATIENCE: Duration = Duration::from_secs(90);

/// Operators and their kinds: group, version, kind, plural.
const OF_OPERATORS: [(&str, &str, &str, &str); 9] = [
    ("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
    ("postgresql.cnpg.io", "v1", "Cluster", "clusters"),
    ("postgresql.cnpg.io", "v1", "ScheduledBackup", "scheduledbackups"),
    ("barmancloud.cnpg.io", "v1", "ObjectStore", "objectstores"),
    ("external-secrets.io", "v1", "ExternalSecret", "externalsecrets"),
    ("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
    ("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
    ("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
    ("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies"),
];

/// What the portal's account may do with every component, and what it never may.
const RIGHTS: [(&str, &str, bool); 8] = [
    ("list", "pods", true),
    ("get", "pods/log", true),
    ("watch", "kustomizations.kustomize.toolkit.fluxcd.io", true),
    ("patch", "kustomizations.kustomize.toolkit.fluxcd.io", true),
    ("patch", "deployments.apps", true),
    ("get", "secrets", false),
    ("create", "pods/exec", false),
    ("delete", "deployments.apps", false),
];

/// Plays the life of a deployment on servers that run: Gitea, and Kubernetes with Flux.
pub fn play(services: &Services) -> Result<()> {
    let cluster = Cluster::of(services)?;
    let repository = Repository::make(services)?;
    cluster.prepare()?;
    repository.push("first")?;
    cluster.follow(&repository)?;
    cluster.applied(&repository)?;
    changed_configuration(&cluster, &repository)?;
    every_component(&cluster, &repository)?;
    pruned(&cluster, &repository)?;
    pushed(services)?;
    println!("deploy: applied, changed, extended and pruned by Flux");
    Ok(())
}

/// Another configuration replaces the pods, and the former one goes away.
fn changed_configuration(cluster: &Cluster, repository: &Repository) -> Result<()> {
    let before = cluster.ask(&["get", "configmaps,replicasets", "-o", "name"])?;
    repository.edit(
        "deploy/prod/files/app-config.yaml",
        "title: Developer portal",
        "title: Portal",
    )?;
    repository.push("another title")?;
    cluster.applied(repository)?;
    let after = cluster.ask(&["get", "configmaps,replicasets", "-o", "name"])?;
    let of = |text: &str, part: &str| text.lines().filter(|line| line.contains(part)).count();
    ensure!(before != after, "the configuration kept its name");
    ensure!(
        of(&after, "portal-app-config-") == 1,
        "the former configuration is still there: {after}"
    );
    ensure!(
        of(&after, "replicaset") == 2,
        "the pods were not replaced: {after}"
    );
    Ok(())
}

/// All optional components, and a substitution of Flux, which must leave what the portal replaces.
fn every_component(cluster: &Cluster, repository: &Repository) -> Result<()> {
    let substitution =
        json!({ "spec": { "postBuild": { "substitute": { "cluster": "test" } } } }).to_string();
    let patch = [
        "-n",
        "flux-system",
        "patch",
        "kustomization",
        "portal",
        "--type",
        "merge",
        "-p",
    ];
    cluster.ask(&[&patch[..], &[&substitution]].concat())?;
    repository.edit("deploy/prod/kustomization.yaml", "  # - ../", "  - ../")?;
    repository.push("every component")?;
    cluster.applied(repository)?;
    for object in [
        "hpa/portal",
        "ciliumnetworkpolicy/portal-db",
        "servicemonitor/portal",
    ] {
        cluster.ask(&["get", object])?;
    }
    let maps = cluster.ask(&["get", "configmaps", "-o", "yaml"])?;
    for kept in ["${OIDC_SECRET}", "${datasource}"] {
        ensure!(maps.contains(kept), "Flux replaced {kept}");
    }
    let account = "--as=system:serviceaccount:portal:portal";
    for (verb, resource, is_given) in RIGHTS {
        let answer = cluster.run(&["auth", "can-i", verb, resource, account, "--all-namespaces"])?;
        ensure!(
            answer.1.trim() == if is_given { "yes" } else { "no" },
            "may it {verb} {resource}? {}",
            answer.1
        );
    }
    Ok(())
}

/// What is taken out of the set goes away.
fn pruned(cluster: &Cluster, repository: &Repository) -> Result<()> {
    repository.edit(
        "deploy/prod/kustomization.yaml",
        "  - ../components/hpa",
        "  # without",
    )?;
    repository.push("without hpa")?;
    cluster.applied(repository)?;
    ensure!(
        !cluster.run(&["get", "hpa/portal"])?.0,
        "the autoscaler is still there"
    );
    cluster.ask(&["get", "deployment/portal"]).map(drop)
}

/// An image goes to Gitea's registry, and is there under its digest.
fn pushed(services: &Services) -> Result<()> {
    if !exists("skopeo") {
        println!("SKIPPED: no image was pushed, because skopeo is not installed");
        return Ok(());
    }
    let folder = Scratch::new("image")?;
    let place = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(place("hello.rs"), "fn main() { println!(\"hello\"); }")?;
    let (source, program) = (place("hello.rs"), place("hello"));
    let flags = ["-C", "target-feature=+crt-static", "-C", "strip=symbols"];
    run("rustc", &[&flags[..], &[&source, "-o", &program]].concat())?;
    let registry = services
        .variable("GITEA_URL")?
        .trim_start_matches("http://")
        .to_owned();
    let credentials = place("credentials.json");
    sign_in(services, &registry, &credentials)?;
    let image = format!("{registry}/platform/portal:test");
    let archive = place("image.tar");
    let arguments = [
        "--binary",
        &program,
        "--output",
        &archive,
        "--push",
        &image,
        "--authfile",
        &credentials,
    ];
    image::run_all(&arguments.map(str::to_owned))?;
    let digest = |place: &str| {
        output(
            "skopeo",
            &[
                "inspect",
                "--format={{.Digest}}",
                "--tls-verify=false",
                "--authfile",
                &credentials,
                place,
            ],
        )
    };
    let (made, kept) = (
        digest(&format!("oci-archive:{archive}"))?,
        digest(&format!("docker://{image}"))?,
    );
    ensure!(
        !made.is_empty() && made == kept,
        "Gitea has another image: {kept}"
    );
    Ok(())
}

/// Signs in at a registry; the token goes by a pipe.
fn sign_in(services: &Services, registry: &str, credentials: &str) -> Result<()> {
    let user = services.variable("GITEA_ADMIN")?;
    let mut child = Command::new("skopeo")
        .args([
            "login",
            "--tls-verify=false",
            "--authfile",
            credentials,
            "--username",
            &user,
        ])
        .args(["--password-stdin", registry])
        .stdin(Stdio::piped())
        .spawn()?;
    let input = child.stdin.take().context("skopeo takes nothing")?;
    { input }.write_all(services.variable("GITEA_TOKEN")?.as_bytes())?;
    ensure!(child.wait()?.success(), "Gitea's registry does not let {user} in");
    Ok(())
}

/// The cluster, by kubectl.
struct Cluster {
    kubectl: String,
    configuration: String,
    git: String,
    token: String,
    user: String,
}

impl Cluster {
    fn of(services: &Services) -> Result<Self> {
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
    fn run(&self, arguments: &[&str]) -> Result<(bool, String)> {
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

    fn ask(&self, arguments: &[&str]) -> Result<String> {
        let (went_well, printed) = self.run(arguments)?;
        ensure!(went_well, "kubectl {}: {printed}", arguments.join(" "));
        Ok(printed)
    }

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
    fn prepare(&self) -> Result<()> {
        let kinds: Vec<Value> = OF_OPERATORS.iter().map(kind_of_operator).collect();
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
    fn follow(&self, repository: &Repository) -> Result<()> {
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
    fn applied(&self, repository: &Repository) -> Result<()> {
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

/// A kind that takes every object.
fn kind_of_operator((group, version, kind, plural): &(&str, &str, &str, &str)) -> Value {
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {
            "name": format!("{plural}.{group}"),
            "annotations": { "api-approved.kubernetes.io": "unapproved, for a test" },
        },
        "spec": {
            "group": group, "scope": "Namespaced",
            "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase() },
            "versions": [{
                "name": version, "served": true, "storage": true,
                "schema": { "openAPIV3Schema": schema },
            }],
        },
    })
}

/// A repository at Gitea with the folder `deploy`, and a working copy of it.
struct Repository {
    folder: Scratch,
    address: String,
    name: &'static str,
}

impl Repository {
    fn make(services: &Services) -> Result<Self> {
        let (url, token) = (services.variable("GITEA_URL")?, services.variable("GITEA_TOKEN")?);
        for (path, body) in [
            ("orgs", json!({ "username": "platform" })),
            (
                "orgs/platform/repos",
                json!({ "name": "portal", "private": true, "default_branch": "main" }),
            ),
        ] {
            let made = ureq::post(format!("{url}/api/v1/{path}"))
                .header("Authorization", format!("token {token}"))
                .send_json(body);
            // Servers that stay have it from the run before.
            if !matches!(made, Err(ureq::Error::StatusCode(409 | 422))) {
                made.with_context(|| format!("Gitea does not make {path}"))?;
            }
        }
        let user = services.variable("GITEA_ADMIN")?;
        let made = Self {
            folder: Scratch::new("deployment")?,
            address: url.replacen("://", &format!("://{user}:{token}@"), 1) + "/platform/portal.git",
            name: "platform/portal",
        };
        copy_folder(&root().join("deploy"), &made.path().join("deploy"))?;
        made.git(&["init", "--quiet", "--initial-branch=main"])?;
        Ok(made)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn edit(&self, file: &str, old: &str, new: &str) -> Result<()> {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path)?;
        ensure!(text.contains(old), "{file} has no '{old}'");
        Ok(std::fs::write(path, text.replace(old, new))?)
    }

    fn push(&self, message: &str) -> Result<()> {
        self.git(&["add", "--all"])?;
        self.git(&[
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.com",
            "commit",
            "--quiet",
            "-m",
            message,
        ])?;
        self.git(&["push", "--quiet", "--force", &self.address, "main"])
            .map(drop)
    }

    fn commit(&self) -> Result<String> {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Without the arguments in the error, one of which has a token.
    fn git(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(self.path())
            .output()?;
        ensure!(output.status.success(), "git {} failed", arguments[0]);
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
