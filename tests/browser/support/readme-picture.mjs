// Takes the picture for the README: `cargo xtask picture`.
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, startPortal } from './portal.mjs';
import { visit } from './visit.mjs';

const target = join(resolve(dirname(fileURLToPath(import.meta.url)), '../../..'), 'docs/screenshots/catalog.png');
const portal = await startPortal();
const browser = await startBrowser();
try {
  const page = await visit(browser, `${portal.base}/catalog/default/component/talentmesh-gateway`);
  await page.locator('#live-status[data-state="live"]').waitFor();
  // The folder of the test portal says nothing to a reader.
  await page.evaluate(folder => {
    const walker = document.createTreeWalker(document.getElementById('main'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replaceAll(folder, '/srv/portal');
  }, portal.folder);
  await page.screenshot({ path: target });
  console.log(`wrote ${target}`);
} finally {
  await browser.close();
  await portal.stop();
}
