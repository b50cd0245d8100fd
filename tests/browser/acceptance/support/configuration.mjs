// One configuration for all servers.
import { apiToken } from './portal.mjs';
import { gitea, given } from './servers.mjs';

/** The configuration of a portal at `base` that reaches Kubernetes and Grafana by these wires. */
export const configuration = (base, { kubernetes, grafana }) => `
app: { title: Talentmesh, baseUrl: '${base}' }
backend:
  baseUrl: ${base}
  listen: { host: 127.0.0.1, port: ${new URL(base).port} }
  database: { client: better-sqlite3, connection: { directory: ./data } }
  auth:
    externalAccess:
      - { type: static, options: { token: ${apiToken}, subject: acceptance } }
auth:
  environment: production
  providers:
    oidc:
      production:
        metadataUrl: ${given('KEYCLOAK_ISSUER')}/.well-known/openid-configuration
        clientId: ${given('KEYCLOAK_CLIENT_ID')}
        clientSecret: ${given('KEYCLOAK_CLIENT_SECRET')}
        title: Keycloak
        signIn: { resolvers: [{ resolver: emailMatchingUserEntityProfileEmail }] }
permission:
  enabled: true
  rbac: { policies-csv-file: ./roles.csv }
integrations:
  gitea:
    - { host: '${new URL(gitea.base).host}', baseUrl: '${gitea.base}', password: ${given('GITEA_TOKEN')} }
catalog:
  rules: [{ allow: [Component, API, System, Location, Group, User, Template] }]
  locations:
    - { type: url, target: '${gitea.base}/${gitea.organisation}/platform/src/branch/main/catalog-info.yaml' }
events:
  modules: { gitea: { webhookSecret: ${given('GITEA_WEBHOOK_SECRET')} } }
portal:
  # A killed process may hold a source for so long; the story waits 20 s for what was killed in the middle.
  claim: { seconds: 10 }
  flux: { actions: [reconcile, reconcileWithSource, suspend, resume] }
scaffolder:
  defaultOwner: ${gitea.organisation}
  defaultEnvironment: { parameters: { giteaHost: '${new URL(gitea.base).host}' } }
kubernetes:
  clusterLocatorMethods:
    - type: config
      clusters:
        - { name: production, url: '${kubernetes}', authProvider: serviceAccount, serviceAccountToken: ${given('KUBE_PORTAL_TOKEN')}, caFile: '${given('KUBE_CA')}' }
grafana:
  domain: ${given('GRAFANA_URL')}
  url: ${grafana}
  token: ${given('GRAFANA_TOKEN')}
  defaultDataSource: prometheus
  alertsEvery: { seconds: 2 }
`;

/** Who may do what: the talent team makes services, everybody else may look. */
export const roles = `p, role:default/reader, catalog-entity, read, allow
p, role:default/reader, scaffolder.task.read, read, allow
p, role:default/reader, kubernetes.resources.read, read, allow
p, role:default/reader, kubernetes.clusters.read, read, allow
p, role:default/reader, kubernetes.proxy, use, allow
p, role:default/reader, catalog.entities.unprocessed.read, read, allow
p, role:default/maker, scaffolder-template, read, allow
p, role:default/maker, scaffolder.task.create, create, allow
p, role:default/maker, scaffolder.task.cancel, use, allow
p, role:default/maker, scaffolder.action.execute, use, allow
p, role:default/maker, catalog.location.create, create, allow
p, role:default/maker, catalog.entity.refresh, update, allow
p, role:default/maker, flux.overview.read, read, allow
p, role:default/maker, flux.objects.reconcile, update, allow
p, role:default/maker, flux.objects.suspend, update, allow
p, role:default/maker, flux.objects.resume, update, allow
g, group:default/talent, role:default/reader
g, group:default/talent, role:default/maker
g, group:default/platform, role:default/reader
g, user:default/guest, role:default/reader
`;
