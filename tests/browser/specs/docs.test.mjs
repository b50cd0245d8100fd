// Documentation: the list, the reader, the tab of the entity, and that a saved file shows.
import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { overhang, text, texts, visiting } from '../support/visit.mjs';

sharePortalAndBrowser();

const docs = (path = '') => `${portal.base}/docs/default/system/talentmesh${path}`;
const handbook = path => join(portal.folder, 'examples/talentmesh/docs', path);

test('the list leads to the first page, and from there to the next', async () => {
  await visiting(browser, `${portal.base}/docs`, {}, async page => {
    await page.getByRole('link', { name: 'TalentMesh', exact: true }).click();
    assert.equal(await text(page, 'h1'), 'TalentMesh handbook¶');
    await page.getByRole('navigation', { name: 'Pages before and after' }).getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/guides\/run-locally/);
    assert.equal(await text(page, '.docs-wide [aria-current]'), 'Run it locally');
  });
});

test('tabs, images and the contents of a page work', async () => {
  await visiting(browser, docs('/guides/run-locally'), {}, async page => {
    await page.getByText('By hand').click();
    await page.getByText('npm run migrate').waitFor();
    await page.getByRole('complementary', { name: 'On this page' }).getByRole('link', { name: 'Settings' }).click();
    assert.match(page.url(), /#settings$/);
  });
  await visiting(browser, docs(), {}, async page => {
    const width = await page.locator('.docs-text img').evaluate(image => image.decode().then(() => image.naturalWidth));
    assert.ok(width > 0);
  });
});

test('search in these docs leads to the heading', async () => {
  await visiting(browser, docs(), {}, async page => {
    await page.getByRole('searchbox', { name: 'Search in these docs' }).fill('queue');
    await page.getByRole('searchbox', { name: 'Search in these docs' }).press('Enter');
    await page.getByRole('link', { name: 'Scores are missing' }).click();
    assert.match(page.url(), /guides\/on-call#scores-are-missing$/);
  });
});

test('the tab of the entity shows the same, and stays the tab', async () => {
  await visiting(browser, `${portal.base}/catalog/default/system/talentmesh/docs`, {}, async page => {
    await page.locator('.docs-text').getByRole('link', { name: 'Run it locally' }).click();
    await page.waitForURL(/\/catalog\/default\/system\/talentmesh\/docs\/guides\/run-locally$/);
    await page.locator('.docs-text').waitFor();
  });
});

test('the whole search finds headings', async () => {
  await eventually(async () => {
    const answer = await fetch(`${portal.base}/api/search/query?term=when+something+is+broken`);
    return JSON.stringify(await answer.json()).includes('/docs/default/system/talentmesh/guides/on-call');
  });
});

test('a saved page shows on the next view, and a broken link on the health page', async () => {
  await appendFile(handbook('guides/deploy.md'), '\n## Brand new\n\nSee [nothing](gone.md).\n');
  await eventually(async () => (await (await fetch(docs('/guides/deploy'))).text()).includes('Brand new'));
  await visiting(browser, docs('?view=health'), {}, async page => {
    const rows = await texts(page, '.docs-problems > li');
    assert.ok(rows.some(row => /docs\/guides\/deploy.md:\d+ The link leads to guides\/gone.md/.test(row)), rows.join('\n'));
  });
  await writeFile(handbook('new-page.md'), '# A new page\n');
  await eventually(async () => (await fetch(docs('/new-page'))).ok);
});

test('on a phone the pages are folded, and nothing overflows', async () => {
  await visiting(browser, docs('/guides/run-locally'), { look: 'phone' }, async page => {
    assert.ok((await overhang(page)) <= 0);
    await page.locator('.docs-fold > summary', { hasText: 'Pages' }).click();
    await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Deploy a change' }).click();
    await page.waitForURL(/guides\/deploy$/);
  });
});

test('everything works without scripts', async () => {
  await visiting(browser, docs('/guides/run-locally'), { javaScriptEnabled: false }, async page => {
    await page.getByText('By hand').click();
    assert.ok(await page.getByText('npm run migrate').isVisible());
    await page.locator('.docs-wide').getByRole('link', { name: 'Deploy a change' }).click();
    assert.match(page.url(), /guides\/deploy$/);
  });
});
