// The portal and the browser that all tests of one file share.
import { after, before } from 'node:test';
import { startBrowser, startPortal } from './portal.mjs';

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
