// Documentation that a job of CI published to a real S3 server with the original's layout is served as it is.
// Each test is one step and stands on the steps before it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { eventually, looks, startBrowser } from '../support/portal.mjs';
import { makeBucket, publish } from './support/bucket.mjs';
import { apiToken, Portal, root } from './support/portal.mjs';
import { given } from './support/servers.mjs';
import { Wire } from './support/wire.mjs';

/** New in every run, so that the server may stay between runs. */
const bucket = `techdocs-${Date.now().toString(36)}`;
const site = join(root, 'crates/techdocs/tests/fixtures/published/default/component/payments');
const placed = 'sites/default/component/payments';

const configuration = (base, server) => `
app: { title: Talentmesh, baseUrl: '${base}' }
backend:
  baseUrl: ${base}
  listen: { host: 127.0.0.1, port: ${new URL(base).port} }
  database: { client: better-sqlite3, connection: { directory: ./data } }
  auth:
    externalAccess:
      - { type: static, options: { token: ${apiToken}, subject: acceptance } }
catalog:
  locations: [{ type: file, target: ./catalog-info.yaml }]
techdocs:
  builder: external
  publisher:
    type: awsS3
    awsS3:
      bucketName: ${bucket}
      bucketRootPath: sites
      region: ${given('S3_REGION')}
      endpoint: ${server}
      s3ForcePathStyle: true
      credentials: { accessKeyId: ${given('AWS_ACCESS_KEY_ID')}, secretAccessKey: ${given('AWS_SECRET_ACCESS_KEY')} }
`;

