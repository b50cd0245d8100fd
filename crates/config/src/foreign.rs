//! Keys of the original and its plugins that the portal knows, but does not use (yet).

use model::{Fault, Problem, Severity};

use crate::json_path::dotted;
use crate::node::Node;
use crate::suggest::suggest;

/// Key prefixes and whom they belong to; `*` stands for any one segment. Sorted by key.
const KEYS: &[(&str, &str)] = &[
    ("aws", "the AWS integration"),
    ("argocd", "the Argo CD plugin"),
    ("app.analytics", "the frontend's analytics"),
    ("app.auth", "the frontend app"),
    ("app.cdn", "the frontend app"),
    ("app.datadogRum", "the frontend app"),
    ("app.description", "the frontend app"),
    ("app.extensions", "the frontend app"),
    ("app.googleAnalyticsTrackingId", "the frontend's analytics"),
    ("app.https", "the frontend app"),
    ("app.listen", "the frontend app"),
    ("app.packages", "the frontend app"),
    ("app.pluginOverrides", "the frontend app"),
    ("app.protocolHandlerAllowList", "the frontend app"),
    ("app.routes", "the frontend app"),
    ("app.sso", "the frontend app"),
    ("app.support", "the frontend app"),
    ("app.branding", "the frontend app"),
    ("auth", "the auth plugin"),
    ("azureDevOps", "the Azure DevOps plugin"),
    ("announcements", "the announcements plugin"),
    ("backend.actions", "the actions registry"),
    ("backend.auditor", "the audit log"),
    ("backend.auth.pluginKeyStore", "the auth plugin"),
    ("backend.cache", "the cache service"),
    ("backend.database.ensureExists", "the original's database service"),
    (
        "backend.database.ensureSchemaExists",
        "the original's database service",
    ),
    ("backend.database.knexConfig", "the original's database service"),
    ("backend.database.plugin", "the original's database service"),
    (
        "backend.database.pluginDivisionMode",
        "the original's database service",
    ),
    ("backend.database.role", "the original's database service"),
    ("backend.database.schemaPrefix", "the original's database service"),
    (
        "backend.database.skipMigrations",
        "the original's database service",
    ),
    ("backend.database.connection.*", "the original's database driver"),
    ("backend.logger", "the original's logger"),
    ("backend.metrics", "the metrics service"),
    ("backend.packages", "the original's plugin discovery"),
    ("backend.rateLimit", "the rate limiter"),
    ("backend.startup", "the original's plugin start"),
    ("backend.tracing", "the tracing service"),
    ("backend.userAgent", "the original's HTTP client"),
    ("bitrise", "the Bitrise plugin"),
    ("buildkite", "the Buildkite plugin"),
    ("catalog.processors", "catalog modules"),
    ("catalog.providers", "catalog modules"),
    (
        "catalog.stitchingStrategy.pollingInterval",
        "the original's catalog",
    ),
    ("catalog.useUrlReadersSearch", "the original's catalog"),
    ("catalog.pipeline", "the original's catalog"),
    ("catalog.experimentalExtensions", "the original's catalog"),
    ("catalogGraph", "the catalog-graph plugin"),
    ("cicd", "a CI/CD plugin"),
    ("circleci", "the CircleCI plugin"),
    ("costInsights", "the cost-insights plugin"),
    ("customPermission", "a permission module"),
    ("dangerouslyAllowSignInWithoutUserInCatalog", "the auth plugin"),
    ("datadog", "the Datadog plugin"),
    ("devTools", "the devtools plugin"),
    ("discovery", "the discovery service"),
    ("dynamicPlugins", "Red Hat Developer Hub"),
    ("dynatrace", "the Dynatrace plugin"),
    ("enabled", "Red Hat Developer Hub"),
    ("events", "the events plugin"),
    ("explore", "the explore plugin"),
    ("feedback", "the feedback plugin"),
    ("flux", "the Flux plugin"),
    ("gcp", "the Google Cloud plugins"),
    ("gitea", "the Gitea plugin"),
    ("githubActions", "the GitHub Actions plugin"),
    ("gitlab", "the GitLab plugin"),
    ("gitops", "the GitOps plugin"),
    ("grafana", "the Grafana plugin"),
    ("healthcheck", "a health check plugin"),
    ("home", "the home plugin"),
    ("homepage", "the home plugin"),
    ("i18n", "the frontend app"),
    ("integrations.awsCodeCommit", "the AWS CodeCommit integration"),
    ("integrations.awsS3", "the S3 integration"),
    (
        "integrations.azureBlobStorage",
        "the Azure Blob Storage integration",
    ),
    ("integrations.bitbucket", "the former Bitbucket integration"),
    ("integrations.gerrit", "the Gerrit integration"),
    ("integrations.googleGcs", "the Google Cloud Storage integration"),
    ("integrations.harness", "the Harness integration"),
    ("integrations.*.*.apiBaseUrl", "the integration"),
    ("integrations.*.*.cloneUrl", "the integration"),
    ("jenkins", "the Jenkins plugin"),
    ("jira", "the Jira plugin"),
    ("kafka", "the Kafka plugin"),
    ("keycloak", "the Keycloak module"),
    ("kubernetes", "the Kubernetes plugin"),
    ("kiali", "the Kiali plugin"),
    ("lighthouse", "the Lighthouse plugin"),
    ("linguist", "the linguist plugin"),
    ("mcpActions", "the MCP actions plugin"),
    ("microsoftGraphOrg", "the Microsoft Graph module"),
    ("newRelic", "the New Relic plugin"),
    ("newrelic", "the New Relic plugin"),
    ("nexusRepositoryManager", "the Nexus plugin"),
    ("notifications", "the notifications plugin"),
    ("opencost", "the OpenCost plugin"),
    ("opsgenie", "the Opsgenie plugin"),
    ("pagerDuty", "the PagerDuty plugin"),
    ("permission", "the permission plugin"),
    ("playlist", "the playlist plugin"),
    ("prometheus", "the Prometheus plugin"),
    ("proxy", "the proxy plugin"),
    ("quay", "the Quay plugin"),
    ("rollbar", "the Rollbar plugin"),
    ("scaffolder", "the scaffolder plugin"),
    ("scorecards", "a scorecard plugin"),
    ("search.collators", "the search plugin's collators"),
    ("search.elasticsearch", "the Elasticsearch module"),
    ("search.permissions", "the search plugin"),
    ("search.pg", "the PostgreSQL search module"),
    ("search.query", "the search plugin"),
    ("sentry", "the Sentry plugin"),
    ("signals", "the signals plugin"),
    ("sonarqube", "the SonarQube plugin"),
    ("splunkOnCall", "the Splunk On-Call plugin"),
    ("stackoverflow", "the Stack Overflow module"),
    ("stackstorm", "the StackStorm plugin"),
    ("tech-insights", "the tech-insights plugin"),
    ("techInsights", "the tech-insights plugin"),
    ("techRadar", "the tech-radar plugin"),
    ("techdocs", "the TechDocs plugin"),
    ("tekton", "the Tekton plugin"),
    ("topology", "the topology plugin"),
    ("upstream", "the Helm chart"),
    ("userSettings", "the user-settings plugin"),
    ("vault", "the Vault plugin"),
    ("xcmetrics", "the XCMetrics plugin"),
];

