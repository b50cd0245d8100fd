// The graph of relations: its address is its state, its nodes are links, and it stays readable at 500.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../support/axe.mjs';
import { eventually, picture } from '../support/portal.mjs';
import { browser, portal, sharePortalAndBrowser } from '../support/suite.mjs';
import { text, texts, turn, visiting } from '../support/visit.mjs';

// A service in the middle of 700 others, each of which needs the next two.
const count = 700;
const service = (name, needs) =>
  `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, namespace: mesh }
spec: { type: service, lifecycle: production, owner: platform-team, dependsOn: [${needs.map(need => `component:mesh/${need}`).join(', ')}] }
`;
const numbers = Array.from({ length: count }, (_, number) => number);
const mesh = [
  service('hub', numbers.map(number => `s${number}`)),
  ...numbers.map(number => service(`s${number}`, [number + 1, number + 2].filter(next => next < count).map(next => `s${next}`))),
].join('---\n');
const star = ['wheel', 'rim'].map((name, at) =>
  at === 0 ? service(name, numbers.slice(0, 30).map(number => `spoke${number}`)) : service(name, [])).join('---\n');

sharePortalAndBrowser({ files: { 'mesh.yaml': mesh, 'star.yaml': star } });

const graph = (query = '') => `${portal.base}/catalog-graph${query}`;
const labels = page => texts(page, '.graph-node text');
const around = '?rootEntityRefs%5B%5D=component:default/talentmesh-api';

test('shows what surrounds an entity, each pair of relations once', async () => {
  await visiting(browser, graph(around), {}, async page => {
    assert.equal(await text(page, '.graph-node.is-root text'), 'talentmesh-api');
    const found = await labels(page);
    for (const name of ['TalentMesh', 'Platform Team', 'CloudNativePG database', 'Valkey cache']) {
      assert.ok(found.includes(name), `${name} in ${found}`);
    }
    await page.getByText('As a table').click();
    const rows = await texts(page, '.relation-table tbody tr');
    assert.equal(rows.filter(row => /talentmesh-api depends on Valkey cache/.test(row)).length, 1);
    assert.ok(!rows.some(row => /dependencyOf/.test(row)));
  });
});

test('steps, kinds, relations and direction are in the address', async () => {
  await visiting(browser, graph(around), {}, async page => {
    const before = (await labels(page)).length;
    await turn(page, page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: '2' }));
    assert.match(page.url(), /maxDepth=2/);
    assert.ok((await labels(page)).length > before);
    await turn(page, page.getByRole('complementary').getByRole('link', { name: 'Resource' }));
    assert.match(page.url(), /selectedKinds.*=resource/);
    assert.ok((await labels(page)).includes('Valkey cache') && !(await labels(page)).includes('Platform Team'));
    await turn(page, page.getByRole('complementary').getByRole('link', { name: 'has part' }));
    assert.deepEqual(await labels(page), ['talentmesh-api']);
    await turn(page, page.getByRole('link', { name: 'Clear filters' }));
    const across = await page.locator('.graph-canvas').getAttribute('viewBox');
    await turn(page, page.getByRole('link', { name: 'Down' }));
    assert.match(page.url(), /direction=TB/);
    assert.notEqual(await page.locator('.graph-canvas').getAttribute('viewBox'), across);
  });
});

test('on a phone the options are one line, the rest comes up when asked for', async () => {
  await visiting(browser, graph(around), { look: 'phone' }, async page => {
    const controls = await page.locator('.graph-controls').boundingBox();
    assert.ok(controls.height < 50, `${controls.height} pixels`);
    await page.getByRole('button', { name: 'Options' }).click();
    assert.deepEqual(await findings(page), []);
    await turn(page, page.getByRole('link', { name: 'Down' }));
    assert.match(page.url(), /direction=TB/);
  });
});

test('nodes are links that the keyboard reaches, with the whole name', async () => {
  await visiting(browser, graph(around), {}, async page => {
    const node = page.locator('.graph-node', { hasText: 'Valkey cache' });
    await node.focus();
    assert.equal(await node.getAttribute('aria-label'), 'Valkey cache, Resource valkey-cache');
    await page.keyboard.press('Enter');
    await page.waitForURL(/resource\/valkey-cache$/);
  });
});

test('zooms with buttons and fits into its frame', async () => {
  await visiting(browser, graph(`${around}&maxDepth=3`), {}, async page => {
    const width = () => page.locator('.graph-canvas').evaluate(svg => svg.getBoundingClientRect().width);
    const before = await width();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    assert.ok((await width()) > before);
    await page.getByRole('button', { name: 'Fit' }).click();
    const frame = await page.locator('.graph-scroll').evaluate(element => element.clientWidth);
    assert.ok((await width()) <= frame + 1);
  });
});

