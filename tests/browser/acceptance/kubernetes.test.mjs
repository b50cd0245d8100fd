// What happens to a real cluster while people look: a role that forbids a kind, a token that ends and is renewed in its file, an API server
// that is killed and comes back. Each test stands on the tests before it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, freePort, looks, startBrowser } from '../support/portal.mjs';
import { accounts, killApiServer, shortLived, startApiServer, workload } from './support/cluster.mjs';
import { component, fresh } from './support/gitea.mjs';
import { Portal } from './support/portal.mjs';
import { given, kubectl } from './support/servers.mjs';
import { Wire } from './support/wire.mjs';

/** Longest until a page tells what became of a cluster: a watch tries again after ten seconds at most. */
const TOLD = 45_000;

describe('a cluster', () => {
  const name = fresh('shop');
  let wire, portal, browser, page;

  /** What the open page says. */
  const words = () => page.locator('main').innerText();
  /** Waits until the open page says something, without loading it anew. */
  const says = (pattern, within = TOLD) =>
    eventually(async () => pattern.test(await words()), { within, what: () => `the page never said ${pattern}` });
  const saysNoMore = pattern =>
    eventually(async () => !pattern.test(await words()), { within: TOLD, what: () => `the page goes on saying ${pattern}` });
  const pods = () => page.locator('.k8s-pods tbody tr').filter({ hasText: new RegExp(`${name}-[0-9a-f]+-[0-9a-z]+`) }).count();
  const runs = count =>
    eventually(async () => (await pods()) >= count, { within: TOLD, what: () => `the page never showed ${count} pods` });
  const picture = async state => {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: join(folder, `kubernetes-${state}.png`), fullPage: true });
  };
  const scale = replicas => kubectl(['-n', name, 'scale', `deployment/${name}`, `--replicas=${replicas}`]);
  const token = account => kubectl(['-n', name, 'create', 'token', account, '--duration', '1h']);

  before(async () => {
    await kubectl(['apply', '-f', '-'], workload(name));
    await kubectl(['apply', '-f', '-'], accounts(name));
    await kubectl(['-n', name, 'rollout', 'status', `deployment/${name}`, '--timeout=60s']);
    wire = await Wire.to(given('KUBE_URL'));
    const cluster = (title, url) =>
      `{ name: ${title}, url: '${url}', authProvider: serviceAccount, serviceAccountTokenFile: ./${title}.token, caFile: '${given('KUBE_CA')}' }`;
    const configuration = base => `
app: { title: Talentmesh, baseUrl: '${base}' }
backend:
  baseUrl: ${base}
  listen: { host: 127.0.0.1, port: ${new URL(base).port} }
  database: { client: better-sqlite3, connection: { directory: ./data } }
catalog: { rules: [{ allow: [Component] }], locations: [{ type: file, target: ./catalog.yaml }] }
kubernetes:
  clusterLocatorMethods:
    - type: config
      clusters: [${cluster('whole', wire.base)}, ${cluster('partial', given('KUBE_URL'))}]
`;
    const entity = component(name, 'sells').replace('spec:', `  annotations: { backstage.io/kubernetes-id: ${name} }\nspec:`);
    const files = { 'catalog.yaml': entity, 'whole.token': await token('whole'), 'partial.token': await token('partial') };
    portal = await Portal.prepare(configuration, files, { name: 'kubernetes', port: await freePort() });
    await portal.start();
    await eventually(async () => (await fetch(`${portal.base}/catalog/default/component/${name}`)).ok);
    browser = await startBrowser();
    page = await browser.newPage(looks.light);
    await page.goto(`${portal.base}/catalog/default/component/${name}/kubernetes`);
  });

  after(async () => {
    await browser?.close();
    await portal?.stop();
    await wire?.cut();
    await kubectl(['delete', 'namespace', name, '--wait=false']);
    await kubectl(['delete', 'clusterrole,clusterrolebinding', '-l', `acceptance=${name}`]);
  });

  test('a kind that the role forbids is named with the rule, and everything else is there', async () => {
    await runs(4);
    await says(/Running/);
    await says(/account may not see .*services.* in partial/);
    const said = await words();
    assert.doesNotMatch(said, /may not see .* in whole/);
    assert.doesNotMatch(said, /does not answer/);
    await page.getByText('Lines to add to its ClusterRole').first().click();
    await says(/resources: \[services\], verbs: \[get, list, watch\]/);
    await picture('forbidden');
    await kubectl(['patch', 'clusterrole', `${name}-partial`, '--type=json', '-p', '[{"op":"add","path":"/rules/0/resources/-","value":"services"}]']);
    // It is tried again every minute.
    await eventually(async () => !/may not see/.test(await words()), { within: 90_000, what: () => 'a rule that was added is not noticed' });
  });

  test('a token that ends is told, and the renewed one in its file is taken without a restart', async () => {
    const file = join(portal.folder, 'whole.token');
    const short = await shortLived(await token('whole'), 15);
    await writeFile(file, short);
    const isTaken = async () => kubectl(['--token', short, '--kubeconfig', '/dev/null', '--server', given('KUBE_URL'), '--certificate-authority', given('KUBE_CA'), '-n', name, 'get', 'pods']);
    await isTaken();
    await eventually(() => isTaken().then(() => false, () => true), { within: 60_000, what: () => 'the token does not end' });
    await wire.cut();
    await wire.mend();
    await says(/whole does not answer: the cluster does not accept the token/);
    await picture('token-ended');
    assert.ok((await pods()) >= 4, 'what was known is still shown');
    await writeFile(file, await token('whole'));
    await saysNoMore(/does not accept the token/);
    await scale(3);
    await runs(6);
  });

  test('an API server that is killed is told of, what was known is shown, and what changed meanwhile comes with it', async () => {
    await scale(3);
    await runs(6);
    await killApiServer();
    await says(/whole does not answer/);
    await says(/What is shown is as of/);
    assert.ok((await pods()) >= 6, 'what was known is still shown');
    await picture('killed');
    await startApiServer();
    await saysNoMore(/does not answer/);
    await scale(1);
    // Its own controllers come back when they like.
    const left = async () => (await kubectl(['-n', name, 'get', 'pods', '-o', 'name'])).trim().split('\n').length;
    await eventually(async () => (await left()) === 1, { within: 120_000, what: () => 'the cluster does not go on' });
    await eventually(async () => (await pods()) === 2, { within: TOLD, what: () => 'what changed afterwards is not shown' });
  });
});
