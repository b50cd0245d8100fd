// Everything can be read and done without JavaScript.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, visiting } from '../support/visit.mjs';

const still = { javaScriptEnabled: false };

sharePortalAndBrowser();

test('pages have their content in the answer itself', async () => {
  for (const [path, expected] of [
    ['/', /Owned by you/],
    ['/catalog', /CV parser/],
    ['/catalog/default/component/talentmesh-api', /Valkey cache/],
    ['/catalog/default/component/talentmesh-api/history', /Created/],
    ['/catalog/default/component/talentmesh-api/yaml', /grafana\/dashboard-selector/],
    ['/catalog/default/api/talentmesh-rest/api', /Offer a position/],
    ['/org', /Platform Team/],
    ['/sources', /Works/],
    ['/unprocessed', /No problems/],
    ['/search?query=valkey', /Valkey cache/],
    ['/settings', /user:default\/guest/],
  ]) {
    await visiting(browser, portal.base + path, still, async page => {
      assert.match(await text(page, 'main'), expected, path);
    });
  }
});

test('filters, order, search and folded parts work', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, still, async page => {
    await page.getByRole('complementary', { name: 'Filters' }).getByRole('link', { name: /^library/ }).click();
    assert.ok((await texts(page, 'tbody tr')).every(row => row.includes('library')));
    const field = page.getByRole('searchbox', { name: 'Filter by name or title' });
    await field.fill('kit');
    await field.press('Enter');
    assert.match(page.url(), /type=library.*q=kit|q=kit.*type=library/);
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('link').click();
    assert.match(page.url(), /sort=-name/);
    const search = page.getByRole('searchbox', { name: 'Search', exact: true });
    await search.fill('valkey');
    await search.press('Enter');
    await page.waitForURL(/\/search\?query=valkey/);
  });
});

test('stars and the theme are forms', async () => {
  await visiting(browser, `${portal.base}/catalog/default/component/talentmesh-web`, still, async page => {
    await page.getByRole('button', { name: 'Star component:default/talentmesh-web' }).click();
    await page.waitForURL(/talentmesh-web$/);
    assert.equal(await page.locator('.star-button').getAttribute('aria-pressed'), 'true');
    await page.getByRole('button', { name: 'Dark theme' }).click();
    await page.waitForURL(/talentmesh-web$/);
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await page.goto(`${portal.base}/settings`);
    await page.getByRole('radio', { name: 'Light' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'light');
    assert.ok(await page.getByRole('radio', { name: 'Light' }).isChecked());
    await page.goto(portal.base);
    assert.ok((await text(page, '.card:has(h2:text-is("Starred"))')).includes('TalentMesh web'));
    assert.ok((await text(page, '.card:has(h2:text-is("Recently visited"))')).includes('TalentMesh web'));
  });
});

test('registering and unregistering are forms', async () => {
  const files = createServer((_, answer) =>
    answer.end('apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: quiet }\nspec: { owner: platform-team }\n'));
  await new Promise(done => files.listen(0, '127.0.0.1', done));
  try {
    await visiting(browser, `${portal.base}/catalog-import`, still, async page => {
      await page.getByLabel('Address').fill(`http://127.0.0.1:${files.address().port}/c.yaml`);
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByRole('button', { name: 'Register', exact: true }).click();
      await eventually(async () => (await fetch(`${portal.base}/api/catalog/entities/by-name/system/default/quiet`)).ok);
      await page.goto(`${portal.base}/sources`);
      await page.getByRole('link', { name: /^Unregister/ }).click();
      await page.getByRole('button', { name: 'Unregister' }).click();
      assert.ok(!(await text(page, 'main')).includes('/c.yaml'));
    });
  } finally {
    files.close();
  }
});

test('a form from another site is refused', async () => {
  const answer = await fetch(`${portal.base}/starred`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'entityRef=component:default/talentmesh-web&starred=false',
  });
  assert.equal(answer.status, 403);
});
