// The portal and the browser that all tests of one file share.
import { after, before } from 'node:test';
import { eventually, startBrowser, startPortal } from './portal.mjs';

/** The running portal; there when the first test begins. */
export let portal;
/** The browser; there when the first test begins. */
export let browser;

/** Has both started before the tests of this file and ended after them; `options` are those of `startPortal`. */
export function sharePortalAndBrowser(options) {
  before(async () => {
    portal = await startPortal(options);
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await portal?.stop();
  });
}

/** Has the tests of this file wait until the search finds this: it takes documents in when the catalog is there. */
export function waitUntilFound(query) {
  before(() =>
    eventually(
      async () => (await (await fetch(`${portal.base}/-/palette?${new URLSearchParams({ query })}`)).json()).total > 0,
      { what: () => `the search does not find ${query}` },
    ),
  );
}
