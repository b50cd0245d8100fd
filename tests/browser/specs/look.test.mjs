// Every page in light, dark and on a phone: axe finds nothing, nothing overflows or jumps, the page is
// light, and a picture of it is kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { picture } from '../support/portal.mjs';
import { brokenFiles, faulty, greeting } from '../support/samples.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { visiting } from '../support/visit.mjs';

const entity = '/catalog/default/component/talentmesh-gateway';
const api = name => `/catalog/default/api/${name}/api`;
const pages = {
  home: '/',
  catalog: '/catalog',
  'catalog-filtered': '/catalog?kind=component&type=service&lifecycle=production&owner=group:default/platform-team',
  'catalog-columns': '/catalog?columns=kind,owner,type,lifecycle,system,namespace,description,tags',
  'catalog-nothing': '/catalog?q=zebra&scope=starred',
  entity,
  'entity-problem': '/catalog/default/component/never-right',
  'entity-missing': '/catalog/default/component/talentmesh-gatewy',
  dependencies: `${entity}/dependencies`,
  history: `${entity}/history`,
  yaml: `${entity}/yaml`,
  group: '/catalog/default/group/platform-team',
  user: '/catalog/default/user/mei',
  system: '/catalog/default/system/talentmesh',
  graph: '/catalog-graph',
  'graph-of-one': '/catalog-graph?rootEntityRefs[]=system:default/talentmesh&maxDepth=2',
  organization: '/org',
  people: '/org/people',
  openapi: `${api('talentmesh-rest')}?q=positions`,
  'openapi-whole': `${api('talentmesh-rest')}?open=all`,
  'openapi-entry': `${api('talentmesh-rest')}/entry/post-positions`,
  asyncapi: api('talent-events'),
  graphql: api('talentmesh-graph'),
  grpc: `${api('match-rpc')}?view=text`,
  'definition-plain': api('alert-hooks'),
  'definition-broken': api('broken-definition'),
  register: '/catalog-import',
  'register-refused': '/catalog-import?url=ftp://example.com/x',
  sources: '/sources',
  problems: '/unprocessed',
  orphans: '/unprocessed?show=orphaned',
  search: '/search?query=talent',
  settings: '/settings',
  'notifications-none': '/notifications',
  audit: '/audit',
  'audit-nothing': '/audit?actor=user:default/nobody&outcome=failed',
  work: '/work',
  schedules: '/work/schedules',
  docs: '/docs',
  'docs-page': '/docs/default/system/talentmesh',
  'docs-tabs': '/docs/default/system/talentmesh/guides/run-locally',
  'docs-search': '/docs/default/system/talentmesh?q=scores',
  'docs-health': '/docs/default/system/talentmesh?view=health',
  'docs-tab': '/catalog/default/system/talentmesh/docs',
  create: '/create',
  'create-nothing': '/create?q=zebra&tag=demo',
  'create-form': '/create/templates/default/greeting',
  editor: '/create/edit',
  tasks: '/create/tasks',
  actions: '/create/actions',
  'actions-found': '/create/actions?q=roadiehq:utils:fs:replace',
  filters: '/create/filters',
  'template-checks': '/catalog/default/template/faulty',
  projects: '/create/projects',
  'not-found': '/no/such/page',
};

sharePortalAndBrowser({ files: { ...brokenFiles, ...greeting, ...faulty } });

/** What must hold in every look; keeps a picture. */
async function assertSound(page, name) {
  await picture(page, name);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(width <= 0, `the page is ${width} pixels wider than the window`);
  assert.equal(await page.locator('h1').count(), 1, 'one heading of the first level');
  assert.deepEqual(await findings(page), []);
}

/** Opens the page with nothing cached; returns how many bytes were sent and how far the layout shifted. */
async function weigh(page, path) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  let bytes = 0;
  network.on('Network.loadingFinished', event => (bytes += event.encodedDataLength));
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) globalThis.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(portal.base + path, { waitUntil: 'load' });
  await page.waitForTimeout(100);
  return { bytes, shifted: await page.evaluate(() => globalThis.shifted) };
}

for (const [name, path] of Object.entries(pages)) {
  // One visit for both: the colours come from the style sheet alone.
  test(`${name}, light and dark`, async () => {
    await visiting(browser, 'about:blank', {}, async page => {
      const { bytes, shifted } = await weigh(page, path);
      assert.ok(bytes > 1_000 && bytes <= 100 * 1024, `${bytes} bytes were sent`);
      assert.ok(shifted < 0.01, 'the layout shifted');
      await assertSound(page, `${name}-light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await assertSound(page, `${name}-dark`);
    });
  });

  test(`${name}, phone`, async () => {
    await visiting(browser, portal.base + path, { look: 'phone' }, page => assertSound(page, `${name}-phone`));
  });
}

test('what opens on a click is accessible too', async () => {
  await visiting(browser, `${portal.base}/catalog`, { look: 'phone' }, async page => {
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.locator('#facet-groups').waitFor({ state: 'visible' });
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.locator('nav.side-nav').waitFor({ state: 'visible' });
    assert.deepEqual(await findings(page), []);
    await picture(page, 'menu-phone');
  });
  await visiting(browser, `${portal.base}/catalog`, { look: 'dark' }, async page => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.locator('#column-choice').waitFor({ state: 'visible' });
    assert.deepEqual(await findings(page), []);
    await picture(page, 'columns-dark');
  });
});
