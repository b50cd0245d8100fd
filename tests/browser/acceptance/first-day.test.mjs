// A service's first day, on real servers: from the form to a repository, running, documented, watched, changed and found.
// Each test is one step of the story and stands on the steps before it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, looks, startBrowser } from '../support/portal.mjs';
import { text, texts } from '../support/visit.mjs';
import { configuration, roles } from './support/configuration.mjs';
import { withoutEntity } from './support/keycloak.mjs';
import { dashboard, alert } from './support/monitoring.mjs';
import { organization, selection } from './support/platform.mjs';
import { Portal, root, timeUntil } from './support/portal.mjs';
import { filesBelow, gitea, given, grafana, kubectl, seed } from './support/servers.mjs';
import { Wire } from './support/wire.mjs';

/** The service of the story; its name is new in every run, so that servers may stay between runs. */
const service = `orders-${Date.now().toString(36).slice(-5)}`;
const wires = {};
let portal, browser, grace;

before(async () => {
  await gitea.repository('platform');
  const template = await filesBelow(join(root, 'examples/templates/typescript-service'));
  const files = { 'catalog-info.yaml': selection, 'org.yaml': organization };
  for (const [path, content] of Object.entries(template)) files[`templates/typescript-service/${path}`] = content;
  await gitea.commit('platform', 'The teams and their first template', files);
  wires.kubernetes = await Wire.to(given('KUBE_URL'));
  wires.grafana = await Wire.to(given('GRAFANA_URL'));
  const bases = { kubernetes: wires.kubernetes.base, grafana: wires.grafana.base };
  portal = await Portal.prepare(base => configuration(base, bases), { 'roles.csv': roles });
  await portal.start();
  await eventually(() => portal.entity('template', 'typescript-service'), { what: () => 'the template did not come' });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await portal?.stop();
  for (const wire of Object.values(wires)) await wire.cut();
});

