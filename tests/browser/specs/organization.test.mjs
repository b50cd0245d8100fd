// Groups, people, and what they own together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, visiting } from '../support/visit.mjs';

sharePortalAndBrowser();

test('the tree counts people and belongings through the groups below', async () => {
  await visiting(browser, `${portal.base}/org`, {}, async page => {
    const line = name => page.locator('.tree-line', { has: page.getByRole('link', { name, exact: true }) });
    const people = async name => Number((await line(name).innerText()).match(/(\d+) (?:people|person)/)[1]);
    const below = page.getByLabel('Below group:default/platform-team');
    assert.ok(!(await line('Security').isVisible().catch(() => false)), 'deeper levels are folded');
    await below.click();
    assert.ok((await people('Platform Team')) > 4, 'more than its direct members');
    assert.ok((await people('OpenOva')) >= (await people('Engineering')));
    const owns = line('Platform Team').getByRole('link', { name: /^owns/ });
    const count = Number((await owns.innerText()).match(/\d+/)[0]);
    await owns.click();
    await page.waitForURL(/owner=group:default\/platform-team&owner=/);
    assert.match(await text(page, '.pagination-range'), new RegExp(`of ${count}$|${count} in all`));
  });
});

test('a group shows members and belongings, directly and with the groups below', async () => {
  await visiting(browser, `${portal.base}/catalog/default/group/platform-team`, {}, async page => {
    const members = () => texts(page, '#members .person a');
    const all = await members();
    await page.locator('#members').getByRole('link', { name: /^Direct/ }).click();
    await page.waitForURL(/members=direct/);
    const direct = await members();
    assert.ok(direct.length > 0 && direct.length < all.length);
    assert.ok(direct.every(name => all.includes(name)));
    const total = async () => Number((await page.locator('#owns .tile-count').allInnerTexts()).reduce((sum, each) => sum + Number(each), 0));
    const everything = await total();
    await page.locator('#owns').getByRole('link', { name: /^Direct/ }).click();
    await page.waitForURL(/members=direct&owns=direct/);
    assert.ok((await total()) < everything);
    await page.locator('#owns').getByRole('link', { name: /Component/ }).first().click();
    await page.waitForURL(/kind=component&owner=group:default\/platform-team$/);
    await page.goBack();
    assert.ok((await text(page, '.card:has(h2:text-is("Groups below"))')).includes('Security'));
  });
});

test('a person shows the groups and what is owned through them', async () => {
  await visiting(browser, `${portal.base}/catalog/default/user/mei`, {}, async page => {
    assert.equal(await text(page, 'h1'), 'Mei Tanaka');
    assert.ok((await text(page, '#relation-memberOf')).includes('Platform Team'));
    assert.match(await text(page, '#owns'), /With groups \d+ Direct 0/);
    assert.ok((await page.locator('#owns .entity-lines li').count()) > 3);
  });
});

test('people are listed and found by name', async () => {
  await visiting(browser, `${portal.base}/org/people`, {}, async page => {
    assert.ok((await page.locator('tbody tr').count()) > 10);
    await page.getByRole('searchbox', { name: 'Filter by name' }).fill('tanaka');
    await eventually(async () => (await page.locator('tbody tr').count()) === 1);
    assert.match(await text(page, 'tbody tr'), /Mei Tanaka mei@openova\.example/);
  });
});
