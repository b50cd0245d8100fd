// API definitions of every format in the example, and one that is broken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { brokenFiles } from '../support/samples.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, visiting } from '../support/visit.mjs';

sharePortalAndBrowser({ files: brokenFiles });

const definition = (name, rest = '') => `${portal.base}/catalog/default/api/${name}/api${rest}`;

test('every API of the example has an outline, or its text', async () => {
  const apis = await (await fetch(`${portal.base}/api/catalog/entities?filter=kind=api`)).json();
  const formats = new Set();
  for (const api of apis.filter(api => api.metadata.name !== 'broken-definition')) {
    await visiting(browser, definition(api.metadata.name), {}, async page => {
      const operations = await page.locator('.api-operation').count();
      const isText = ['webhook', 'trpc'].includes(api.spec.type);
      assert.equal(operations > 0, !isText, `${api.metadata.name}: ${operations} operations`);
      // A text for people is rendered, another one has its colours.
      const shown = api.spec.type === 'webhook' ? '.api-document' : '.code';
      if (isText) assert.equal(await page.locator(shown).count(), 1);
      assert.equal(await page.locator('.notice').count(), 0, `${api.metadata.name} has problems`);
      formats.add(await text(page, isText ? '.api-title' : '.api-facts'));
    });
  }
  const all = [...formats].join();
  for (const format of ['OpenAPI', 'AsyncAPI', 'GraphQL', 'gRPC', 'Text', 'Markdown']) assert.ok(all.includes(format), format);
});

test('an operation opens and shows parameters and answers', async () => {
  await visiting(browser, definition('talentmesh-rest'), {}, async page => {
    const operation = page.locator('.api-operation').first();
    await operation.locator('summary').click();
    const body = (await operation.locator('.api-body').innerText()).replace(/\s+/g, ' ');
    assert.match(body, /Parameters.*cursor.*200 · application\/json · PositionPage/);
  });
});

test('searches inside the definition while one types', async () => {
  await visiting(browser, definition('talentmesh-graph'), {}, async page => {
    const before = await page.locator('.api-operation').count();
    await page.getByRole('searchbox', { name: 'Search inside the definition' }).fill('pausePosition');
    await eventually(async () => (await page.locator('.api-operation').count()) < before);
    assert.ok((await texts(page, '.api-signature')).every(name => /pausePosition/.test(name)));
    await page.getByRole('searchbox', { name: 'Search inside the definition' }).fill('zebra');
    await page.getByText('Nothing in this definition mentions').waitFor();
  });
});

test('shows the definition as text beside the outline', async () => {
  await visiting(browser, definition('match-rpc'), {}, async page => {
    await page.getByRole('link', { name: 'Text' }).click();
    assert.match(await text(page, '.code pre'), /syntax = "proto3"/);
    await page.getByRole('link', { name: 'Outline' }).click();
    assert.ok((await page.locator('.api-operation').count()) > 0);
  });
});

test('a broken definition shows its text with the reason and the line', async () => {
  await visiting(browser, definition('broken-definition'), {}, async page => {
    assert.match(await text(page, '.notice'), /could not be read, line \d, column \d+: Flow sequence/);
    assert.equal(await page.locator('.line-marked').count(), 1);
  });
});

test('an operation has a page of its own, with a request to paste, and types lead on', async () => {
  await visiting(browser, definition('talentmesh-rest', '/entry/post-positions'), {}, async page => {
    assert.match(await text(page, '.api-entry .code pre'), /^curl -X POST 'https:\/\/api\.talentmesh\.example/);
    await page.getByRole('link', { name: 'NewPosition' }).click();
    await page.waitForURL(/entry\/type-newposition$/);
    await page.getByRole('link', { name: 'Whole definition' }).click();
    await page.locator('.api-operation').first().waitFor();
  });
});

test('everything unfolds, and the file comes as it is written', async () => {
  await visiting(browser, definition('talentmesh-rest', '?open=all'), {}, async page => {
    const open = await page.locator('details.api-operation[open]').count();
    assert.equal(open, await page.locator('.api-operation').count());
    const raw = await fetch(portal.base + (await page.getByRole('link', { name: 'Raw' }).getAttribute('href')));
    assert.equal(raw.status, 200);
    assert.match(raw.headers.get('content-disposition'), /talentmesh-rest\.yaml/);
    assert.match(await raw.text(), /^openapi: 3/);
  });
});
