// From a template to its result: the gallery, a form with mistakes, the review, the run with its log, with and without
// JavaScript.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { greeting } from '../support/samples.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, turn, visiting } from '../support/visit.mjs';

const beside = name => readFileSync(new URL(`../../../crates/scaffolder/tests/templates/${name}`, import.meta.url), 'utf8');

sharePortalAndBrowser({
  files: { ...greeting, 'controls.yaml': beside('controls.yaml'), 'fields.yaml': beside('fields.yaml') },
});

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

test('starred templates have a list of their own', async () => {
  await visiting(browser, `${portal.base}/create?scope=starred`, { javaScriptEnabled: false }, async page => {
    assert.match(await text(page, '[data-results]'), /Nothing starred here/);
    await page.goto(`${portal.base}/create`);
    await page.getByRole('button', { name: 'Star template:default/greeting' }).click();
    await page.locator('.segmented a', { hasText: /Starred\s*1/ }).click();
    assert.deepEqual(await texts(page, '.template-card h2'), ['Greeting']);
    await page.getByRole('button', { name: 'Star template:default/greeting' }).click();
    await page.waitForURL(/scope=starred/);
    assert.match(await text(page, '[data-results]'), /Nothing starred here/);
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

for (const look of ['light', 'dark', 'phone']) {
  test(`every control is drawn and its mistakes are told, ${look}`, async () => {
    await visiting(browser, `${portal.base}/create/templates/default/controls`, { look }, async page => {
      assert.deepEqual(await findings(page), []);
      await page.getByLabel('Name').fill('My app');
      await next(page).click();
      await page.locator('.field-error').first().waitFor();
      assert.deepEqual(await texts(page, '.field-error'), [
        '“M” is not allowed here, only dashes, digits and lower-case letters.',
        'Tick the box.',
      ]);
      assert.equal(await page.evaluate(() => document.activeElement.name), '/name');
      await page.getByLabel('Name').fill('my-app');
      await page.getByLabel('I agree').check();
      await next(page).click();
      await page.getByLabel('Kind').selectOption({ label: 'Whole number' });
      await page.locator('[name="/mixed"][inputmode="numeric"]').waitFor();
      assert.deepEqual(await findings(page), []);
      await next(page).click();
      await page.getByRole('button', { name: 'Add to People' }).waitFor();
      assert.deepEqual(await findings(page), []);
    });
  });
}

test('rows come, go and change places in the page, and entries get names', async () => {
  await visiting(browser, `${portal.base}/create/templates/default/controls`, {}, async page => {
    await page.getByLabel('Name').fill('my-app');
    await page.getByLabel('I agree').check();
    await next(page).click();
    await page.getByLabel('Port').waitFor();
    await next(page).click();
    const add = page.getByRole('button', { name: 'Add to People' });
    await page.getByRole('textbox', { name: 'Host 1' }).fill('a.example');
    await page.evaluate(() => { window.isSame = true; });
    await add.click();
    await page.locator('[name="/people/0/name"]').fill('first');
    await add.click();
    await page.locator('[name="/people/1/name"]').fill('second');
    await page.locator('[name="/people/1/role"]').selectOption('writer');
    await page.locator('[name="/people/1/until"]').waitFor();
    await page.getByRole('button', { name: 'Move up People 2' }).click();
    await page.locator('[name="/people/0/until"]').waitFor();
    assert.equal(await page.locator('[name="/people/0/name"]').inputValue(), 'second');
    await page.getByRole('button', { name: 'Add to an entry' }).click();
    await page.getByLabel('Name of entry 1').fill('tier');
    await page.getByLabel('Value of entry 1').fill('gold');
    await page.getByRole('button', { name: 'Remove People 2' }).click();
    await page.locator('[name="/people/1/name"]').waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Value of tier').inputValue(), 'gold');
    assert.ok(await page.evaluate(() => window.isSame), 'the page was not left');
    assert.deepEqual(await findings(page), []);
  });
});

test('a picker searches the catalog while one types, by keyboard and pointer', async () => {
  await visiting(browser, `${portal.base}/create/templates/default/fields`, {}, async page => {
    const any = page.getByRole('combobox', { name: 'Anything', exact: false });
    await page.locator('[name="/any"]').click();
    await any.fill('platform');
    const option = page.locator('.picker-list [role="option"]', { hasText: 'group:platform-team' });
    await option.waitFor();
    assert.deepEqual(await findings(page), []);
    await any.press('ArrowDown');
    await any.press('Escape');
    await option.waitFor({ state: 'hidden' });
    await any.fill('platform-team');
    await option.click();
    assert.equal(await any.inputValue(), 'group:default/platform-team');
    await any.fill('zebra');
    await page.getByText('Nothing in the catalog has this in its name.').waitFor();
    await any.fill('');
    await next(page).click();
    await page.getByLabel('Branch').waitFor();
    assert.deepEqual(await findings(page), []);
  });
});

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
for (const scripted of [true, false]) {
  const way = scripted ? 'with JavaScript' : 'without JavaScript';

  test(`a task is looked through and done again from a step, ${way}`, async () => {
    const lay = (name, text) => writeFile(join(portal.folder, name), text);
    await lay('notes.md', 'first line\nof then\n');
    await rm(join(portal.folder, 'late.md'), { force: true });
    await visiting(browser, `${portal.base}/create/templates/default/notes`, { javaScriptEnabled: scripted }, async page => {
      const reach = async state => {
        for (let tries = 0; !scripted && tries < 100 && (await text(page, '.page-head .badge')) !== state; tries += 1) {
          await page.waitForTimeout(200);
          await page.goto(page.url().replace(/[?].*/, ''));
        }
        await page.locator('.page-head .badge', { hasText: state }).waitFor();
      };
      await create(page).click();
      await page.waitForURL(/\/create\/tasks\/[0-9a-f-]{36}$/);
      const task = page.url();
      await reach('Failed');
      assert.match(await text(page, '.problem'), /Next: the template asks for files that are not there/);

      const search = page.getByRole('searchbox', { name: 'Search in the log' });
      await search.fill('RED alert, then');
      if (!scripted) await search.press('Enter');
      await page.locator('.ansi-red').waitFor({ state: 'visible' });
      assert.equal(await text(page, '.ansi-red'), 'Red alert');
      assert.match(await text(page, '[data-find-count]'), /^1 line/);
      assert.equal(await page.locator('.log-line:visible').count(), 1);
      if (scripted) assert.deepEqual(await findings(page), []);
      const plain = await page.request.get(`${task}/log?step=say`);
      assert.match(await plain.text(), /info: Red alert, then calm\n/);

      await page.goto(`${task}/files?step=notes`);
      assert.match(await text(page, '.file-shown'), /docs\/notes\.md.*first line.*of then/);
      if (scripted) assert.deepEqual(await findings(page), []);

      const api = `${portal.base}/api/scaffolder/v2/tasks/${task.split('/').pop()}/retry`;
      const refused = await page.request.post(api, { data: { fromStep: 'none' } });
      assert.equal(refused.status(), 400);
      assert.match(await refused.text(), /no step 'none'; its steps are: say, notes, late, look/);

      await lay('notes.md', 'first line\nof now\n');
      await lay('late.md', 'late\n');
      await page.goto(task);
      await page.locator('[data-step="notes"] summary').click();
      await page.locator('[data-step="notes"]').getByRole('link', { name: 'Retry from this step' }).click();
      assert.match(await text(page, '.retry-plan'), /Kept Say it in colour Done again Fetch the notes, Fetch what comes late, Look/);
      if (scripted) assert.deepEqual(await findings(page), []);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.notice.tone-green', { hasText: 'from that step on' }).or(page.locator('.badge', { hasText: 'Done' })).first().waitFor();
      await reach('Done');
      assert.deepEqual(await texts(page, '.step-state'), ['Done', 'Done', 'Done', 'Done']);
      assert.equal(await page.getByRole('link', { name: 'Retry from this step' }).count(), 0);

      await page.goto(`${task}/files?step=late&path=docs/notes.md`);
      assert.match(await text(page, '.file-shown'), /of now/);
      assert.match(await text(page, '.files-list'), /late\.md A added/);
    });
  });
}
