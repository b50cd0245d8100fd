// A saved file shows on open pages within two seconds, without a reload.
import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, visiting } from '../support/visit.mjs';

sharePortalAndBrowser({ files: { 'own.yaml': own('before') } });

function own(description, more = '') {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: edited
  description: Words ${description}.
${more}spec: { type: service, lifecycle: production, owner: platform-team }
`;
}

/** Does something and waits for `wanted` on the page, which must not be loaded again meanwhile. */
async function within(page, change, wanted) {
  await page.locator('#live-status[data-state="live"]').waitFor();
  await page.evaluate(() => (globalThis.stillHere = true));
  const started = Date.now();
  await change();
  await wanted().waitFor({ timeout: 5_000 });
  const took = Date.now() - started;
  assert.ok(took <= 2_000, `it took ${took} ms`);
  assert.equal(await page.evaluate(() => globalThis.stillHere), true, 'the page was loaded again');
}

test('an edited description, on the entity and in the list', async () => {
  const file = join(portal.folder, 'own.yaml');
  await visiting(browser, `${portal.base}/catalog/default/component/edited`, {}, async page => {
    await within(page, () => writeFile(file, own('after')), () => page.getByText('Words after.'));
  });
  await visiting(browser, `${portal.base}/catalog?q=edited`, {}, async page => {
    await within(page, () => writeFile(file, own('in the list')), () => page.getByText('Words in the list.'));
  });
});

test('a new entity, in the list and in its counts', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=system`, {}, async page => {
    const before = await text(page, '.pagination-range');
    await within(
      page,
      () => appendFile(join(portal.folder, 'own.yaml'), '---\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: appeared }\nspec: { owner: platform-team }\n'),
      () => page.getByRole('link', { name: 'appeared' }),
    );
    assert.notEqual(await text(page, '.pagination-range'), before);
  });
});

test('a mistake, on the page of the entity it is in', async () => {
  const file = join(portal.folder, 'own.yaml');
  await writeFile(file, own('right'));
  await visiting(browser, `${portal.base}/catalog/default/component/edited`, {}, async page => {
    await page.getByText('Words right.').waitFor();
    await within(page, () => writeFile(file, own('wrong', '  tags: [Not Right]\n')), () => page.locator('.problem'));
    assert.match(await text(page, '.problem'), /tags\.0/);
    assert.ok(await page.getByText('Words right.').isVisible(), 'the last good form stays');
    await within(page, () => writeFile(file, own('right again')), () => page.getByText('Words right again.'));
    assert.equal(await page.locator('.problem').count(), 0);
  });
});

test('a page that is typed into is left alone', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=system`, {}, async page => {
    await page.locator('#live-status[data-state="live"]').waitFor();
    const field = page.getByRole('searchbox', { name: 'Filter by name or title' });
    await field.focus();
    const text = await readFile(join(portal.folder, 'examples/domains.yaml'), 'utf8');
    await writeFile(join(portal.folder, 'examples/domains.yaml'), `${text}\n`);
    await page.keyboard.type('t', { delay: 300 });
    assert.equal(await field.inputValue(), 't');
  });
});

test('the page says when it is not live any more', async () => {
  await visiting(browser, `${portal.base}/catalog`, {}, async page => {
    await page.locator('#live-status[data-state="live"]').waitFor();
    await page.context().setOffline(true);
    await page.evaluate(() => dispatchEvent(new Event('pagehide')));
    await page.evaluate(() => dispatchEvent(new Event('pageshow')));
    await page.locator('#live-status[data-state="lost"]').waitFor();
    assert.match(await text(page, '#live-status'), /Reconnecting, as of/);
    page.complaints.length = 0; // the browser reports the connections that we cut
  });
});
