// The pages for administrators with something on them: axe finds nothing, filters fold on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { picture } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { visiting } from '../support/visit.mjs';

sharePortalAndBrowser({});

/** The first place where a text can be seen: narrow windows show it somewhere else. */
const shown = (page, text) => page.getByText(text).locator('visible=true').first();

/** A change and attempts that fail, for the audit. */
async function act() {
  const post = (path, body) =>
    fetch(`${portal.base}/api/catalog/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await post('refresh', { entityRef: 'component:default/talentmesh-gateway' });
  await post('refresh', { entityRef: 'component:default/nobody' });
  await post('locations', { type: 'github', target: 'https://git.example/catalog-info.yaml' });
}

for (const look of ['light', 'dark', 'phone']) {
  test(`events in the audit, ${look}`, async () => {
    await act();
    await visiting(browser, `${portal.base}/audit`, { look }, async page => {
      await shown(page, 'component:default/nobody').waitFor();
      await picture(page, `audit-events-${look}`);
      assert.deepEqual(await findings(page), []);
    });
  });
}

test('filters stand in a row, and on a phone behind a button', async () => {
  await act();
  await visiting(browser, `${portal.base}/audit`, {}, async page => {
    const tops = await page.locator('.filter-fields .input').evaluateAll(all => all.map(one => Math.round(one.getBoundingClientRect().top)));
    assert.equal(new Set(tops).size, 1, `one row: ${tops}`);
    assert.ok(await page.getByRole('button', { name: 'Filters' }).isHidden());
    await page.getByLabel('Outcome').selectOption('failed');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/outcome=failed/);
    assert.equal(await page.getByText('talentmesh-gateway').count(), 0);
    await page.getByRole('link', { name: 'Clear' }).click();
    await shown(page, 'talentmesh-gateway').waitFor();
  });
  await visiting(browser, `${portal.base}/audit?outcome=done`, { look: 'phone' }, async page => {
    const first = await page.locator('.table-frame').evaluate(frame => frame.getBoundingClientRect().top);
    assert.ok(first < 422, `events begin in the upper half: ${first}`);
    assert.ok(await page.getByLabel('Who').isHidden());
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Who').waitFor({ state: 'visible' });
    await picture(page, 'audit-filters-phone');
    assert.deepEqual(await findings(page), []);
    await page.getByLabel('Outcome').selectOption('failed');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/outcome=failed/);
    await shown(page, 'component:default/nobody').waitFor();
  });
});

test('a job, light and on a phone', async () => {
  const answer = await fetch(`${portal.base}/api/work/jobs`);
  const { items } = await answer.json();
  for (const look of ['light', 'phone']) {
    for (const path of ['/work', '/work?state=done&kind=work.retention', ...items.slice(0, 1).map(job => `/work/jobs/${job.id}`)]) {
      await visiting(browser, portal.base + path, { look }, async page => {
        await picture(page, `work-${path.split('/').length}-${look}`);
        assert.deepEqual(await findings(page), [], path);
      });
    }
  }
});
