// Registering by URL: preview, problems, what comes of it, and taking it back.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, visiting } from '../support/visit.mjs';

const good = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: from-afar, description: Comes over the network. }\n' +
  'spec: { type: service, lifecycle: experimental, owner: platform-team }\n';
const bad = good.replace('from-afar', 'from-afar-but-wrong').replace(', owner: platform-team', '');

let files;
let served;

sharePortalAndBrowser();
before(async () => {
  served = { '/good.yaml': good, '/bad.yaml': `${good.replace('from-afar', 'neighbour')}---\n${bad}`, '/garbage.yaml': 'kind: [unclosed\n' };
  files = createServer((request, answer) => {
    const content = served[request.url];
    if (content === undefined) answer.writeHead(404);
    answer.end(content);
  });
  await new Promise(done => files.listen(0, '127.0.0.1', done));
});
after(async () => {
  files?.close();
});

const at = path => `http://127.0.0.1:${files.address().port}${path}`;
const page_of = url => `${portal.base}/catalog-import?url=${encodeURIComponent(url)}`;
const exists = async name =>
  (await fetch(`${portal.base}/api/catalog/entities/by-name/component/default/${name}`)).ok;

test('a good file is previewed, registered, shown as a source, and unregistered', async () => {
  await visiting(browser, `${portal.base}/catalog-import`, {}, async page => {
    await page.getByLabel('Address').fill(at('/good.yaml'));
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = await text(page, 'table');
    assert.ok(preview.includes('from-afar') && preview.includes('Component'), preview);
    assert.equal(await exists('from-afar'), false, 'a preview stores nothing');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.waitForURL(/\/sources/);
    await eventually(() => exists('from-afar'));
    const row = page.locator('tbody tr', { hasText: '/good.yaml' });
    await row.filter({ hasText: 'Works' }).waitFor();
    assert.match((await row.innerText()).replace(/\s+/g, ' '), /Works Registered 1/);
    await page.goto(page_of(at('/good.yaml')));
    assert.match(await text(page, '.notice'), /registered already/);
    await page.goto(`${portal.base}/sources`);
    await row.getByRole('link', { name: /^Unregister/ }).click();
    assert.match(await text(page, 'main'), /Unregister this location\?.*from-afar/);
    await page.getByRole('button', { name: 'Unregister' }).click();
    await page.waitForURL(/\/sources\?done=unregistered$/);
    assert.match(await text(page, '.notice'), /^Unregistered/);
    assert.equal(await exists('from-afar'), false);
    assert.equal(await row.count(), 0);
  });
});

test('a file with a wrong document says what is wrong, and may be registered all the same', async () => {
  await visiting(browser, page_of(at('/bad.yaml')), {}, async page => {
    const problem = await text(page, '.problem');
    assert.match(problem, /owner/);
    await page.getByRole('button', { name: /Register/ }).click();
    await page.waitForURL(/\/sources/);
    await eventually(() => exists('neighbour'));
    assert.equal(await exists('from-afar-but-wrong'), false);
    // What is wrong is judged a moment after what is right, and tells no open page of itself.
    await eventually(async () => (await (await fetch(`${portal.base}/unprocessed`)).text()).includes('from-afar-but-wrong'));
    await page.goto(`${portal.base}/unprocessed`);
    const group = page.locator('.finding-group', { hasText: 'from-afar-but-wrong' });
    assert.match(await group.innerText(), /owner[^]*bad\.yaml:\d+/);
  });
});

test('what cannot be read is explained, not stored', async () => {
  for (const [url, reason] of [
    [at('/nothing.yaml'), /no matching files found/],
    [at('/garbage.yaml'), /unclosed|Flow sequence|YAML/],
    ['http://127.0.0.1:1/x.yaml', /could not|connect|refused|Unable/i],
    ['https://not-allowed.example/catalog-info.yaml', /not allowed|allow/i],
    ['ftp://127.0.0.1/x', /begins with ftp:/],
    ['catalog-info.yaml', /not an address/],
  ]) {
    await visiting(browser, page_of(url), {}, async page => {
      assert.match(await text(page, 'main'), reason, url);
    });
  }
});

test('a source is refreshed on demand', async () => {
  await visiting(browser, page_of(at('/good.yaml')), {}, async page => {
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await eventually(() => exists('from-afar'));
    served['/good.yaml'] = good.replace('Comes over the network.', 'Changed on the other side.');
    await page.goto(`${portal.base}/catalog/default/component/from-afar`);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('Changed on the other side.').waitFor();
  });
});
