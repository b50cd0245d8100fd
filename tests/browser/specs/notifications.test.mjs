// The bell counts by itself, the inbox works with and without scripts, and both are sound in every look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { picture } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { visiting } from '../support/visit.mjs';

const token = 'browser-tests-send-notifications';
process.env.APP_CONFIG_backend_auth_externalAccess = JSON.stringify([{ type: 'static', options: { token, subject: 'prometheus' } }]);
sharePortalAndBrowser();

/** Sends the guest a notification. */
async function tell(payload) {
  const answer = await fetch(`${portal.base}/api/notifications/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ recipients: { type: 'entity', entityRef: 'user:default/guest' }, payload }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

const bell = page => page.locator('#notifications-bell');

test('the bell counts on pages that follow nothing, and on those that do', async () => {
  for (const path of ['/settings', '/catalog']) {
    await visiting(browser, portal.base + path, {}, async page => {
      await page.evaluate(() => (globalThis.stillHere = true));
      const before = Number((await bell(page).locator('.bell-count').allTextContents())[0] ?? 0);
      const live = page.waitForResponse(answer => answer.url().includes('/api/live/changes'));
      await page.reload();
      await live;
      await page.evaluate(() => (globalThis.stillHere = true));
      await tell({ title: `Seen on ${path}` });
      await bell(page).getByText(String(before + 1)).waitFor({ timeout: 5_000 });
      assert.equal(await bell(page).getAttribute('aria-label'), `Notifications, ${before + 1} unread`);
      assert.equal(await page.evaluate(() => globalThis.stillHere), true, 'the page was loaded again');
    });
  }
});

test('following the link of a notification marks it as read', async () => {
  await tell({ title: 'To the documentation', link: '/docs' });
  await visiting(browser, `${portal.base}/notifications`, {}, async page => {
    const marked = page.waitForRequest(request => request.url().endsWith('/notifications/mark'));
    await page.getByRole('link', { name: 'To the documentation' }).click();
    await marked;
    await page.waitForURL('**/docs');
    await page.goto(`${portal.base}/notifications?search=documentation`);
    await page.getByText('Nothing fits').waitFor();
  });
});

test('a button marks one, and another one all', async () => {
  await tell({ title: 'One of many' });
  await visiting(browser, `${portal.base}/notifications`, {}, async page => {
    await page.getByRole('button', { name: 'Mark as read: One of many' }).click();
    await page.waitForURL('**/notifications');
    assert.equal(await page.getByText('One of many').count(), 0);
    await tell({ title: 'Another one' });
    await page.getByText('Another one').waitFor();
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByText('Nothing unread').waitFor();
    assert.equal(await bell(page).locator('.bell-count').count(), 0);
  });
});

test('every look', async () => {
  const link = 'https://grafana.example/d/disks';
  await tell({ title: 'Disk of orders-db is almost full', description: '94 % of 20 GiB are used.\nAt this rate it is full on Thursday.', severity: 'critical', topic: 'disks', link });
  await tell({ title: 'orders has no owner', severity: 'low', topic: 'ownership', link: '/catalog?q=orders' });
  await tell({ title: 'Release 2.0 is out', severity: 'high' });
  for (const [name, path] of [['notifications', '/notifications?view=all'], ['notification-settings', '/notifications/settings']]) {
    await visiting(browser, portal.base + path, {}, async page => {
      await sound(page, `${name}-light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await sound(page, `${name}-dark`);
    });
    await visiting(browser, portal.base + path, { look: 'phone' }, page => sound(page, `${name}-phone`));
  }
});

/** What must hold in every look; keeps a picture. */
async function sound(page, name) {
  await picture(page, name);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(width <= 0, `the page is ${width} pixels wider than the window`);
  assert.deepEqual(await findings(page), []);
}
