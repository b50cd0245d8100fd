// The editor of templates: the form follows the text, a try shows steps, files and output, and mistakes lead to their
// places, with and without JavaScript.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { overhang, text, texts, visiting } from '../support/visit.mjs';

sharePortalAndBrowser();

const area = page => page.getByLabel('Text of the template');
const written = page => area(page).inputValue();
const tryIt = page => page.getByRole('button', { name: 'Try it' }).click();
const result = page => page.locator('#editor-result .trial-end');

for (const scripted of [true, false]) {
  const way = scripted ? 'with JavaScript' : 'without JavaScript';
  const options = { javaScriptEnabled: scripted };
  const update = async page => {
    if (!scripted) await page.getByRole('button', { name: 'Update the form' }).click();
  };

  test(`the form follows the text, and a try shows what was made, ${way}`, async () => {
    await visiting(browser, `${portal.base}/create/edit`, options, async page => {
      assert.equal(await text(page, '#editor-problems'), 'Nothing is wrong in the text.');
      await area(page).fill((await written(page)).replace('title: Name', 'title: What it is called'));
      await update(page);
      const name = page.getByLabel('What it is called');
      await name.waitFor();
      await name.fill('parcels');
      await tryIt(page);
      await result(page).waitFor();
      assert.match(await text(page, '#editor-result .trial-end'), /^Done 1 file$/);
      assert.deepEqual(await texts(page, '#editor-result .step-state'), ['Done', 'Done']);
      assert.match(await text(page, '.trial-file'), /catalog-info\.yaml.*name: parcels/);
      assert.match(await text(page, '.trial-output'), /Look at parcels\./);
      assert.equal(await name.inputValue(), 'parcels');
      if (scripted) assert.deepEqual(await findings(page), []);
    });
  });

  test(`mistakes are told with their places, ${way}`, async () => {
    await visiting(browser, `${portal.base}/create/edit`, options, async page => {
      const fine = await written(page);
      await area(page).fill(fine.replace('action: debug:log', 'action: no:such').replace('parameters.name }}\n        list', 'parameters.name | }}\n        list'));
      await update(page);
      await page.locator('.editor-problem').first().waitFor();
      const told = await texts(page, '.editor-problem p');
      assert.match(told[0], /^Line 34, column 7 This portal does not have the action no:such/);
      assert.match(told[1], /^Line 36, column 9 /);
      if (scripted) {
        assert.deepEqual(await findings(page), []);
        await page.getByRole('link', { name: 'Line 34, column 7' }).click();
        const chosen = await area(page).evaluate(field => field.value.slice(field.selectionStart, field.selectionEnd));
        assert.equal(chosen, 'action: no:such');
      }
      await page.getByLabel('Name', { exact: true }).fill('kept');
      await area(page).fill(fine.replace('  steps:', '  steps: ['));
      await update(page);
      await page.locator('.editor-problem', { hasText: 'Line 19, column 11 Nested mappings' }).waitFor();
      if (scripted) assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'kept');
    });
  });

  test(`a template of the catalog is loaded with its files, ${way}`, async () => {
    await visiting(browser, `${portal.base}/create/edit`, options, async page => {
      await page.getByLabel('Template of the catalog').selectOption({ label: 'Service in a local repository' });
      await page.getByRole('button', { name: 'Load' }).click();
      await page.waitForURL(/template=template(%3A|:)default(%2F|\/)local-service/);
      assert.match(await written(page), /^# A service in a local Git repository/);
      await tryIt(page);
      await page.locator('.field-error').first().waitFor();
      await page.getByRole('button', { name: 'Fill in samples' }).click();
      await page.locator('.field-error').first().waitFor({ state: 'detached' });
      await tryIt(page);
      await result(page).waitFor();
      assert.deepEqual(await texts(page, '#editor-result .step-state'), ['Done', 'Passed over', 'Passed over']);
      assert.match(await text(page, '.trial-files'), /docs index\.md README\.md catalog-info\.yaml mkdocs\.yml/);
      await page.getByRole('link', { name: 'mkdocs.yml' }).click();
      assert.match(await text(page, '.trial-file:target'), /site_name/);
    });
  });
}

test('a folder brings its template and its files, and a step that fails shows where', async () => {
  const folder = join(portal.folder, 'chosen');
  await mkdir(join(folder, 'skeleton'), { recursive: true });
  const step = file => `    - { id: ${file}, action: fetch:template, input: { url: ./${file} } }\n`;
  const head = 'apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: chosen }\nspec:\n  type: x\n  steps:\n';
  await writeFile(join(folder, 'template.yaml'), head + step('skeleton') + step('nothing'));
  await writeFile(join(folder, 'skeleton/hello.txt'), 'Hello ${{ 1 + 1 }}\n');
  await visiting(browser, `${portal.base}/create/edit`, {}, async page => {
    await page.locator('[data-folder-input]').setInputFiles(folder);
    await page.locator('[data-files-count]', { hasText: '2 files beside it' }).waitFor();
    assert.match(await written(page), /name: chosen/);
    await area(page).press('Control+Enter');
    await result(page).waitFor();
    const end = await text(page, '#editor-result .trial-end');
    assert.match(end, /^Failed There are no files at \.\/nothing.*In the step at Line 8, column 7/);
    assert.match(await text(page, '.trial-file'), /hello\.txt.*Hello 2/);
    assert.deepEqual(await findings(page), []);
  });
});

test('the editor fits a phone, and can be given up while it tries', async () => {
  await visiting(browser, `${portal.base}/create/edit`, { look: 'phone' }, async page => {
    assert.ok((await overhang(page)) <= 0);
    // No action of the portal takes its time in a try: the answer is held back instead.
    await page.route('**/create/edit', () => {});
    await tryIt(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'hidden' });
    assert.match(await text(page, '#editor-result'), /Nothing was tried yet/);
    await page.unroute('**/create/edit');
    await tryIt(page);
    await result(page).waitFor();
    assert.ok((await overhang(page)) <= 0);
    assert.deepEqual(await findings(page), []);
  });
});
