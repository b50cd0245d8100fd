// The catalog list: the address is the state; kinds, filters, scopes, order, columns, pages, exports.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { focused, text, texts, turn, visiting } from '../support/visit.mjs';

const many = Array.from({ length: 120 }, (_, number) =>
  `apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: { name: bucket-${String(number).padStart(3, '0')}, namespace: storage, tags: [bulk] }
spec: { type: s3-bucket, owner: platform-team }
`).join('---\n');

const shaky = owner => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: shaky, tags: [trial] }
spec: { type: service, lifecycle: experimental${owner} }
`;

sharePortalAndBrowser({ files: { 'many.yaml': many, 'shaky.yaml': shaky(', owner: platform-team') } });

const names = page => texts(page, 'tbody .entity-name');
const rows = page => texts(page, 'tbody tr td:first-child .entity-name');

test('switches kinds and shows how many there are', async () => {
  await visiting(browser, `${portal.base}/catalog`, {}, async page => {
    const tab = page.getByRole('navigation', { name: 'Kind' }).getByRole('link', { name: /^Resource/ });
    const count = Number((await tab.innerText()).match(/\d+/)[0]);
    assert.ok(count > 120);
    await tab.click();
    assert.equal(new URL(page.url()).searchParams.get('kind'), 'resource');
    assert.match(await text(page, '.pagination-range'), new RegExp(`1–50 of ${count}`));
  });
});

test('filters narrow the list and each other, and can be taken back', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, {}, async page => {
    const option = name => page.getByRole('complementary', { name: 'Filters' }).getByRole('link', { name });
    const before = Number((await option(/^Platform Team/).innerText()).match(/\d+$/)[0]);
    await turn(page, option(/^library/));
    const after = await option(/^Platform Team/).count();
    const left = after ? Number((await option(/^Platform Team/).innerText()).match(/\d+$/)[0]) : 0;
    assert.ok(left < before, 'the counts of other filters follow');
    const libraries = await rows(page);
    assert.ok(libraries.length > 0);
    await turn(page, option(/^library/));
    assert.ok((await rows(page)).length > libraries.length);
    await turn(page, option(/^production/));
    await turn(page, option(/^deprecated/));
    assert.deepEqual(new URL(page.url()).searchParams.getAll('lifecycle'), ['production', 'deprecated']);
    await turn(page, page.getByRole('link', { name: 'Clear filters' }));
    assert.equal(new URL(page.url()).search, '?kind=component');
  });
});

test('filters by health, and the counts follow what happens', async () => {
  await visiting(browser, `${portal.base}/catalog?tag=trial`, {}, async page => {
    const filters = page.getByRole('complementary', { name: 'Filters' });
    assert.equal(await filters.getByRole('link', { name: /errors/ }).count(), 0);
    await writeFile(join(portal.folder, 'shaky.yaml'), shaky(''));
    await turn(page, filters.getByRole('link', { name: /^Has errors.*1$/s }));
    assert.equal(new URL(page.url()).searchParams.get('health'), 'error');
    assert.deepEqual(await rows(page), ['shaky']);
    await writeFile(join(portal.folder, 'shaky.yaml'), shaky(', owner: platform-team'));
    await page.getByText('Nothing matches').waitFor();
  });
});

test('filters while one types, without losing the place', async () => {
  await visiting(browser, `${portal.base}/catalog`, {}, async page => {
    const field = page.getByRole('searchbox', { name: 'Filter by name or title' });
    await field.click();
    await page.keyboard.type('mesh-gate');
    await page.waitForURL(/q=mesh-gate/);
    await eventually(async () => (await page.locator('tbody tr').count()) === 1);
    assert.deepEqual(await rows(page), ['TalentMesh gateway']);
    assert.ok(await field.evaluate(element => element === document.activeElement));
  });
});

test('orders by columns, in both directions', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, {}, async page => {
    const descending = page.getByRole('columnheader', { name: 'Name' });
    assert.equal(await descending.getAttribute('aria-sort'), 'ascending');
    const first = (await rows(page))[0];
    await turn(page, descending.getByRole('link'));
    assert.equal(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'), 'descending');
    assert.notEqual((await rows(page))[0], first);
    await turn(page, page.getByRole('columnheader', { name: 'Type' }).getByRole('link'));
    const types = await texts(page, 'tbody td:nth-child(2)');
    assert.deepEqual(types, [...types].sort());
  });
});

test('shows the columns one chooses', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, {}, async page => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'System' }).check();
    await page.getByRole('checkbox', { name: 'Description' }).uncheck();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/columns=/);
    const titles = await texts(page, 'thead th');
    assert.ok(titles.some(title => /system/i.test(title)) && !titles.some(title => /description/i.test(title)), titles.join());
  });
});

test('walks pages forward and back', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=resource&tag=bulk`, {}, async page => {
    const seen = await rows(page);
    await turn(page, page.getByRole('link', { name: 'Next' }));
    assert.match(await text(page, '.pagination-range'), /51–100 of 120/);
    seen.push(...(await rows(page)));
    await turn(page, page.getByRole('link', { name: 'Next' }));
    seen.push(...(await rows(page)));
    assert.equal(new Set(seen).size, 120);
    assert.equal(await page.getByRole('link', { name: 'Next' }).count(), 0);
    await turn(page, page.getByRole('link', { name: 'Previous' }));
    assert.match(await text(page, '.pagination-range'), /51–100 of 120/);
  });
});

