// The original's client from npm, unmodified, drives our API.
import assert from 'node:assert/strict';
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
  for await (const page of client.streamEntities({ filter: { kind: 'api' } }, { pageSize: 2 })) streamed.push(...page);
  assert.ok(streamed.length > 3);
  const { items } = await client.getEntitiesByRefs({
    entityRefs: ['component:default/talentmesh-api', 'component:default/nobody'],
  });
  assert.equal(items[0].metadata.name, 'talentmesh-api');
  assert.equal(items[1], undefined);
  const { facets } = await client.getEntityFacets({ facets: ['kind'] });
  assert.ok(facets.kind.find(facet => facet.value === 'Component').count > 3);
  const ancestry = await client.getEntityAncestors({ entityRef: 'component:default/talentmesh-api' });
  assert.equal(ancestry.rootEntityRef, 'component:default/talentmesh-api');
  assert.ok(ancestry.items.length > 1);
});

test('registers, refreshes and removes a location', async () => {
  const { createServer } = await import('node:http');
  const yaml = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: from-url }\n' +
    'spec: { type: service, lifecycle: experimental, owner: platform-team }\n';
  const files = createServer((_, answer) => answer.end(yaml));
  await new Promise(done => files.listen(0, '127.0.0.1', done));
  const target = `http://127.0.0.1:${files.address().port}/catalog-info.yaml`;
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
});