/// Where a key that is not known might have been meant as a protection: there it keeps the portal from starting.
const STRICT: &str = "backend.auth.externalAccess.*.accessRestrictions";

/// The key whose entries are entity providers.
const PROVIDERS: [&str; 2] = ["catalog", "providers"];

/// Whether each entry below a key belongs to a plugin of its own, so that each is reported by itself.
pub(crate) fn is_family(path: &[String]) -> bool {
    path == PROVIDERS
}

/// What is to be said about a key that no section has.
pub(crate) fn report<'a>(
    path: &[String],
    node: &Node,
    siblings: impl Iterator<Item = &'a str>,
) -> Option<Problem> {
    let key = dotted(path);
    let place = node.origin.place();
    if path.starts_with(&PROVIDERS.map(str::to_owned)) {
        let fault = Fault::input(format!(
            "'{key}' belongs to a catalog module, it has no effect yet: no entity comes from it"
        ));
        let hint =
            "Name the files in catalog.locations, or register them, until the portal has this provider.";
        return Some(Problem::warning(fault).at(place).hint(hint));
    }
    if let Some(owner) = owner(path) {
        let fault = Fault::input(format!("'{key}' belongs to {owner}, it has no effect yet"));
        return Some(
            Problem {
                severity: Severity::Info,
                ..Problem::warning(fault)
            }
            .at(place),
        );
    }
    let (last, parents) = path.split_last()?;
    let foreign = KEYS
        .iter()
        .filter_map(|(pattern, _)| last_segment_below(pattern, parents));
    let fault = Fault::input(format!("Unknown configuration key '{key}'"));
    let problem = if matches(STRICT, path) {
        return Some(
            Problem::error(fault)
                .at(place)
                .hint("A restriction has 'plugin', 'permission' and 'permissionAttribute' with 'action'."),
        );
    } else {
        Problem::warning(fault).at(place)
    };
    Some(match suggest(last, siblings.chain(foreign)) {
        Some(meant) => problem.hint(format!("Did you mean '{}'?", dotted(&beside(parents, meant)))),
        None => {
            problem.hint("It has no effect. Remove it, or ignore this if it is for a plugin of your own.")
        }
    })
}

/// What is to be said about a key of a plugin's section that its schema does not have.
pub(crate) fn without_effect<'a>(
    path: &[String],
    node: &Node,
    siblings: impl Iterator<Item = &'a str>,
    page: Option<&str>,
) -> Option<Problem> {
    let (last, parents) = path.split_last()?;
    let fault = Fault::input(format!("'{}' has no effect here", dotted(path)));
    let hint = match (suggest(last, siblings), page) {
        (Some(meant), _) => format!("Did you mean '{}'?", dotted(&beside(parents, meant))),
        (None, Some(page)) => format!("Remove it; {page} lists the keys of this section."),
        (None, None) => "Remove it.".to_owned(),
    };
    Some(Problem::warning(fault).at(node.origin.place()).hint(hint))
}

fn beside(parents: &[String], last: &str) -> Vec<String> {
    parents.iter().cloned().chain([last.to_owned()]).collect()
}

fn owner(path: &[String]) -> Option<&'static str> {
    KEYS.iter()
        .find(|(pattern, _)| matches(pattern, path))
        .map(|(_, owner)| *owner)
}

fn matches(pattern: &str, path: &[String]) -> bool {
    let mut segments = path.iter();
    pattern.split('.').all(|part| {
        segments
            .next()
            .is_some_and(|segment| part == "*" || part == segment)
    })
}

/// The last segment of a pattern whose other segments are exactly `parents`.
fn last_segment_below(pattern: &'static str, parents: &[String]) -> Option<&'static str> {
    let (before, last) = pattern.rsplit_once('.').unwrap_or(("", pattern));
    let same = before
        .split('.')
        .filter(|part| !part.is_empty())
        .eq(parents.iter().map(String::as_str));
    (same && last != "*").then_some(last)
}
