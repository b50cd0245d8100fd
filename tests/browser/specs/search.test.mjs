// Search: the palette while one types, and the page with all results, also without JavaScript.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { eventually, looks, picture } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser, waitUntilFound } from '../support/suite.mjs';
import { focused, text, texts, visiting } from '../support/visit.mjs';

const still = { javaScriptEnabled: false };

sharePortalAndBrowser();
waitUntilFound('createPosition');

/** Opens the palette, types, and waits for an option with that name. */
async function ask(page, words, expected) {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.getByRole('option', { name: expected }).waitFor();
}

/** The operation is unfolded, and its line and text are on the screen, not under the bar. */
async function assertShown(page, anchor) {
  const operation = page.locator(`.api-operation[data-key="${anchor}"]`);
  await operation.locator('.api-body').waitFor({ state: 'visible' });
  const bar = await page.locator('.top-bar').boundingBox();
  await eventually(async () => {
    const line = await operation.locator('summary').boundingBox();
    return line.y >= bar.y + bar.height && line.y + line.height <= page.viewportSize().height;
  }, { within: 3_000, what: () => `${anchor} is not on the screen` });
}

test('the palette finds an entity, and an operation whose place it opens', async () => {
  const results = page => page.locator('#palette-list [role=group]').first();
  await visiting(browser, portal.base, { look: 'phone' }, async page => {
    await ask(page, 'talentmesh gatew', /TalentMesh gateway/);
    assert.equal(await results(page).getAttribute('aria-label'), 'Entities');
    await page.keyboard.press('Enter');
    await page.waitForURL(/component\/talentmesh-gateway$/);
    await ask(page, 'listMatches', /GET \/positions\/\{id\}\/matches/);
    assert.equal(await results(page).getAttribute('aria-label'), 'API operations');
    await page.keyboard.press('Enter');
    await page.waitForURL(/talentmesh-rest\/api#get-positions-id-matches$/);
    await assertShown(page, 'get-positions-id-matches');
    // From an operation to another of the same page.
    await ask(page, 'createPosition', /POST \/positions/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/#post-positions$/);
    assert.equal(await page.locator('#palette[open]').count(), 0);
    await assertShown(page, 'post-positions');
    // In a browser that does not unfold by itself, the script does.
    await page.locator('[data-key="post-positions"]').evaluate(operation => {
      operation.open = false;
      dispatchEvent(new Event('hashchange'));
    });
    await assertShown(page, 'post-positions');
  });
});

test('Enter right after typing takes from the answer to the words, however late it comes', async () => {
  await visiting(browser, portal.base, {}, async page => {
    await ask(page, 'talentmesh', /TalentMesh gateway/);
    await page.route('**/-/palette?**', async route => {
      await new Promise(resolve => setTimeout(resolve, 400));
      await route.continue();
    });
    await page.keyboard.type(' gatew');
    await page.keyboard.press('Enter');
    await page.waitForURL(/component\/talentmesh-gateway$/);
  });
});

test('arrows choose among results, pages and commands', async () => {
  await visiting(browser, `${portal.base}/catalog/default/component/talentmesh-api`, {}, async page => {
    const chosen = () => text(page, '#palette-list [aria-selected="true"]');
    await ask(page, 'talentmesh', /TalentMesh gateway/);
    const all = await texts(page, '#palette-list [role=option]');
    assert.equal(await chosen(), all[0]);
    await page.keyboard.press('ArrowDown');
    assert.equal(await chosen(), all[1]);
    assert.equal(await page.getAttribute('#palette-input', 'aria-activedescendant'), 'palette-1');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    assert.equal(await chosen(), all.at(-1), 'the first is followed by the last');
    await page.keyboard.press('Escape');
    await ask(page, '>', /Star component/);
    const groups = await page.locator('#palette-list [role=group]').evaluateAll(all => all.map(group => group.ariaLabel));
    assert.deepEqual(groups, ['On this page', 'Pages'], 'after > there are only commands');
    await page.keyboard.type('star');
    await eventually(async () => /^Star component/.test(await chosen()));
    await Promise.all([page.waitForResponse(answer => answer.url().endsWith('/starred')), page.keyboard.press('Enter')]);
    assert.equal(await page.locator('.star-button').getAttribute('aria-pressed'), 'true');
  });
});

test('a command that is named comes before results that are not', async () => {
  await visiting(browser, `${portal.base}/catalog`, {}, async page => {
    await ask(page, 'theme', /Switch to the dark theme/);
    assert.match((await texts(page, '#palette-list [role=option]'))[0], /^Switch to the dark theme/);
    await page.keyboard.press('Escape');
    await ask(page, 'sources', /Sources/);
    // The list before typing names the page too, below what was visited.
    await page.locator('#palette-list [role=option]').first().filter({ hasText: /^Sources/ }).waitFor();
  });
});

test('the page filters, corrects and leads on without JavaScript', async () => {
  await visiting(browser, `${portal.base}/search?query=talentmesh`, still, async page => {
    await page.getByRole('navigation', { name: 'Kinds of results' }).getByRole('link', { name: /Entities/ }).click();
    const all = await texts(page, '.search-result-title');
    await page.getByRole('complementary', { name: 'Filters' }).getByRole('link', { name: /^library/ }).click();
    const notes = await texts(page, '.search-result-note');
    assert.ok(notes.length > 0 && notes.length < all.length, `${notes.length} of ${all.length}`);
    assert.ok(notes.every(note => note.includes('library')), notes.join());
    const field = page.getByRole('main').getByRole('searchbox');
    await field.fill('talnetmesh');
    await field.press('Enter');
    assert.match(page.url(), /spec=library/, 'a new text keeps the filters');
    assert.match(await text(page, '.search-suggestion'), /^Did you mean talentmesh\s?\?$/);
    await page.locator('.search-suggestion').getByRole('link').click();
    assert.deepEqual(await texts(page, '.search-result-note'), notes);
    await page.goto(`${portal.base}/search?query=createPosition&type=api-operation`);
    await page.locator('.search-result-title').first().click();
    await page.waitForURL(/talentmesh-rest\/api#post-positions$/);
    await assertShown(page, 'post-positions');
  });
});

test('owners and kinds stand as their pages show them', async () => {
  await visiting(browser, `${portal.base}/search?query=talentmesh`, still, async page => {
    const gateway = page.locator('.search-result', { hasText: 'TalentMesh gateway' }).locator('.search-result-note');
    assert.equal(await gateway.innerText(), 'Component · service · Talent');
    const filters = await text(page, '.facets');
    assert.match(filters, /Component/);
    assert.match(filters, /Talent\b(?!-team)/);
    assert.doesNotMatch(filters, /talent-team/);
  });
});

test('results are walked by key', async () => {
  await visiting(browser, `${portal.base}/search?query=talentmesh`, {}, async page => {
    const titles = await texts(page, '.search-result-title');
    await page.keyboard.press('j');
    assert.equal(await focused(page), titles[0]);
    await page.keyboard.press('j');
    assert.equal(await focused(page), titles[1]);
    await page.keyboard.press('k');
    assert.equal(await focused(page), titles[0]);
  });
});

for (const look of Object.keys(looks)) {
  test(`has room, and nothing for axe to find, ${look}`, async () => {
    await visiting(browser, `${portal.base}/search?query=talnetmesh`, { look }, async page => {
      await page.locator('.search-suggestion').waitFor();
      const [results, main] = [await page.locator('.search-results').boundingBox(), await page.locator('main').boundingBox()];
      assert.ok(results.width > 0.7 * main.width, `${results.width} of ${main.width} pixels are for the results`);
      assert.deepEqual(await findings(page), []);
      await page.keyboard.press('/');
      await page.keyboard.type('talent');
      await page.getByRole('option').nth(3).waitFor();
      assert.deepEqual(await findings(page), []);
      await picture(page, `palette-${look}`);
    });
  });
}
