// No page can be scrolled sideways, in whatever window and with whatever names; nothing hangs out of its frame.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenFiles } from '../support/samples.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { overhang, visiting } from '../support/visit.mjs';

const long = what => `${what}-${'x'.repeat(62 - what.length)}`;
const longest = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${long('component')}
  title: ${'PaymentReconciliationAndSettlement'.repeat(3)} of the whole company
  description: https://example.com/${'path'.repeat(40)}
  tags: [${long('one')}, ${long('two')}, ${long('three')}]
  links: [{ url: 'https://example.com/${'path'.repeat(40)}' }]
spec:
  type: ${'a-very-long-type'.repeat(4)}
  lifecycle: experimental
  owner: ${long('team')}
  system: ${long('system')}
  dependsOn: ['component:${long('other')}']
`;
const nowhere = `apiVersion: backstage.io/v1alpha1
kind: Location
metadata: { name: nowhere }
spec: { targets: [./${'no-such-folder/'.repeat(8)}catalog-info.yaml] }
`;

sharePortalAndBrowser({ files: { ...brokenFiles, 'longest.yaml': longest, 'nowhere.yaml': nowhere } });

const entity = `/catalog/default/component/${long('component')}`;
const pages = [
  '/',
  '/catalog',
  '/catalog?kind=component',
  '/catalog?columns=kind,owner,type,lifecycle,system,namespace,description,tags',
  '/catalog?columns=kind,owner,type,lifecycle,system,tags',
  '/catalog?columns=owner,type,lifecycle,system',
  entity,
  `${entity}/dependencies`,
  `${entity}/history`,
  `${entity}/yaml`,
  `/catalog/default/component/${long('nobody')}`,
  `/catalog-graph?rootEntityRefs[]=component:default/${long('component')}`,
  '/catalog/default/group/platform-team',
  '/catalog/default/api/talentmesh-rest/api',
  '/catalog-import',
  '/sources',
  '/unprocessed',
  '/unprocessed?show=pending',
  '/org',
  '/search?query=payment',
  '/settings',
  '/audit',
  '/work',
  '/work/schedules',
];

/** Attempts that the audit keeps: with short names and with the longest. */
async function attempt() {
  for (const name of ['talentmesh-gateway', long('nobody')]) {
    await fetch(`${portal.base}/api/catalog/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ entityRef: `component:default/${name}` }),
    });
  }
}

/** What hangs out of the frame of a table that does not scroll. */
const hanging = page =>
  page.evaluate(() =>
    [...document.querySelectorAll('.table-frame')]
      .filter(frame => getComputedStyle(frame).overflowX === 'visible')
      .map(frame => frame.querySelector('table').getBoundingClientRect().right - frame.getBoundingClientRect().right)
      .filter(pixels => pixels > 1));

for (const width of [390, 768, 1024, 1440, 1920]) {
  test(`${width} pixels`, async () => {
    await visiting(browser, 'about:blank', { look: width < 500 ? 'phone' : 'light' }, async page => {
      await page.setViewportSize({ width, height: 900 });
      await attempt();
      for (const path of pages) {
        await page.goto(portal.base + path);
        const over = await overhang(page);
        assert.ok(over <= 0, `${path} can be scrolled by ${over} pixels`);
        assert.deepEqual(await hanging(page), [], path);
      }
    });
  });
}

test('a list with all columns scrolls in its frame, and no heading covers another', async () => {
  await visiting(browser, 'about:blank', {}, async page => {
    await page.setViewportSize({ width: 1920, height: 900 });
    await page.goto(portal.base + pages[3]);
    const headings = await page.locator('th > :not(.visually-hidden)').evaluateAll(all => all.map(one => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return [one.parentElement.getBoundingClientRect().right, range.getBoundingClientRect().right];
    }));
    for (const [cell, words] of headings) assert.ok(words <= cell + 1, `${words} in ${cell}`);
  });
});
