// The original's client from npm, unmodified, drives our API.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { CatalogClient } from '@backstage/catalog-client';
import { eventually, startPortal } from '../support/portal.mjs';

let portal;
let client;

before(async () => {
  portal = await startPortal();
  client = new CatalogClient({ discoveryApi: { getBaseUrl: async id => `${portal.base}/api/${id}` } });
});
after(() => portal?.stop());

test('an entity by reference, whatever its case', async () => {
  const entity = await client.getEntityByRef('Component:default/talentmesh-api');
  assert.equal(entity.metadata.annotations['grafana/dashboard-selector'], 'app=talentmesh-api');
  assert.deepEqual(entity.spec.dependsOn, ['resource:cnpg-database', 'resource:valkey-cache']);
  assert.ok(entity.relations.some(r => r.type === 'ownedBy' && r.targetRef === 'group:default/platform-team'));
  assert.equal(await client.getEntityByRef('component:default/nobody'), undefined);
  const named = await client.getEntityByName({ kind: 'Component', namespace: 'default', name: 'talentmesh-api' });
  assert.deepEqual(named, entity);
});

test('lists with filters, fields and order', async () => {
  const { items } = await client.getEntities({
    filter: { kind: 'component', 'spec.lifecycle': 'production' },
    fields: ['metadata.name', 'spec.lifecycle'],
    order: { field: 'metadata.name', order: 'asc' },
  });
  const names = items.map(item => item.metadata.name);
  assert.ok(names.length > 3);
  assert.deepEqual(names, [...names].sort());
  assert.ok(items.every(item => item.spec.lifecycle === 'production' && item.kind === undefined));
});

test('walks a query forward and back, by GET and by POST', async () => {
  for (const start of [{ filter: { kind: 'component' } }, { query: { kind: 'component' } }]) {
    const seen = [];
    let page = await client.queryEntities({ ...start, limit: 2, orderFields: [{ field: 'metadata.name', order: 'asc' }] });
    const { totalItems } = page;
    const first = page.items.map(item => item.metadata.name);
    for (;;) {
      seen.push(...page.items.map(item => item.metadata.name));
      if (!page.pageInfo.nextCursor) break;
      page = await client.queryEntities({ cursor: page.pageInfo.nextCursor, limit: 2 });
    }
    assert.equal(seen.length, totalItems);
    assert.deepEqual(seen, [...seen].sort());
    while (page.pageInfo.prevCursor) {
      page = await client.queryEntities({ cursor: page.pageInfo.prevCursor, limit: 2 });
    }
    assert.deepEqual(page.items.map(item => item.metadata.name), first);
  }
});

test('streams, looks up by references, counts facets, follows ancestry', async () => {
  const streamed = [];
  for await (const page of client.streamEntities({ filter: { kind: 'component' }, pageSize: 2 })) streamed.push(...page);
  const { items: listed } = await client.getEntities({ filter: { kind: 'component' } });
  const names = entities => entities.map(entity => entity.metadata.name).sort();
  assert.ok(streamed.length > 3);
  assert.deepEqual(names(streamed), names(listed));
  const { items } = await client.getEntitiesByRefs({
    entityRefs: ['component:default/talentmesh-api', 'component:default/nobody'],
  });
  assert.equal(items[0].metadata.name, 'talentmesh-api');
  assert.equal(items[1], undefined);
  const parts = await client.getEntitiesByRefs({
    entityRefs: ['component:default/talentmesh-api', 'group:default/platform-team'],
    fields: ['kind'],
    filter: { kind: 'group' },
  });
  assert.deepEqual(parts.items, [undefined, { kind: 'Group' }]);
  const { facets } = await client.getEntityFacets({ facets: ['kind'] });
  const components = facets.kind.find(facet => facet.value === 'Component');
  assert.ok(components.count > 3);
  const asked = await client.getEntityFacets({ facets: ['kind'], query: { kind: 'component' } });
  assert.deepEqual(asked.facets.kind, [components]);
  const ancestry = await client.getEntityAncestors({ entityRef: 'component:default/talentmesh-api' });
  assert.equal(ancestry.rootEntityRef, 'component:default/talentmesh-api');
  assert.ok(ancestry.items.length > 1);
});

