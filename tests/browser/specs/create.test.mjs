// From a template to its result: the gallery, a form with mistakes, the review, the run with its log, with and without
// JavaScript.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { greeting } from '../support/samples.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, turn, visiting } from '../support/visit.mjs';

sharePortalAndBrowser({ files: greeting });

const form = '/create/templates/default/greeting';
const next = page => page.getByRole('button', { name: 'Next', exact: true }).last();
const review = page => page.getByRole('button', { name: 'Review', exact: true });
const create = page => page.getByRole('button', { name: 'Create', exact: true }).last();

/** Fills in the two pages of the form, up to the review. */
async function fill(page, { scripted }) {
  await page.getByLabel('Name').fill('orders');
  await page.getByLabel('Owner').selectOption('group:default/platform-team');
  await page.getByLabel('Tags').fill('go, web');
  await next(page).click();
  await page.getByLabel('By mail').check();
  if (!scripted) await page.getByRole('button', { name: 'Show fields for this choice' }).first().click();
  await page.getByLabel('Address').fill('mei@example.com');
  await page.getByRole('button', { name: 'Add to Hosts' }).click();
  await page.getByRole('textbox', { name: 'Host 1' }).fill('a.example.com');
  await page.getByRole('button', { name: 'Add to Hosts' }).click();
  await page.getByRole('button', { name: 'Remove Host 2' }).click();
  await page.getByLabel('Token').fill('hush-hush');
  await review(page).click();
  await page.locator('.review-part').first().waitFor();
}

test('the gallery is searched and filtered by its address', async () => {
  await visiting(browser, `${portal.base}/create`, {}, async page => {
    assert.ok((await texts(page, '.template-card h2')).includes('Greeting'));
    await turn(page, page.locator('.facets a', { hasText: 'website' }));
    assert.match(page.url(), /type=website/);
    await page.locator('.template-card', { hasText: 'Always fails' }).waitFor();
    assert.equal(await page.locator('.template-card', { hasText: 'Greeting' }).count(), 0);
  });
  await visiting(browser, `${portal.base}/create?q=zebra`, {}, async page => {
    assert.match(await text(page, '[data-results]'), /No template matches/);
    await page.getByRole('link', { name: 'Show all templates' }).click();
    await page.getByRole('link', { name: 'Greeting' }).click();
    await page.waitForURL(`${portal.base}${form}`);
  });
});

test('the entity of a template leads to its form', async () => {
  await visiting(browser, `${portal.base}/catalog/default/template/greeting`, {}, async page => {
    await page.getByRole('link', { name: 'Use this template' }).click();
    await page.waitForURL(`${portal.base}${form}`);
  });
});

for (const scripted of [true, false]) {
  const way = scripted ? 'with JavaScript' : 'without JavaScript';

  test(`mistakes are told beside their fields, and the first one has the focus, ${way}`, async () => {
    await visiting(browser, portal.base + form, { javaScriptEnabled: scripted }, async page => {
      await page.getByLabel('Name').fill('-x');
      await page.getByLabel('Port').fill('eighty');
      await page.locator('[name="/about"]').fill('Stays as it is.');
      await page.getByLabel('Name').press('Enter');
      await page.locator('.field-error').first().waitFor();
      assert.match(await text(page, '.notice.tone-red'), /3 fields/);
      const told = await texts(page, '.field-error');
      assert.match(told[0], /^A name has/);
      assert.deepEqual(told.slice(1), ['Choose one.', 'This is not a whole number.']);
      assert.equal(await page.evaluate(() => document.activeElement.name), '/name');
      assert.equal(await page.getByLabel('Port').inputValue(), 'eighty');
      assert.equal(await page.locator('[name="/about"]').inputValue(), 'Stays as it is.');
      if (scripted) assert.deepEqual(await findings(page), []);
    });
  });

  test(`a form is filled in, looked over and run to its result, ${way}`, async () => {
    await visiting(browser, portal.base + form, { javaScriptEnabled: scripted }, async page => {
      await fill(page, { scripted });
      const shown = await text(page, 'main');
      assert.match(shown, /Name orders Owner group:default\/platform-team/);
      assert.match(shown, /Way By mail/);
      assert.match(shown, /Hosts a\.example\.com/);
      assert.ok(!shown.includes('hush-hush') && shown.includes('••••••••'), shown);
      if (scripted) assert.deepEqual(await findings(page), []);
      await create(page).click();
      await page.waitForURL(/\/create\/tasks\/[0-9a-f-]{36}$/);
      for (let tries = 0; !scripted && tries < 100 && (await text(page, '.page-head .badge')) !== 'Done'; tries += 1) {
        await page.waitForTimeout(200);
        await page.reload();
      }
      await page.locator('.page-head .badge', { hasText: 'Done' }).waitFor();
      assert.deepEqual(await texts(page, '.step-state'), ['Done', 'Done', 'Done']);
      await page.locator('[data-step="hello"] summary').click();
      assert.match(await text(page, '[data-step-log="hello"]'), /Hello orders in a\.example\.com/);
      assert.ok(!(await page.content()).includes('hush-hush'), 'a secret stands nowhere');
      assert.equal(await text(page, '.result-text p'), 'Greet orders again.');
      await page.getByRole('link', { name: 'Open the team' }).click();
      await page.waitForURL(/\/catalog\/default\/group\/platform-team$/);
    });
  });
}

test('a task that failed says why, where and what to do, and its values begin another one', async () => {
  await visiting(browser, `${portal.base}/create/templates/default/fails`, {}, async page => {
    await create(page).click();
    await page.locator('.page-head .badge', { hasText: 'Failed' }).waitFor();
    const problem = await text(page, '.problem');
    assert.match(problem, /no-such/);
    assert.match(problem, /In the step Look for nothing/);
    assert.match(problem, /Next: /);
    assert.deepEqual(await findings(page), []);
    await page.getByRole('link', { name: 'Try again' }).click();
    assert.match(await text(page, 'main'), /Do this task again\?/);
    await page.getByRole('link', { name: 'Leave it' }).click();
    await page.getByRole('link', { name: 'Start again with these values' }).click();
    await page.waitForURL(/\/create\/templates\/default\/fails\?from=/);
  });
  await visiting(browser, `${portal.base}/create/tasks?state=failed`, {}, async page => {
    assert.match(await text(page, 'tbody tr'), /Always fails Failed/);
    await page.locator('tbody a').first().click();
    await page.waitForURL(/\/create\/tasks\/[0-9a-f-]{36}$/);
  });
});

test('the actions that there are say what they take', async () => {
  await visiting(browser, `${portal.base}/create/actions?q=debug:log`, {}, async page => {
    assert.match(await text(page, '#debug\\:log'), /Input message string/);
    assert.deepEqual(await findings(page), []);
  });
});

test('the filters that there are say what they give', async () => {
  await visiting(browser, `${portal.base}/create/templating-extensions`, {}, async page => {
    await page.waitForURL(/\/create\/filters$/);
    assert.match(await text(page, '#filter-projectSlug'), /gives platform\/orders/);
    assert.deepEqual(await findings(page), []);
  });
});
