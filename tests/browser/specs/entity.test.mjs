// The entity page: what it says, its tabs, related entities by the page, problems, history, near names.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../support/portal.mjs';
import { brokenFiles } from '../support/samples.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, visiting } from '../support/visit.mjs';

sharePortalAndBrowser({ files: brokenFiles });

const entity = (kind, name, rest = '') => `${portal.base}/catalog/default/${kind}/${name}${rest}`;

test('the overview tells what the descriptor says', async () => {
  await visiting(browser, entity('component', 'talentmesh-api'), {}, async page => {
    assert.equal(await text(page, 'h1'), 'talentmesh-api');
    const facts = await text(page, '.entity-facts');
    for (const part of ['service', 'production', 'Platform Team', 'TalentMesh']) assert.ok(facts.includes(part), part);
    await page.locator('.folded > summary').click();
    const annotations = await text(page, '.card:has(h2:text-is("Annotations"))');
    assert.ok(annotations.includes('grafana/dashboard-selector app=talentmesh-api'), annotations);
    const needs = await text(page, '#relation-dependsOn');
    assert.ok(needs.includes('CloudNativePG database') && needs.includes('Valkey cache'), needs);
    await page.getByRole('link', { name: 'Platform Team' }).first().click();
    await page.waitForURL(/group\/platform-team$/);
  });
});

test('links, labels and tags are there, and a tag leads to what carries it', async () => {
  await visiting(browser, entity('system', 'delivery'), {}, async page => {
    const link = page.locator('.link-list a').first();
    assert.match(await link.getAttribute('href'), /^https:/);
    assert.match(await link.getAttribute('rel'), /noreferrer/);
    await page.locator('.tags a', { hasText: 'gitops' }).click();
    await page.waitForURL(/tag=gitops/);
    assert.ok((await texts(page, 'tbody .entity-name')).includes('Delivery'));
  });
});

test('related entities come by the page', async () => {
  await visiting(browser, entity('system', 'talentmesh'), {}, async page => {
    const card = page.locator('#relation-hasPart');
    const first = await card.locator('td:first-child .entity-name').allInnerTexts();
    assert.equal(first.length, 10);
    await card.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/hasPart=2/);
    const second = await page.locator('#relation-hasPart td:first-child .entity-name').allInnerTexts();
    assert.ok(second.length > 0 && !second.some(name => first.includes(name)));
  });
});

test('a tab appears only where it has something to say, and an old address leads to the overview', async () => {
  await visiting(browser, entity('user', 'mei'), {}, async page => {
    assert.deepEqual(await texts(page, '.tabs a'), ['Overview', 'History', 'YAML']);
    await page.goto(entity('user', 'mei', '/kubernetes'));
    assert.equal(new URL(page.url()).pathname, '/catalog/default/user/mei');
  });
});

test('the YAML tab shows what is served, with a raw form', async () => {
  await visiting(browser, entity('component', 'talentmesh-api', '/yaml'), {}, async page => {
    assert.match(await text(page, '.code pre'), /^apiVersion: backstage.io\/v1alpha1 kind: Component metadata:/);
    const raw = await fetch(entity('component', 'talentmesh-api', '/raw.yaml'));
    assert.match(raw.headers.get('content-type'), /^text\/plain/);
    assert.match(await raw.text(), /grafana\/dashboard-selector: app=talentmesh-api/);
  });
});

test('what breaks keeps its last good form and says what, where, why and the way out', async () => {
  const file = join(portal.folder, 'broken.yaml');
  const before = await readFile(file, 'utf8');
  await writeFile(file, before.replace('  name: half-right\n', '  name: half-right\n  tags: [Not Right]\n'));
  try {
    const address = entity('component', 'half-right');
    await eventually(async () => (await (await fetch(address)).text()).includes('problem-badge'));
    await visiting(browser, address, {}, async page => {
      assert.ok((await text(page, '.prose')).startsWith('Valid, but'));
      const problem = await text(page, '.problem');
      assert.match(problem, /tags\.0/);
      assert.match(problem, /broken\.yaml:5/);
      assert.match(problem, /Fix: write not-right/);
      assert.equal(await text(page, '.problem-badge'), '1 problem');
    });
  } finally {
    await writeFile(file, before);
  }
});

test('an entity that never was valid explains itself on its own page', async () => {
  await visiting(browser, entity('component', 'never-right'), {}, async page => {
    assert.equal(page.answer.status(), 404);
    assert.match(await text(page, '.problem'), /tags\.0.*broken\.yaml:\d+/);
  });
});

test('a wrong name leads to the near ones', async () => {
  await visiting(browser, entity('component', 'talentmesh-gatewy'), {}, async page => {
    assert.equal(page.answer.status(), 404);
    await page.locator('.suggestions').getByRole('link', { name: 'TalentMesh gateway' }).click();
    await page.waitForURL(/talentmesh-gateway$/);
  });
});

test('history shows every change field by field, and the entity as it was', async () => {
  const file = join(portal.folder, 'examples/domains.yaml');
  const before = await readFile(file, 'utf8');
  const name = before.match(/name: (\S+)/)[1];
  await writeFile(file, before.replace(/description: .*/, 'description: Told in other words.'));
  await eventually(async () => (await (await fetch(entity('domain', name, '/history'))).text()).includes('Told in other words.'));
  await visiting(browser, entity('domain', name, '/history'), {}, async page => {
    const change = page.locator('.timeline-entry').first();
    assert.match((await change.innerText()).replace(/\s+/g, ' '), /Changed.*metadata\.description.*Told in other words\./);
    assert.match(await text(page, '.timeline-entry:last-child'), /Created/);
    await page.locator('.timeline-entry').last().getByRole('link', { name: /^v\d+$/ }).click();
    assert.ok(!(await text(page, '.code pre')).includes('Told in other words'));
  });
});