/** A browser of one person. */
async function visitor() {
  const context = await browser.newContext(looks.light);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

let pictures = 0;
/** Keeps what a person sees at this step. */
async function picture(page, name) {
  pictures += 1;
  const file = `${String(pictures).padStart(2, '0')}-${name}.png`;
  await page.screenshot({ path: join(process.env.SCREENSHOTS, file) });
}

/** Signs in at Keycloak, from the portal's page for it. */
async function signIn(page, name) {
  await page.goto(`${portal.base}/sign-in`);
  await page.getByRole('button', { name: /Keycloak/ }).or(page.getByRole('link', { name: /Keycloak/ })).first().click();
  await page.locator('#username').fill(name);
  await page.locator('#password').fill(given('KEYCLOAK_USER_PASSWORD'));
  await page.locator('#kc-login').click();
}

/** Waits until a page shows a text, now or as soon as it has heard of it. */
async function shows(page, words, within = 15_000) {
  try {
    await page.getByText(words).filter({ visible: true }).first().waitFor({ timeout: within });
  } catch (error) {
    await picture(page, 'missing');
    throw new Error(`${page.url()} does not show ${words}; a picture is kept`, { cause: error });
  }
}

const entityPage = (tab = '') => `${portal.base}/catalog/default/component/${service}${tab && `/${tab}`}`;

/** A task of the template for a service of this name, begun by API; its id. */
async function begin(name) {
  const body = { templateRef: 'template:default/typescript-service', values: { name } };
  return (await portal.api('/api/scaffolder/v2/tasks', { method: 'POST', body })).id;
}

/** Waits until a task has ended, and says what happened unless it is completed; the milliseconds waited. */
async function completed(id, within = 30_000) {
  const task = () => portal.api(`/api/scaffolder/v2/tasks/${id}`);
  const waited = await timeUntil(async () => !['open', 'processing'].includes((await task()).status), within, `task ${id} did not end`);
  const events = await portal.api(`/api/scaffolder/v2/tasks/${id}/events`);
  assert.equal((await task()).status, 'completed', events.map(event => event.body.message).join('\n'));
  return waited;
}

test('1. a person signs in, and a person without rights is told so', async t => {
  await t.test('through Keycloak', async () => {
    grace = await visitor();
    await signIn(grace, 'grace');
    await grace.waitForURL(address => address.href.startsWith(portal.base));
    await shows(grace, 'Grace Hopper');
    await picture(grace, 'signed-in');
  });
  await t.test('without the right to make services', async () => {
    const ada = await visitor();
    await signIn(ada, 'ada');
    await ada.waitForURL(address => address.href.startsWith(portal.base));
    const answer = await ada.goto(`${portal.base}/create/templates/default/typescript-service`);
    assert.equal(answer.status(), 403);
    await shows(ada, /scaffolder\.task\.create/);
    await picture(ada, 'without-rights');
    await ada.context().close();
  });
  await t.test('without an entity', async () => {
    const stranger = await visitor();
    await signIn(stranger, await withoutEntity());
    await shows(stranger, /no user in the catalog/i);
    await picture(stranger, 'without-entity');
    await stranger.context().close();
  });
  await t.test('a guest on the same machine looks around without signing in', async () => {
    const guest = await visitor();
    const answer = await guest.goto(`${portal.base}/catalog?kind=template`);
    assert.equal(answer.status(), 200);
    await shows(guest, 'TypeScript service');
    await guest.context().close();
  });
});

test('2. a template makes a repository, and the service is in the catalog', async t => {
  await t.test('by the form', async () => {
    await grace.goto(`${portal.base}/create`);
    await picture(grace, 'create');
    await grace.getByRole('link', { name: 'TypeScript service' }).first().click();
    await grace.getByLabel('Name').fill(service);
    await picture(grace, 'form');
    await grace.getByRole('button', { name: 'Review', exact: true }).last().click();
    await shows(grace, service);
    await picture(grace, 'review');
    await grace.getByRole('button', { name: 'Create', exact: true }).last().click();
    await grace.waitForURL(/\/create\/tasks\//);
    const id = new URL(grace.url()).pathname.split('/').at(-1);
    await completed(id);
    const waited = await timeUntil(() => portal.entity('component', service), 10_000, 'the component did not come');
    t.diagnostic(`in the catalog ${waited} ms after the last step`);
    assert.ok(waited <= 2_000, `${waited} ms`);
    await grace.getByRole('link', { name: 'Open in the catalog' }).waitFor();
    await picture(grace, 'task');
  });
  await t.test('rendered and committed once, owned by the team', async () => {
    assert.match(await gitea.text(service, 'package.json'), new RegExp(service));
    assert.equal((await gitea.commits(service)).length, 1);
    const component = await portal.entity('component', service);
    assert.ok(component.relations.some(one => one.type === 'ownedBy' && one.targetRef === 'group:default/talent'));
  });
  await t.test('also when the portal dies in the middle', async () => {
    const name = `${service}-again`;
    const id = await begin(name);
    await eventually(async () => (await portal.api(`/api/scaffolder/v2/tasks/${id}`)).status !== 'open', { within: 10_000 });
    await portal.killAndStart();
    t.diagnostic(`resumed and completed ${await completed(id)} ms after the start`);
    await eventually(() => portal.entity('component', name), { what: () => 'the second component did not come' });
    assert.equal((await gitea.commits(name)).length, 1);
    const locations = await portal.api('/api/catalog/locations');
    assert.equal(locations.filter(one => one.data.target.includes(`/${name}/`)).length, 1);
  });
});

test('3. its documentation is there', async () => {
  await grace.goto(entityPage('docs'));
  await shows(grace, 'Running it');
  await picture(grace, 'docs-tab');
  await grace.goto(`${portal.base}/docs/default/component/${service}/operations/`);
  await grace.locator('article h1, main h1').first().waitFor();
  await picture(grace, 'docs-page');
});

test('4. Flux applies it, and the portal shows what runs', async t => {
  const repository = `${gitea.base}/${gitea.organisation}/${service}.git`;
  await kubectl(['apply', '-f', '-'], `
apiVersion: v1
kind: Secret
metadata: { name: ${service}, namespace: flux-system }
stringData: { username: '${given('GITEA_ADMIN')}', password: '${given('GITEA_TOKEN')}' }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: ${service}, namespace: flux-system }
spec: { interval: 2s, url: '${repository}', ref: { branch: main }, secretRef: { name: ${service} } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${service}, namespace: flux-system }
spec:
  interval: 5m
  targetNamespace: talentmesh
  sourceRef: { kind: GitRepository, name: ${service} }
  path: ./deploy/prod
  prune: true
  wait: true
  timeout: 1m
`);
  await kubectl(['-n', 'flux-system', 'wait', '--for=condition=Ready', `kustomization/${service}`, '--timeout=90s']);
  await seed('seed-kubernetes');
  const [{ sha }] = await gitea.commits(service);
  await t.test('the commit that runs', async () => {
    await grace.goto(entityPage('deployments'));
    await shows(grace, sha.slice(0, 7));
    await shows(grace, /Ready/);
    await picture(grace, 'deployments');
  });
  await t.test('workloads, pods, requests, limits and use', async () => {
    await grace.goto(entityPage('kubernetes'));
    await shows(grace, /Running/);
    await shows(grace, /128\s?Mi/);
    await picture(grace, 'kubernetes');
  });
  await t.test('logs', async () => {
    await grace.locator('main a[href*="/logs"]').first().click();
    await eventually(async () => (await grace.locator('main').innerText()).split('\n').length > 20);
    await picture(grace, 'logs');
  });
});

test('5. dashboards, a chart and an alert', async () => {
  await grafana('/api/dashboards/db', { method: 'POST', body: dashboard(service) });
  await grafana('/api/v1/provisioning/alert-rules', { method: 'POST', body: alert(service) });
  await grace.goto(entityPage('monitoring'));
  await shows(grace, `Requests of ${service}`);
  await grace.locator('svg').first().waitFor();
  await shows(grace, /firing/i, 30_000);
  await picture(grace, 'monitoring');
  await grace.goto(entityPage());
  await shows(grace, /1 alert/i, 30_000);
  await picture(grace, 'alert-on-the-head');
});

test('6. a push shows at once', async t => {
  const descriptor = await gitea.text(service, 'catalog-info.yaml');
  const changed = {
    'catalog-info.yaml': descriptor.replace('A service in TypeScript.', 'Takes orders.'),
    'docs/index.md': '# Orders\n\nHow orders are taken.\n\n## Refunds and returns\n\nMoney goes back within a day.\n',
    'deploy/prod/kustomization.yaml': (await gitea.text(service, 'deploy/prod/kustomization.yaml')).replace('count: 2', 'count: 3'),
  };
  await grace.goto(entityPage('deployments'));
  const sha = await gitea.commit(service, 'Orders are explained, and three of them run', changed);
  const waited = await timeUntil(
    async () => (await portal.entity('component', service)).metadata.description === 'Takes orders.',
    10_000,
    'the push did not show',
  );
  const taken = Date.now() - (await portal.lastDelivery());
  t.diagnostic(`in the catalog ${waited} ms after the push, ${taken} ms after Gitea's delivery`);
  assert.ok(taken <= 2_000, `${taken} ms`);
  const reader = await grace.context().newPage();
  await reader.goto(`${portal.base}/docs/default/component/${service}/`);
  await shows(reader, 'Refunds and returns');
  await reader.getByText(/Last changed .*Orders are explained/).waitFor();
  await picture(reader, 'docs-after-the-push');
  await t.test('a branch is another version of the documentation', async () => {
    await gitea.call(`/repos/${gitea.organisation}/${service}/branches`, {
      method: 'POST',
      body: { new_branch_name: 'next/docs', old_branch_name: 'main' },
    });
    await gitea.commit(service, 'What is to come', { 'docs/index.md': '# Orders\n\nSoon they come by themselves.\n' }, 'next/docs');
    await reader.goto(`${portal.base}/docs/default/component/${service}?view=versions`);
    await picture(reader, 'docs-versions');
    await eventually(async () => {
      await reader.reload();
      return (await reader.getByRole('link', { name: 'next/docs' }).count()) > 0;
    });
    await reader.getByRole('link', { name: 'next/docs' }).click();
    await shows(reader, 'Soon they come by themselves.');
    await picture(reader, 'docs-of-a-branch');
    await reader.getByRole('link', { name: 'Read the current version' }).click();
    await shows(reader, 'Refunds and returns');
  });
  await reader.close();
  await t.test('the new commit is shown as running, without loading the page again', async () => {
    await shows(grace, sha.slice(0, 7), 90_000);
    await picture(grace, 'new-commit');
  });
  await t.test('a broken descriptor is a problem with file, line and commit', async () => {
    const broken = `${changed['catalog-info.yaml']}---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: ${service} }\nspec:\n  type: openapi\n  lifecycle: experimental\n  owner: [not, a, text]\n  definition: x\n`;
    const before = await portal.lastDelivery();
    const commit = await gitea.commit(service, 'An API is added in a hurry', { 'catalog-info.yaml': broken });
    await eventually(async () => (await portal.lastDelivery()) > before, { what: () => 'Gitea did not tell of the push' });
    await portal.killAndStart();
    const isTold = async () => {
      await grace.goto(`${portal.base}/unprocessed`);
      return (await grace.locator('main').innerText()).includes(commit.slice(0, 10));
    };
    await eventually(isTold, { what: () => 'the broken descriptor is not told of' });
    const shown = await grace.locator('main').innerText();
    assert.match(shown, new RegExp(`${service}, catalog-info.yaml:\\d+`));
    await picture(grace, 'broken-descriptor');
    assert.equal((await portal.entity('component', service)).metadata.description, 'Takes orders.');
    await gitea.commit(service, 'The API waits', { 'catalog-info.yaml': changed['catalog-info.yaml'] });
  });
});

test('7. Flux is told what to do from the page, and says why it does not', async t => {
  const kustomization = async path => (await kubectl(['-n', 'flux-system', 'get', `kustomization/${service}`, '-o', `jsonpath={${path}}`])).trim();
  const overlay = await gitea.text(service, 'deploy/prod/kustomization.yaml');
  await grace.goto(entityPage('deployments'));
  await t.test('a broken manifest shows its message, without loading the page again', async () => {
    const sha = await gitea.commit(service, 'The overlay names what is not there', { 'deploy/prod/kustomization.yaml': overlay.replace('../base', '../nowhere') });
    await shows(grace, /kustomize build failed/, 90_000);
    await shows(grace, sha.slice(0, 7));
    await shows(grace, /behind/);
    await picture(grace, 'broken-manifest');
  });
  await t.test('a mended one runs', async () => {
    const sha = await gitea.commit(service, 'The overlay is mended', { 'deploy/prod/kustomization.yaml': overlay });
    await shows(grace, /newest commit/, 90_000);
    assert.match(await kustomization('.status.lastAppliedRevision'), new RegExp(sha));
  });
  const act = (name, within = grace) => within.getByRole('button', { name: `${name} Kustomization ${service}` }).first();
  await t.test('suspended with a reason', async () => {
    await act('Suspend').click();
    await grace.locator('textarea[name=reason]').fill('The database moves tonight');
    await grace.getByRole('button', { name: 'Suspend', exact: true }).click();
    await shows(grace, /is suspended/);
    await shows(grace, 'The database moves tonight');
    assert.equal(await kustomization('.spec.suspend'), 'true');
    assert.equal(await act('Reconcile').count(), 0);
    await picture(grace, 'suspended');
  });
  await t.test('resumed, and followed until it is ready', async () => {
    await act('Resume').click();
    await shows(grace, /is done/, 60_000);
    assert.equal(await kustomization('.spec.suspend'), 'false');
    await picture(grace, 'resumed');
  });
  await t.test('looked at with its source', async () => {
    await act('Reconcile with source').click();
    await shows(grace, new RegExp(`Kustomization flux-system/${service} is done`), 60_000);
  });
  await t.test('among all objects of Flux', async () => {
    await grace.goto(`${portal.base}/flux?name=${service}`);
    await shows(grace, 'source-controller');
    await grace.getByRole('link', { name: service, exact: true }).first().waitFor();
    await picture(grace, 'flux');
  });
});

test('8. the search finds all of it', async () => {
  const found = async words => {
    const answer = await portal.api(`/api/search/query?term=${encodeURIComponent(words)}`);
    return answer.results.map(one => one.document.location);
  };
  await eventually(async () => (await found(service)).includes(`/catalog/default/component/${service}`));
  await eventually(async () => (await found('Refunds and returns')).some(one => one.startsWith(`/docs/default/component/${service}`)));
  await eventually(async () => (await found('TypeScript service')).includes('/catalog/default/template/typescript-service'));
  await grace.goto(`${portal.base}/`);
  await grace.keyboard.press('Control+k');
  await grace.locator('dialog[open] input').fill('refunds and returns');
  await grace.locator('dialog[open]').getByText('Refunds and returns').first().waitFor();
  await picture(grace, 'palette');
  await grace.keyboard.press('Enter');
  await grace.waitForURL(new RegExp(`/docs/default/component/${service}`));
});

test('9. servers may be away', async t => {
  await t.test('Grafana', async () => {
    await wires.grafana.cut();
    await grace.goto(entityPage('monitoring'));
    await shows(grace, /is away/);
    await picture(grace, 'grafana-away');
    await wires.grafana.mend();
  });
  await t.test('Kubernetes', async () => {
    await grace.goto(entityPage('kubernetes'));
    await shows(grace, /Running/);
    await wires.kubernetes.cut();
    await grace.goto(entityPage('kubernetes'));
    await shows(grace, /does not answer/, 60_000);
    await shows(grace, /Running/);
    await picture(grace, 'kubernetes-away');
    await wires.kubernetes.mend();
  });
});
