// A phone and its finger: what opens on a touch stays open, and what is current is in sight.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { focused, visiting } from '../support/visit.mjs';

sharePortalAndBrowser();

const phone = { look: 'phone' };

test('the search field opens the palette, a touch beside it closes it', async () => {
  await visiting(browser, `${portal.base}/catalog`, phone, async page => {
    await page.tap('#top-search-input');
    await page.locator('#palette-list [role=option]').first().waitFor();
    await page.waitForTimeout(400); // a click that follows the touch would have come by now
    assert.ok(await page.locator('#palette').isVisible());
    await page.touchscreen.tap(200, 820);
    await page.locator('#palette').waitFor({ state: 'hidden' });
  });
});

test('the filters stay open while one chooses, until they are closed', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, phone, async page => {
    await page.getByRole('button', { name: 'Filters' }).tap();
    const sheet = page.locator('#facet-groups');
    assert.ok(await sheet.getByRole('heading', { name: 'Filters' }).isVisible());
    await sheet.getByRole('link', { name: /^library/ }).tap();
    await page.waitForURL(/type=library/);
    await sheet.getByRole('link', { name: /^service/ }).tap();
    await page.waitForURL(/type=service/);
    assert.ok(await sheet.isVisible());
    await page.getByRole('button', { name: 'Close Filters' }).tap();
    await sheet.waitFor({ state: 'hidden' });
    await eventually(async () => /^Filters\s*2$/.test(await focused(page)), { what: () => 'the focus is not on the button again' });
  });
});

test('the current kind is in sight', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=user`, phone, async page => {
    const tab = await page.getByRole('navigation', { name: 'Kind' }).locator('[aria-current]').boundingBox();
    assert.ok(tab.x >= 0 && tab.x + tab.width <= 390, `from ${tab.x}, ${tab.width} wide`);
  });
});
