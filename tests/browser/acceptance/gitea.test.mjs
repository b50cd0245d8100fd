// Gitea in step with the portal, on a real server: each section is one thing that must hold, with an organisation and a portal of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, freePort, startBrowser } from '../support/portal.mjs';
import { component, configuration, organization, picture, remove } from './support/gitea.mjs';
import { Portal, timeUntil } from './support/portal.mjs';

/** Longest that a push may take until it is served, in milliseconds. */
const AT_ONCE = 2_000;

describe('pushes', () => {
  const secret = 'a-secret-of-the-acceptance';
  let gitea, portal, browser;

  const address = (repository, path, branch = 'main') =>
    `${gitea.base}/${gitea.organisation}/${repository}/src/branch/${branch}/${path}`;
  const hooks = () => gitea.call(`/orgs/${gitea.organisation}/hooks`);
  const described = async name => (await portal.entity('component', name))?.metadata.description;
  /** The source that reads an address, as the portal reports it. */
  const source = async target => {
    const { sources } = await portal.api('/api/catalog/sources');
    return sources.find(one => one.location === `url:${target}`);
  };
  /** A page or an answer, asked for as the person at this machine, who administers the portal. */
  const asPerson = (path, options = {}) => fetch(`${portal.base}${path}`, { redirect: 'manual', ...options });
  /** Has the portal check its webhooks now. */
  const check = async () => {
    const answer = await asPerson('/gitea/webhooks', { method: 'POST', headers: { origin: portal.base } });
    assert.equal(answer.status, 303, await answer.text());
  };

  before(async () => {
    gitea = await organization('pushes');
    const initial = { 'catalog-info.yaml': component('orders', 'first'), 'billing/catalog-info.yaml': component('billing', 'first') };
    for (const name of ['orders', 'goes']) await gitea.repository(name);
    await gitea.commit('orders', 'Two components', initial);
    await gitea.commit('goes', 'One component', { 'catalog-info.yaml': component('goes', 'first') });
    await gitea.call(`/repos/${gitea.organisation}/orders/branches`, { method: 'POST', body: { new_branch_name: 'next', old_ref_name: 'main' } });
    await gitea.commit('orders', 'Another name', { 'catalog-info.yaml': component('orders-next', 'first') }, 'next');
    const targets = [
      address('orders', 'catalog-info.yaml'),
      address('orders', 'billing/catalog-info.yaml'),
      address('orders', 'catalog-info.yaml', 'next'),
      address('goes', 'catalog-info.yaml'),
    ];
    // What is seen within minutes is seen because of a push.
    const more = `
catalog:
  processingInterval: { hours: 6 }
  rules: [{ allow: [Component, API, Location] }]
  locations: [${targets.map(target => `{ type: url, target: '${target}' }`).join(', ')}]
events:
  modules: { gitea: { webhookSecret: ${secret} } }
portal:
  gitea: { webhook: manage, webhookLevel: organization, webhookOrganizations: [${gitea.organisation}] }
`;
    portal = await Portal.prepare(configuration(more), {}, { name: 'gitea', port: await freePort() });
    await portal.start();
    for (const name of ['orders', 'billing', 'orders-next', 'goes']) {
      await eventually(() => portal.entity('component', name), { what: () => `${name} did not come` });
    }
    browser = await startBrowser();
  });

  after(async () => {
    await browser?.close();
    await portal?.stop();
    if (gitea) await remove(gitea);
  });

  test('the portal makes its webhook, once', async () => {
    const [hook, ...more] = await eventually(async () => {
      const all = await hooks();
      return all.length > 0 && all;
    });
    assert.deepEqual(more, []);
    assert.equal(hook.config.url, `${portal.base}/api/events/http/gitea`);
    assert.equal(hook.config.content_type, 'json');
    assert.equal(hook.active, true);
    assert.deepEqual([...hook.events].sort(), ['create', 'delete', 'push', 'release', 'repository']);
  });

  test('a pushed descriptor is served within two seconds, twenty times', async t => {
    const taken = [];
    for (let number = 1; number <= 20; number += 1) {
      await gitea.commit('orders', `Push ${number}`, { 'catalog-info.yaml': component('orders', `push ${number}`) });
      const is = async () => (await described('orders')) === `push ${number}`;
      const waited = await timeUntil(is, 20_000, `push ${number} did not show`);
      taken.push(Date.now() - (await portal.lastDelivery()));
      t.diagnostic(`push ${number}: served ${waited} ms after it, ${taken.at(-1)} ms after Gitea delivered it`);
    }
    await picture(browser, `${portal.base}/gitea/webhooks`, 'webhooks');
    // Gitea delivers from queues of its own, which takes a second or two.
    t.diagnostic(`at most ${Math.max(...taken)} ms after the delivery`);
    assert.ok(Math.max(...taken) <= AT_ONCE, `${Math.max(...taken)} ms`);
  });

  test('only what a push touches is read again', async () => {
    const all = [address('orders', 'catalog-info.yaml'), address('orders', 'billing/catalog-info.yaml'), address('orders', 'catalog-info.yaml', 'next')];
    const runs = async () => {
      const found = [];
      for (const target of all) found.push((await source(target)).lastRunAt);
      return found;
    };
    const earlier = await runs();
    const files = { 'billing/catalog-info.yaml': component('billing', 'second'), 'README.md': '# Orders\n' };
    await gitea.commit('orders', 'Billing alone', files);
    await eventually(async () => (await described('billing')) === 'second', { what: () => 'billing did not change' });
    const later = await runs();
    assert.equal(later[0], earlier[0], 'the other descriptor was not read');
    assert.notEqual(later[1], earlier[1]);
    assert.equal(later[2], earlier[2], 'the other branch was not read');
  });

  test('a branch that is deleted is said to be gone', async () => {
    const target = address('orders', 'catalog-info.yaml', 'next');
    await gitea.call(`/repos/${gitea.organisation}/orders/branches/next`, { method: 'DELETE' });
    await timeUntil(async () => (await source(target)).problems.length > 0, 10_000, 'nothing is said of the branch');
    const taken = Date.now() - (await portal.lastDelivery());
    assert.ok(taken <= AT_ONCE, `${taken} ms after the delivery`);
  });

  test('a branch that comes back is read', async () => {
    const target = address('orders', 'catalog-info.yaml', 'next');
    await gitea.call(`/repos/${gitea.organisation}/orders/branches`, { method: 'POST', body: { new_branch_name: 'next', old_ref_name: 'main' } });
    await eventually(async () => !(await source(target)).problems.some(problem => /404|not found|no file/i.test(JSON.stringify(problem))), {
      what: () => 'the branch is still said to be gone',
    });
  });

  test('a repository that is deleted is said to be gone', async () => {
    await gitea.call(`/repos/${gitea.organisation}/goes`, { method: 'DELETE' });
    const target = address('goes', 'catalog-info.yaml');
    await timeUntil(async () => (await source(target)).problems.length > 0, 10_000, 'nothing is said of the repository');
    const taken = Date.now() - (await portal.lastDelivery());
    assert.ok(taken <= AT_ONCE, `${taken} ms after the delivery`);
  });

  test('a damaged webhook is repaired', async () => {
    const [hook] = await hooks();
    const damage = { active: false, events: ['push'], branch_filter: 'main', config: { content_type: 'form' } };
    await gitea.call(`/orgs/${gitea.organisation}/hooks/${hook.id}`, { method: 'PATCH', body: damage });
    await check();
    const mended = await eventually(async () => (await hooks()).find(one => one.active), { what: () => 'it is still damaged' });
    assert.equal(mended.id, hook.id);
    assert.equal(mended.config.content_type, 'json');
    assert.equal(mended.events.length, 5);
    assert.match(mended.branch_filter, /^\*?$/);
  });

  test('a webhook that somebody made with another secret is made anew', async () => {
    const [hook] = await hooks();
    const wrong = { ...hook, type: 'gitea', config: { ...hook.config, secret: 'another-secret' } };
    await gitea.call(`/orgs/${gitea.organisation}/hooks/${hook.id}`, { method: 'DELETE' });
    await gitea.call(`/orgs/${gitea.organisation}/hooks`, { method: 'POST', body: wrong });
    await gitea.commit('orders', 'Refused', { 'catalog-info.yaml': component('orders', 'refused') });
    await eventually(async () => (await (await asPerson('/gitea/webhooks')).text()).includes('Refused deliveries'), {
      what: () => 'the refused delivery is not shown',
    });
    await check();
    await eventually(async () => (await hooks()).length === 1 && (await hooks())[0].id !== hook.id);
    await picture(browser, `${portal.base}/gitea/webhooks`, 'webhooks-made-anew');
    await gitea.commit('orders', 'Taken in', { 'catalog-info.yaml': component('orders', 'taken in') });
    await eventually(async () => (await described('orders')) === 'taken in', { what: () => 'the new webhook does not deliver' });
  });

  test('a push while the portal is down is taken in after its start', async t => {
    // It has to have asked the server once for what was changed.
    const asked = async () => (await (await asPerson('/api/work/jobs?kind=gitea-webhooks.missed&state=done')).json()).items.length > 0;
    await eventually(asked, { within: 90_000, what: () => 'the server was not asked for changes' });
    await portal.kill();
    await gitea.commit('orders', 'Nobody listens', { 'catalog-info.yaml': component('orders', 'missed') });
    await portal.start();
    const is = async () => (await described('orders')) === 'missed';
    t.diagnostic(`served ${await timeUntil(is, 90_000, 'the push was never seen')} ms after the start`);
  });
});
