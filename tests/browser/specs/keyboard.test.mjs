// The main ways through the portal without a pointer.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser, waitUntilFound } from '../support/suite.mjs';
import { focused, text, visiting } from '../support/visit.mjs';

const linked = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: linked
  annotations: { backstage.io/view-url: https://gitea.example.com/linked, backstage.io/edit-url: https://gitea.example.com/linked/edit }
spec: { type: service, lifecycle: production, owner: platform-team }
`;

sharePortalAndBrowser({ files: { 'linked.yaml': linked } });
waitUntilFound('talentmesh-gateway');

/** Presses Tab until the focus is on what is looked for. */
async function tabTo(page, wanted, most = 80) {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    if (wanted.test(await focused(page))) return;
  }
  assert.fail(`Tab never reaches ${wanted}`);
}

test('the palette goes to an entity and to a page', async () => {
  await visiting(browser, portal.base, {}, async page => {
    await page.keyboard.press('/');
    await page.keyboard.type('talentmesh-gate');
    await page.getByRole('option', { name: /TalentMesh gateway/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/component\/talentmesh-gateway$/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('sources');
    await page.getByRole('option', { name: /Sources/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/sources$/);
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#palette[open]').count(), 0);
  });
});

test('the palette takes over what is typed at the top, and one Esc closes it', async () => {
  await visiting(browser, `${portal.base}/search?query=talent`, {}, async page => {
    const [field, top] = [page.locator('#palette-input'), page.locator('#top-search-input')];
    assert.equal(await top.inputValue(), 'talent');
    await page.keyboard.press('Control+k');
    assert.equal(await field.inputValue(), 'talent');
    await page.keyboard.press('Escape');
    assert.ok(await page.locator('#palette').isHidden());
    await top.focus();
    await page.keyboard.press('End');
    await page.keyboard.type('mesh');
    assert.equal(await field.inputValue(), 'talentmesh');
    assert.equal(await top.inputValue(), 'talent');
    await field.fill('talnetmesh');
    await page.getByRole('group', { name: 'Did you mean' }).getByRole('option', { name: /^talentmesh/ }).click();
    await eventually(async () => (await field.inputValue()) === 'talentmesh');
    await page.getByRole('option', { name: /TalentMesh gateway/ }).waitFor();
  });
});

test('the palette does what the head of an entity offers, and switches the theme', async () => {
  await visiting(browser, `${portal.base}/catalog/default/component/linked`, {}, async page => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const command = async (typed, name) => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(`>${typed}`);
      await page.getByRole('option', { name }).waitFor();
      await page.keyboard.press('Enter');
    };
    await command('copy ref', 'Copy the reference');
    await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())) === 'component:default/linked');
    await command('dark', 'Switch to the dark theme');
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('>git');
    await page.getByRole('option', { name: 'Open the source in Git' }).waitFor();
    await page.getByRole('option', { name: 'Edit the source in Git' }).waitFor();
    await page.keyboard.press('Escape');
    await Promise.all([page.waitForResponse(/catalog\/refresh$/), command('refresh', 'Refresh this entity')]);
    assert.equal(await page.getByRole('link', { name: 'Source', exact: true }).getAttribute('href'), 'https://gitea.example.com/linked');
  });
});

test('arrows choose in the palette, Enter without a match searches', async () => {
  await visiting(browser, portal.base, {}, async page => {
    await page.keyboard.press('/');
    await page.keyboard.type('talentmesh');
    await page.getByRole('option').nth(2).waitFor();
    await page.keyboard.press('ArrowDown');
    const chosen = await page.locator('#palette-list [aria-selected="true"]').innerText();
    assert.equal(await page.getAttribute('#palette-input', 'aria-activedescendant'), 'palette-1');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/catalog\//);
    assert.ok(chosen.includes(await text(page, 'h1')));
    await page.keyboard.press('/');
    await page.keyboard.type('zqxjkvwy');
    await page.getByText('Nothing has').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?query=zqx/);
    assert.match(await text(page, 'main'), /[Nn]othing/);
  });
});

test('from the list to an entity, to a tab, and on to a neighbour', async () => {
  await visiting(browser, `${portal.base}/catalog?kind=component`, {}, async page => {
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    const second = page.locator('tbody tr').nth(1);
    assert.ok(await second.evaluate(row => row.contains(document.activeElement)));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/catalog\/default\/component\//);
    await page.goto(`${portal.base}/catalog/default/component/talentmesh-gateway`);
    await tabTo(page, /^Dependencies$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/dependencies$/);
    // Its dependents come first.
    await tabTo(page, /^Both ways$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/direction=both$/);
    await tabTo(page, /^talentmesh-api, Component$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/component\/talentmesh-api$/);
    assert.equal(await text(page, 'h1'), 'talentmesh-api');
  });
});

test('the skip link leads past the navigation, g and a letter to a page', async () => {
  await visiting(browser, `${portal.base}/sources`, {}, async page => {
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL(/\/catalog$/);
  });
});

test('registers a component', async () => {
  const yaml = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: by-keyboard }\n' +
    'spec: { type: service, lifecycle: experimental, owner: platform-team }\n';
  const files = createServer((_, answer) => answer.end(yaml));
  await new Promise(done => files.listen(0, '127.0.0.1', done));
  try {
    await visiting(browser, `${portal.base}/catalog`, {}, async page => {
      await tabTo(page, /^Register$/);
      await page.keyboard.press('Enter');
      await page.waitForURL(/catalog-import$/);
      for (let step = 0; step < 40 && (await page.evaluate(() => document.activeElement.id)) !== 'url'; step += 1) {
        await page.keyboard.press('Tab');
      }
      assert.equal(await page.evaluate(() => document.activeElement.id), 'url');
      await page.keyboard.type(`http://127.0.0.1:${files.address().port}/catalog-info.yaml`);
      await page.keyboard.press('Enter');
      await page.waitForURL(/catalog-import\?url=/);
      assert.match(await text(page, 'main'), /by-keyboard/);
      await tabTo(page, /^Register$/);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/sources\?done=registered$/);
    });
    await eventually(async () => {
      const answer = await fetch(`${portal.base}/api/catalog/entities/by-name/component/default/by-keyboard`);
      return answer.ok;
    });
  } finally {
    files.close();
  }
});

test('the focus stays where it is when a page is fetched again', async () => {
  const { appendFile } = await import('node:fs/promises');
  await visiting(browser, `${portal.base}/catalog?kind=domain`, {}, async page => {
    await page.locator('#live-status[data-state="live"]').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const before = await focused(page);
    await appendFile(
      `${portal.folder}/examples/domains.yaml`,
      '---\napiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: { name: aaa-first }\nspec: { owner: platform-team }\n',
    );
    await page.getByRole('link', { name: 'aaa-first' }).first().waitFor({ timeout: 5_000 });
    assert.equal(await focused(page), before);
  });
});
