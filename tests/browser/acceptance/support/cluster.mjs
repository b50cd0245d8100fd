// What the sections on Kubernetes need of the real cluster: a workload, accounts with roles, tokens that end soon, and its API server killed.
import { execFile } from 'node:child_process';
import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../support/portal.mjs';
import { given } from './servers.mjs';

const run = promisify(execFile);

/** A deployment with two pods and a service, in a namespace of the same name. */
export const workload = name => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${name}, labels: { backstage.io/kubernetes-id: ${name} } }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, backstage.io/kubernetes-id: ${name} } }
    spec: { containers: [{ name: web, image: 'registry.example.com/shop:1', ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${name}, labels: { backstage.io/kubernetes-id: ${name} } }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`;

/** Two accounts: `whole` sees what the portal shows, `partial` all of that but services. */
export const accounts = namespace => ['whole', 'partial'].map(account => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${account}, namespace: ${namespace} }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${namespace}-${account}, labels: { acceptance: ${namespace} } }
rules:
  - apiGroups: ['']
    resources: [pods, pods/log, configmaps, events, limitranges, resourcequotas, persistentvolumeclaims, nodes, namespaces${account === 'whole' ? ', services' : ''}]
    verbs: [get, list, watch]
  - { apiGroups: [apps, batch, autoscaling, policy, networking.k8s.io, discovery.k8s.io, gateway.networking.k8s.io], resources: ['*'], verbs: [get, list, watch] }
  - { apiGroups: [metrics.k8s.io], resources: ['*'], verbs: [get, list] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${namespace}-${account}, labels: { acceptance: ${namespace} } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${namespace}-${account} }
subjects: [{ kind: ServiceAccount, name: ${account}, namespace: ${namespace} }]
`).join('---');

/** How much longer than it says the API server takes a token, in seconds. */
const LEEWAY = 60;

/**
 * The same token, taken for so many seconds. The API server gives none for less than ten minutes, so it is signed here with the key that
 * lies beside the certificate of its authority.
 */
export async function shortLived(token, seconds) {
  const [head, claims] = token.trim().split('.');
  const [now, end] = [0, seconds - LEEWAY].map(later => Math.floor(Date.now() / 1000) + later);
  const shortened = { ...JSON.parse(Buffer.from(claims, 'base64url')), iat: now - LEEWAY, nbf: now - LEEWAY, exp: end };
  const signed = `${head}.${Buffer.from(JSON.stringify(shortened)).toString('base64url')}`;
  const key = await readFile(join(dirname(given('KUBE_CA')), 'sa.key'));
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

/** Ends the API server at this instant, as a power cut does. */
export async function killApiServer() {
  const [pid] = (await readFile(join(given('SERVICES_DATA'), 'kube-apiserver.pid'), 'utf8')).split(' ');
  process.kill(Number(pid), 'SIGKILL');
  await eventually(async () => !(await fetch(given('KUBE_URL')).then(() => true, error => error.cause?.code !== 'ECONNREFUSED')));
}

/** Starts it again, and what did not outlive it. */
export async function startApiServer() {
  await run(join(given('SERVICES_SCRIPTS'), 'kubernetes.sh'), ['start'], { env: process.env });
}
