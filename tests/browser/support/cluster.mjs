// A cluster's API server with a workload of two pods: it lists, sends changes, and writes logs as the tests want them.
import { createServer } from 'node:http';

const groups = {
  '': ['v1', { pods: 'Pod', services: 'Service', events: 'Event', configmaps: 'ConfigMap', resourcequotas: 'ResourceQuota', limitranges: 'LimitRange', persistentvolumeclaims: 'PersistentVolumeClaim' }],
  apps: ['v1', { deployments: 'Deployment', replicasets: 'ReplicaSet', statefulsets: 'StatefulSet', daemonsets: 'DaemonSet' }],
  batch: ['v1', { jobs: 'Job', cronjobs: 'CronJob' }],
  autoscaling: ['v2', { horizontalpodautoscalers: 'HorizontalPodAutoscaler' }],
  'networking.k8s.io': ['v1', { ingresses: 'Ingress' }],
  policy: ['v1', { poddisruptionbudgets: 'PodDisruptionBudget' }],
  'discovery.k8s.io': ['v1', { endpointslices: 'EndpointSlice' }],
  'metrics.k8s.io': ['v1beta1', { pods: 'PodMetrics' }],
};

const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString();

function meta(name, { labels = {}, owner, annotations } = {}) {
  const ownerReferences = owner && [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: owner, controller: true }];
  return { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: ago(7200), generation: 1, labels, annotations, ownerReferences };
}

function pod(name) {
  const resources = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } };
  const status = name => ({ name, ready: true, started: true, restartCount: 0, state: { running: { startedAt: ago(6000) } } });
  return {
    metadata: meta(name, { labels: { app: 'web' }, owner: 'uid-web-1' }),
    spec: { containers: [{ name: 'web', image: 'web:2', resources }, { name: 'silent', image: 'silent:1' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [status('web'), status('silent')] },
  };
}

function objects() {
  const env = [{ name: 'DB_PASSWORD', value: 'hunter2' }];
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:2', env }] } };
  const counts = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
  const ingress = { rules: [{ host: 'web.example.com', http: { paths: [{ path: '/', backend: { service: { name: 'web' } } }] } }], tls: [{ hosts: ['web.example.com'] }] };
  return {
    deployments: [{ metadata: meta('web', { labels: { 'backstage.io/kubernetes-id': 'talentmesh-api' } }), spec: { replicas: 2, template }, status: { observedGeneration: 1, ...counts } }],
    replicasets: [{ metadata: meta('web-1', { owner: 'uid-web' }), spec: { replicas: 2 }, status: { replicas: 2 } }],
    pods: [pod('web-1-aaaaa'), pod('web-1-bbbbb')],
    services: [{ metadata: { ...meta('web'), uid: 'uid-service' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } }],
    endpointslices: [{ metadata: meta('web-x', { owner: 'uid-service' }), endpoints: [{ addresses: ['10.0.0.1', '10.0.0.2'] }] }],
    ingresses: [{ metadata: { ...meta('web'), uid: 'uid-ingress' }, spec: ingress, status: { loadBalancer: { ingress: [{ ip: '10.0.0.9' }] } } }],
    resourcequotas: [{ metadata: meta('compute'), status: { hard: { pods: '10' }, used: { pods: '9' } } }],
  };
}

/** A running server: `url` is its address; `write`, `cut`, `flood` and `join` are what happens to the logs and pods. */
export async function startCluster() {
  const all = objects();
  const logs = new Map();
  const followed = new Set();
  const watching = new Set();
  let floods = false;

  const answer = (response, body, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const discovered = names => ({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: names.map(group => {
      const [version, kinds] = groups[group];
      const resources = Object.entries(kinds).map(([resource, kind]) => ({ resource, scope: 'Namespaced', verbs: ['get', 'list', 'watch'], responseKind: { group, version, kind } }));
      return { metadata: { name: group }, versions: [{ version, resources, freshness: 'Current' }] };
    }),
  });
  const used = () => all.pods.map(({ metadata }) => ({ metadata, containers: [{ name: 'web', usage: { cpu: '3m', memory: '122Mi' } }] }));

  // The head of the answer goes out with the first line, as the kubelet does it.
  const log = (response, key, query) => {
    const since = query.get('sinceTime')?.slice(0, 19) ?? '';
    for (const line of logs.get(key) ?? []) if (line.slice(0, 19) >= since) response.write(line);
    if (!query.get('follow')) return response.end();
    const one = { key, response };
    followed.add(one);
    response.on('close', () => followed.delete(one));
    if (floods && key === 'web-1-aaaaa/web') pour(response);
  };
  const pour = response => {
    const part = `${new Date(Date.now() + 1000).toISOString()} ${'x'.repeat(300)}\n`.repeat(2000);
    const more = () => {
      while (floods && response.writable && response.write(part));
      if (floods && response.writable) response.once('drain', more);
    };
    more();
  };

  const server = createServer((request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url, 'http://cluster');
    const plural = path.split('/').pop();
    const ofPod = path.match(/pods\/([^/]+)\/log$/);
    if (path === '/version') return answer(response, { major: '1', minor: '36', gitVersion: 'v1.36.3' });
    if (path === '/api') return answer(response, discovered(['']));
    if (path === '/apis') return answer(response, discovered(Object.keys(groups).filter(Boolean)));
    if (ofPod) return log(response, `${ofPod[1]}/${query.get('container')}`, query);
    if (path.startsWith('/apis/metrics.k8s.io')) return answer(response, { metadata: {}, items: used() });
    if (!query.get('watch')) return answer(response, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: all[plural] ?? [] });
    response.writeHead(200, { 'content-type': 'application/json' });
    const one = { plural, response };
    watching.add(one);
    response.on('close', () => watching.delete(one));
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    write(of, text) {
      const line = `${new Date().toISOString()} ${text}\n`;
      logs.set(of, [...(logs.get(of) ?? []), line]);
      for (const { key, response } of followed) if (key === of) response.write(line);
    },
    cut() {
      for (const one of [...followed]) {
        followed.delete(one);
        one.response.end();
      }
    },
    flood(on) {
      floods = on;
    },
    join(name) {
      const object = pod(name);
      all.pods.push(object);
      const change = JSON.stringify({ type: 'ADDED', object: { ...object, metadata: { ...object.metadata, resourceVersion: '2' } } });
      for (const { plural, response } of watching) if (plural === 'pods') response.write(`${change}\n`);
    },
    stop() {
      floods = false;
      server.closeAllConnections();
      server.close();
    },
  };
}