test('filters, orders and pages keep the place, and lead back', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=resource`, {}, async page => {
    const filters = page.getByRole('complementary', { name: 'Filters' });
    const top = async control => (await control.boundingBox()).y;
    const follow = async control => {
      await control.focus();
      const [before, scroll, address] = [await top(control), await page.evaluate(() => scrollY), page.url()];
      await page.keyboard.press('Enter');
      await page.waitForURL(next => next.href !== address);
      assert.ok(await control.evaluate(element => element === document.activeElement), await focused(page));
      assert.equal(await page.evaluate(() => scrollY), scroll);
      return (await top(control)) - before;
    };
    await page.evaluate(() => { globalThis.isSamePage = true; });
    await page.mouse.wheel(0, 300);
    await page.waitForFunction(() => scrollY > 0);
    const buckets = filters.getByRole('link', { name: /^s3-bucket/ });
    assert.equal(await follow(buckets), 0, 'what was chosen stays where it was');
    assert.deepEqual(new Set(await texts(page, 'tbody td:nth-child(2)')), new Set(['s3-bucket']));
    await follow(page.getByRole('columnheader', { name: 'Name' }).getByRole('link'));
    await page.goBack();
    await page.waitForURL(address => !address.searchParams.has('sort'));
    await page.goBack();
    await page.waitForURL(address => !address.searchParams.has('type'));
    // The address changes before the list: a link of the list before is about to be taken away.
    await eventually(async () => new Set(await texts(page, 'tbody td:nth-child(2)')).size > 1);
    await follow(page.getByRole('link', { name: 'Next' }));
    assert.match(await text(page, '.pagination-range'), /^51–/);
    assert.ok(await page.evaluate(() => globalThis.isSamePage), 'nothing was loaded anew');
  });
});

test('the choice of columns opens at its button', async () => {
  for (const width of [1024, 1440, 2560]) {
    await visiting(browser, 'about:blank', {}, async page => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${portal.base}/catalog`);
      const button = page.getByRole('button', { name: 'Columns' });
      await button.click();
      const [at, menu] = [await button.boundingBox(), await page.locator('#column-choice').boundingBox()];
      assert.ok(menu.y >= at.y + at.height && menu.y < at.y + at.height + 12, `${menu.y} below ${at.y}`);
      assert.ok(Math.abs(menu.x + menu.width - at.x - at.width) < 2, `${menu.x} at ${at.x}`);
    });
  }
});

test('exports what the list shows', async () => {
  const query = 'kind=resource&tag=bulk';
  const csv = await (await fetch(`${portal.base}/catalog/export.csv?${query}`)).text();
  const lines = csv.trim().split('\r\n');
  assert.match(lines[0], /^Reference,Name,/);
  assert.equal(lines.length, 121);
  assert.ok(lines[1].startsWith('resource:storage/bucket-000,'));
  const json = await (await fetch(`${portal.base}/catalog/export.json?${query}`)).json();
  assert.equal(json.length, 120);
  await visiting(browser, `${portal.base}/catalog?${query}`, {}, async page => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'catalog.csv');
  });
});

test('stars, and lists what is starred and what is owned', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, {}, async page => {
    const star = page.getByRole('button', { name: 'Star component:default/talentmesh-gateway' });
    await Promise.all([page.waitForResponse(answer => answer.url().endsWith('/starred')), star.click()]);
    assert.equal(await star.getAttribute('aria-pressed'), 'true');
    await page.goto(`${portal.base}/catalog?scope=starred`);
    assert.deepEqual(await rows(page), ['TalentMesh gateway']);
    await page.goto(portal.base);
    assert.ok((await text(page, '.home-grid')).includes('TalentMesh gateway'));
    // The example says that the guest belongs to the platform team.
    await page.goto(`${portal.base}/catalog?scope=owned&kind=component`);
    const owners = new Set(await texts(page, 'tbody td:nth-child(3) .entity-name'));
    assert.deepEqual([...owners], ['Platform Team']);
  });
});

test('says what to do when nothing is left', async () => {
  await visiting(browser, `${portal.base}/catalog?q=zebra`, {}, async page => {
    assert.match(await text(page, '.state'), /Nothing matches/);
    await page.getByRole('link', { name: 'Show everything' }).click();
    assert.ok((await names(page)).length > 10);
  });
});