test('fills the screen, and leaves it again', async () => {
  await visiting(browser, graph(around), {}, async page => {
    const button = page.getByRole('button', { name: 'Full screen' });
    await button.click();
    await page.waitForFunction(() => document.fullscreenElement?.matches('.graph'));
    assert.deepEqual(await findings(page), []);
    await button.click();
    await page.waitForFunction(() => !document.fullscreenElement);
  });
});

test('on a phone it opens with the neighbours in sight', async () => {
  await visiting(browser, graph(around), { look: 'phone' }, async page => {
    const frame = await page.locator('.graph-scroll').boundingBox();
    for (const name of ['TalentMesh gateway', 'Valkey cache', 'CloudNativePG database']) {
      const node = await page.locator('.graph-node', { hasText: name }).boundingBox();
      assert.ok(node.x >= frame.x && node.x + node.width <= frame.x + frame.width, `${name} at ${node.x}`);
    }
  });
});

test('a crowd is shown as stacks, and one by one its arrows come out when looked at', async () => {
  const around = '?rootEntityRefs%5B%5D=component:mesh/hub';
  await visiting(browser, graph(around), {}, async page => {
    assert.ok((await labels(page)).some(name => /^\d+ × service$/.test(name)), (await labels(page)).join());
    assert.ok((await labels(page)).length < 10);
    await page.goto(graph(`${around}&collapse=false`));
    assert.equal(await page.locator('.graph-edge.is-lit').count(), 0);
    await page.locator('.graph-node', { hasText: /^s100,/ }).focus();
    await eventually(async () => (await page.locator('.graph-edge.is-lit').count()) >= 2);
    assert.match(await text(page, '.graph-legend'), /depends on/);
  });
});

test('many alike entities are one stack, which opens', async () => {
  await visiting(browser, graph('?rootEntityRefs%5B%5D=component:mesh/wheel'), {}, async page => {
    const stack = page.locator('.graph-node.is-stack', { hasText: '30 ×' });
    assert.equal((await labels(page)).length, 3, 'wheel, its owner, and the stack');
    await stack.click();
    await page.waitForURL(/collapse=false/);
    assert.equal((await labels(page)).filter(name => name.startsWith('spoke')).length, 30);
  });
});

test('five hundred entities are drawn soon, more are counted', async () => {
  await visiting(browser, 'about:blank', {}, async page => {
    const started = Date.now();
    await page.goto(graph('?rootEntityRefs%5B%5D=component:mesh/s350&maxDepth=20&collapse=false&selectedRelations%5B%5D=dependsOn'));
    const took = Date.now() - started;
    assert.equal(await page.locator('.graph-node').count(), 500);
    // The build is not optimised, and most of the time is the browser's.
    assert.ok(took < 5_000, `${took} ms`);
    assert.match(await text(page, '.notice'), /Only the nearest 500 entities are shown; at least \d+ more are connected/);
    await picture(page, 'graph-500');
    // A node looks like one of a small graph, where colours and sizes are checked.
    assert.deepEqual(await findings(page, { without: ['color-contrast', 'target-size'] }), []);
  });
});

test('a graph in which everything hangs on everything is drawn soon, too', async () => {
  const query = '?rootEntityRefs%5B%5D=component:mesh/hub&maxDepth=20&collapse=false';
  // Laid out with every arrow it would take the server many seconds.
  const answer = await fetch(graph(query), { signal: AbortSignal.timeout(5_000) });
  const page = await answer.text();
  assert.equal(page.match(/<a class="graph-node/g).length, 500);
  assert.ok(!page.includes('too entangled'));
});

test('reads without JavaScript and without the picture', async () => {
  await visiting(browser, graph(around), { javaScriptEnabled: false }, async page => {
    assert.ok((await labels(page)).includes('Valkey cache'));
    assert.ok(await page.locator('.graph-tools').isHidden());
    await page.getByText('As a table').click();
    assert.ok(await page.getByRole('cell', { name: 'Valkey cache' }).first().isVisible());
  });
});

test('without a root it shows the landscape, with an unknown root what is missing', async () => {
  await visiting(browser, graph(), {}, async page => {
    assert.ok((await labels(page)).includes('TalentMesh'));
    await page.goto(graph('?rootEntityRefs%5B%5D=component:default/nobody'));
    assert.equal(await page.locator('.graph-node.is-missing').count(), 1);
  });
});

test('the tab of an entity draws what it needs, in as many steps as one likes', async () => {
  await visiting(browser, `${portal.base}/catalog/default/component/talentmesh-gateway/dependencies?steps=1`, {}, async page => {
    const near = (await labels(page)).length;
    await turn(page, page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: '2' }));
    assert.ok((await labels(page)).length > near);
    assert.ok((await text(page, '#relation-providesApi')).includes('TalentMesh REST'));
    await page.getByRole('link', { name: 'Explore the graph' }).click();
    await page.waitForURL(/catalog-graph\?.*maxDepth=2/);
  });
});