/** Serves one component at every path, named after the file. */
async function startFiles() {
  const files = createServer((request, answer) => {
    const name = request.url.split('/').pop().replace('.yaml', '');
    answer.end(
      `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: ${name} }\n` +
        'spec: { type: service, lifecycle: experimental, owner: platform-team }\n',
    );
  });
  await new Promise(done => files.listen(0, '127.0.0.1', done));
  return { url: path => `http://127.0.0.1:${files.address().port}/${path}`, close: () => files.close() };
}

test('lists, finds and changes locations', async () => {
  const files = await startFiles();
  const registered = [];
  try {
    for (const name of ['one', 'two', 'three']) {
      registered.push((await client.addLocation({ type: 'url', target: files.url(`${name}.yaml`) })).location);
    }
    const known = items => items.map(item => item.id).sort();
    const expected = known(registered);
    assert.deepEqual(known((await client.getLocations()).items), expected);
    const page = await client.queryLocations({ limit: 2, query: { type: 'url' } });
    assert.equal(page.totalItems, 3);
    const rest = await client.queryLocations({ cursor: page.pageInfo.nextCursor });
    assert.deepEqual(known([...page.items, ...rest.items]), expected);
    const streamed = [];
    for await (const locations of client.streamLocations({ query: { type: 'url' } })) streamed.push(...locations);
    assert.deepEqual(known(streamed), expected);
    const [one] = registered;
    assert.deepEqual(await client.getLocationById(one.id), one);
    assert.equal(await client.getLocationById('00000000-0000-4000-8000-000000000000'), undefined);
    assert.deepEqual(await client.getLocationByRef(`url:${one.target}`), one);
    const moved = await client.updateLocation(one.id, { type: 'url', target: files.url('moved.yaml') });
    assert.equal(moved.target, files.url('moved.yaml'));
    assert.equal(moved.entityRef, one.entityRef);
    await eventually(() => client.getEntityByRef('component:default/moved'));
  } finally {
    for (const location of registered) await client.removeLocationById(location.id);
    files.close();
  }
});

test('an entity that is removed comes back with its source', async () => {
  const files = await startFiles();
  const { location } = await client.addLocation({ type: 'url', target: files.url('again.yaml') });
  try {
    const entity = await eventually(() => client.getEntityByRef('component:default/again'));
    await client.removeEntityByUid(entity.metadata.uid);
    const again = await eventually(() => client.getEntityByRef('component:default/again'));
    assert.notEqual(again.metadata.uid, entity.metadata.uid);
  } finally {
    await client.removeLocationById(location.id);
    files.close();
  }
});

test('proposes a component for a repository', async () => {
  const analysis = await client.analyzeLocation({ location: { type: 'url', target: 'https://github.com/lumen/shop' } });
  assert.deepEqual(analysis.existingEntityFiles, []);
  assert.equal(analysis.generateEntities[0].entity.metadata.annotations['github.com/project-slug'], 'lumen/shop');
});

test('registers, refreshes and removes a location', async () => {
  const files = await startFiles();
  const target = files.url('from-url.yaml');
  try {
    const preview = await client.addLocation({ type: 'url', target, dryRun: true });
    assert.equal(preview.exists, false);
    assert.ok(preview.entities.some(entity => entity.metadata.name === 'from-url'));
    const { location } = await client.addLocation({ type: 'url', target });
    await eventually(() => client.getEntityByRef('component:default/from-url'));
    await assert.rejects(client.addLocation({ type: 'url', target }), /409/);
    const byEntity = await client.getLocationByEntity('component:default/from-url');
    assert.equal(byEntity.id, location.id);
    await client.refreshEntity('component:default/from-url');
    await client.removeLocationById(location.id);
    assert.equal(await client.getEntityByRef('component:default/from-url'), undefined);
  } finally {
    files.close();
  }
});

test('validates an entity and explains what is wrong', async () => {
  const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'x' }, spec: { type: 'a', lifecycle: 'b' } };
  const verdict = await client.validateEntity(entity, 'url:http://127.0.0.1/x.yaml');
  assert.equal(verdict.valid, false);
  assert.match(verdict.errors[0].message, /must have required property 'owner'/);
  const whole = { ...entity, spec: { ...entity.spec, owner: 'platform-team' } };
  assert.deepEqual(await client.validateEntity(whole, 'url:http://127.0.0.1/x.yaml'), { valid: true });
});