const component = (name, title) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, title: ${title}, annotations: { 'backstage.io/techdocs-ref': 'dir:.' } }
spec: { type: service, lifecycle: production, owner: talent }
`;

let portal, browser, page, wire;
let pictures = 0;

before(async () => {
  await makeBucket(bucket);
  await publish(bucket, placed, site);
  wire = await Wire.to(given('S3_ENDPOINT'));
  const named = [['payments', 'Payments'], ['unpublished', 'Unpublished'], ['written', 'Written']];
  const entities = named.map(([name, title]) => component(name, title)).join('---\n');
  portal = await Portal.prepare(base => configuration(base, wire.base), { 'catalog-info.yaml': entities }, { name: 'published-docs' });
  await portal.start();
  await eventually(() => portal.entity('component', 'unpublished'), { what: () => 'the components did not come' });
  browser = await startBrowser();
  page = await (await browser.newContext(looks.light)).newPage();
  page.setDefaultTimeout(15_000);
});

after(async () => {
  await browser?.close();
  await portal?.stop();
  await wire?.cut();
});

/** Keeps what a person sees at this step. */
async function picture(name) {
  pictures += 1;
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `published-docs-${pictures}-${name}.png`), fullPage: true });
}

const docs = (path = '', name = 'payments') => `${portal.base}/docs/default/component/${name}${path && `/${path}`}`;
const main = () => page.locator('main').innerText();

test('1. a published page is read in the portal', async () => {
  const alerts = [];
  page.on('dialog', dialog => alerts.push(dialog.message()));
  await page.goto(docs());
  await page.getByRole('heading', { level: 1, name: 'Payments' }).waitFor();
  await picture('front');
  const links = await page.locator('.docs-nav.docs-wide a').allInnerTexts();
  assert.deepEqual(links, ['Home', 'Deploy', 'Refunds', 'Operations']);
  const contents = await page.locator('.docs-contents a').allInnerTexts();
  assert.deepEqual(contents, ['Run it', 'Settings']);
  const width = await page.locator('article img').evaluate(async image => (await image.decode(), image.naturalWidth));
  assert.equal(width, 160);
  assert.match(await main(), /docker run --rm -p 8080:8080 payments/);
  assert.equal(
    await page.getByRole('link', { name: 'Edit this page' }).getAttribute('href'),
    'https://git.example.com/talent/payments/_edit/main/docs/index.md',
  );
  await page.locator('article').getByRole('link', { name: 'refunds' }).click();
  await page.waitForURL(/refunds#within-a-day$/);
  assert.match(await main(), /paid within a day/);
  assert.deepEqual(alerts, [], 'no script of a page runs');
  await picture('refunds');
});

test('2. it is on the Docs tab and in the search', async () => {
  await page.goto(`${portal.base}/catalog/default/component/payments/docs`);
  await page.getByRole('heading', { name: 'Run it' }).waitFor();
  const found = async words => {
    const answer = await portal.api(`/api/search/query?term=${encodeURIComponent(words)}`);
    return answer.results.map(one => one.document.location);
  };
  await eventually(async () => (await found('paid within a day')).includes('/docs/default/component/payments/guides/refunds#within-a-day'));
});

test("3. the original's reader gets the files", async () => {
  const at = path => `/api/techdocs${path}/default/component/payments`;
  const metadata = await portal.api(at('/metadata/techdocs'));
  assert.equal(metadata.site_name, 'Payments handbook');
  const fetched = async path =>
    fetch(`${portal.base}${at('/static/docs')}/${path}`, { headers: { authorization: `Bearer ${apiToken}` }, redirect: 'manual' });
  const html = await fetched('guides/refunds/index.html');
  assert.equal(html.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(await html.text(), await readFile(join(site, 'guides/refunds/index.html'), 'utf8'));
  const image = await fetched('img/way.png');
  assert.equal(image.headers.get('content-type'), 'image/png');
  assert.equal((await fetched('guides/refunds')).status, 301);
  assert.equal((await fetched('nowhere/index.html')).status, 404);
});

test('4. what CI publishes anew shows on the next view', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'published-'));
  await cp(site, folder, { recursive: true });
  const file = join(folder, 'operations/index.html');
  const before = await readFile(file, 'utf8');
  await writeFile(file, before.replace('Text before any heading.', 'Paging starts at eight.'));
  await publish(bucket, placed, folder);
  await rm(folder, { recursive: true });
  await eventually(async () => {
    await page.goto(docs('operations'));
    return (await main()).includes('Paging starts at eight.');
  });
});

test('5. an entity without a published site says so', async () => {
  const answer = await page.goto(docs('', 'unpublished'));
  assert.equal(answer.status(), 404);
  assert.match(await main(), /No documentation is published for this entity/);
  await picture('unpublished');
});

/** Publishes a folder with the portal's own command line and its configuration; gives what it says. */
async function publishWithCommand(folder) {
  const publishing = ['docs', 'publish', folder, '--entity', 'default/component/written', '--json'];
  const ran = await promisify(execFile)(given('BACKSTAGE_BINARY'), publishing, { cwd: portal.folder });
  return JSON.parse(ran.stdout);
}

test('6. what the command line publishes is read, and published anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'written-'));
  await mkdir(join(folder, 'docs/guides'), { recursive: true });
  const files = {
    'mkdocs.yml': 'site_name: Written\n',
    'docs/index.md': '# Written here\n\nSee [how to pay](guides/pay%20it.md) and [old](old.md).\n',
    'docs/guides/pay it.md': '# Pay\n\n## At night\n\nWait until morning.\n',
    'docs/old.md': '# Old\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const first = await publishWithCommand(folder);
  assert.deepEqual([first.folder, first.pages, first.written, first.removed], ['default/component/written', 3, 6, 0]);
  await eventually(async () => (await page.goto(docs('', 'written'))).status() === 200);
  await page.locator('article').getByRole('link', { name: 'how to pay' }).click();
  await page.getByRole('heading', { name: 'At night' }).waitFor();
  await picture('written');
  await writeFile(join(folder, 'docs/index.md'), '# Written anew\n');
  await rm(join(folder, 'docs/old.md'));
  const second = await publishWithCommand(folder);
  assert.deepEqual([second.pages, second.written, second.removed], [2, 5, 1]);
  await rm(folder, { recursive: true });
  await eventually(async () => {
    await page.goto(docs('', 'written'));
    return (await main()).includes('Written anew');
  });
  const fetched = async path =>
    fetch(`${portal.base}/api/techdocs/static/docs/default/component/written/${path}`, { headers: { authorization: `Bearer ${apiToken}` } });
  assert.equal((await fetched('index.html')).status, 200);
  await eventually(async () => (await fetched('old/index.html')).status === 404);
});

test('7. the server may be away', async () => {
  const fails = /is away|is left alone after failures/;
  await page.goto(docs());
  await wire.cut();
  await eventually(async () => {
    await page.goto(docs());
    return fails.test(await main());
  });
  const shown = await main();
  assert.match(shown, /This may not be the newest version/);
  assert.match(shown, /Where it listens/);
  await picture('away');
  const answer = await page.goto(docs('guides/deploy'));
  assert.equal(answer.status(), 502, 'nobody has read this page before');
  assert.match(await main(), /This page cannot be read[\s\S]*at 127\.0\.0\.1/);
  assert.deepEqual(await page.locator('.docs-nav.docs-wide a').allInnerTexts(), ['Home', 'Deploy', 'Refunds', 'Operations']);
  await picture('unread-page-away');
  await wire.mend();
  await eventually(
    async () => (await page.goto(docs('guides/deploy'))).status() === 200 && !fails.test(await main()),
    { within: 30_000 },
  );
});
