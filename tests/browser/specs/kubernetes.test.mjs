// What runs for an entity, before a cluster of ours: the tab and an object in every look, and logs that are live, bounded and whole.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { startCluster } from '../support/cluster.mjs';
import { eventually, picture } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { overhang, text, visiting } from '../support/visit.mjs';

const cluster = await startCluster();
const shop = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: shop, annotations: { backstage.io/kubernetes-id: talentmesh-api } }
spec: { type: service, lifecycle: production, owner: platform-team }
`;
const section = `kubernetes:
  clusterLocatorMethods:
    - type: config
      clusters: [{ name: north, title: North, url: '${cluster.url}', authProvider: serviceAccount, serviceAccountToken: t }]
`;
sharePortalAndBrowser({ files: { 'shop.yaml': shop }, extraConfig: section });
after(() => cluster.stop());

const tab = '/catalog/default/component/shop/kubernetes';
const logs = `/kubernetes/logs?${new URLSearchParams({ entity: 'component:default/shop', cluster: 'north', namespace: 'shop', workload: 'deployments/web' })}`;
const lines = page => page.locator('.k8s-line').allTextContents();

/** Waits until the watches have brought the workload. */
async function loaded() {
  await eventually(async () => (await (await fetch(portal.base + tab)).text()).includes('web-1-bbbbb'));
}

async function assertSound(page, name) {
  await picture(page, name);
  assert.ok((await overhang(page)) <= 0, `${name} is wider than the window`);
  assert.deepEqual(await findings(page), []);
}

for (const look of ['light', 'dark', 'phone']) {
  test(`the tab and an object are sound, ${look}`, async () => {
    await loaded();
    await visiting(browser, portal.base + tab, { look }, async page => {
      const told = await text(page, 'main');
      for (const expected of ['2/2 ready', 'pods 9 of 10', 'At 10.0.0.9', 'web.example.com']) assert.ok(told.includes(expected), `${expected} in ${told}`);
      await assertSound(page, `kubernetes-${look}`);
      await page.getByRole('link', { name: 'Details of web' }).click();
      await page.getByRole('heading', { name: 'Deployment web' }).waitFor();
      const object = await text(page, 'main');
      assert.ok(object.includes('kubectl describe deployment/web -n shop') && object.includes('DB_PASSWORD'), object);
      assert.ok(!object.includes('hunter2'), 'a password is shown');
      await assertSound(page, `kubernetes-object-${look}`);
    });
  });
}

test('the tab, use and the last lines need no script', async () => {
  await loaded();
  cluster.write('web-1-aaaaa/web', 'listening on :3000');
  cluster.write('web-1-bbbbb/web', '{"level":"error","msg":"no database","took":3}');
  await visiting(browser, portal.base + tab, { javaScriptEnabled: false }, async page => {
    assert.match(await text(page, 'main'), /95 % of its limit: about to be killed/);
  });
  await visiting(browser, `${portal.base}${logs}&q=database`, { javaScriptEnabled: false }, async page => {
    assert.equal((await lines(page)).length, 1);
    assert.match((await lines(page))[0], /no database took=3/);
  });
});

test('logs of a workload are one, and go on', async () => {
  await loaded();
  for (const look of ['light', 'dark', 'phone']) {
    await visiting(browser, portal.base + logs, { look }, async page => {
      await page.getByText('Live.').waitFor();
      await assertSound(page, `kubernetes-logs-${look}`);
    });
  }
  await visiting(browser, portal.base + logs, {}, async page => {
    const has = (part, count = 1) => eventually(async () => (await lines(page)).filter(line => line.includes(part)).length === count, { what: () => `${part} is not there ${count} times` });
    await page.getByText('Live.').waitFor();
    cluster.write('web-1-aaaaa/web', 'a first order');
    await has('a first order');
    cluster.join('web-1-ccccc');
    cluster.write('web-1-ccccc/web', '[WARN] a third pod');
    await has('a third pod');
    // The container "silent" says nothing, and keeps nobody waiting. An ended stream is taken up where it was.
    cluster.cut();
    cluster.write('web-1-aaaaa/web', 'after the cut');
    await has('after the cut');
    await has('a first order');
    await page.getByRole('searchbox', { name: 'Only lines with this text' }).fill('third');
    await eventually(async () => (await page.locator('mark').count()) === 1);
    await page.getByRole('searchbox', { name: 'Only lines with this text' }).fill('');
    await page.getByRole('button', { name: 'Pause' }).click();
    cluster.write('web-1-aaaaa/web', 'while it rests');
    await page.getByText('1 new lines wait').waitFor();
    await has('while it rests', 0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await has('while it rests');
  });
  const file = await fetch(portal.base + logs.replace('/kubernetes/logs', '/api/kubernetes/logs/text'));
  assert.match(file.headers.get('content-disposition'), /attachment/);
  assert.match(await file.text(), /web-1-ccccc\/web \[WARN\] a third pod/);
});

test('a flood fills neither the portal nor the page', async () => {
  await loaded();
  cluster.flood(true);
  await visiting(browser, portal.base + logs, {}, async page => {
    await page.getByText(/lines came too fast and are left out/).first().waitFor({ timeout: 20_000 });
    await new Promise(done => setTimeout(done, 3_000));
    assert.ok((await page.locator('.k8s-line').count()) <= 5_000);
    cluster.flood(false);
    cluster.cut();
  });
});
