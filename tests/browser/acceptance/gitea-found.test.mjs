// What the portal finds at a real Gitea by itself: repositories and their descriptors, people and owners, and what goes on in them.
// Each test stands on the tests before it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, freePort, looks, startBrowser } from '../support/portal.mjs';
import { component, configuration, fresh, organization, picture, remove } from './support/gitea.mjs';
import { Portal, timeUntil } from './support/portal.mjs';
import { given } from './support/servers.mjs';

/** Longest from the delivery of a push until it is served, in milliseconds. */
const AT_ONCE = 2_000;

describe('what is found', () => {
  const names = Object.fromEntries(['web', 'ada', 'orders', 'late', 'plain'].map(name => [name, fresh(name)]));
  let gitea, portal, browser, page;
  const annotation = (entity, key) => entity?.metadata.annotations?.[key] ?? '';
  const pageText = async path => (await fetch(`${portal.base}${path}`)).text();

  before(async () => {
    gitea = await organization('found');
    const org = gitea.organisation;
    const user = { username: names.ada, email: `${names.ada}@example.com`, password: `${names.ada}-Passw0rd!`, must_change_password: false };
    await gitea.call('/admin/users', { method: 'POST', body: user });
    const rights = { name: names.web, permission: 'write', units: ['repo.code', 'repo.issues', 'repo.pulls'], includes_all_repositories: true };
    const team = await gitea.call(`/orgs/${org}/teams`, { method: 'POST', body: rights });
    await gitea.call(`/teams/${team.id}/members/${names.ada}`, { method: 'PUT' });
    for (const name of ['orders', 'late', 'plain']) await gitea.repository(names[name]);
    await gitea.commit(names.orders, 'Take orders', {
      'catalog-info.yaml': component(names.orders, 'takes orders').replace('owner: team', `owner: ${names.web}`),
      'README.md': '# Order desk\n\nTakes orders.\n',
      CODEOWNERS: `.* @${org}/${names.web}\n`,
    });
    await gitea.commit(names.late, 'Begin', { 'README.md': '# Late\n' });
    await gitea.commit(names.plain, 'Begin', { 'README.md': '# Plain tool\n', 'openapi.yaml': 'openapi: 3.0.0\ninfo: { title: Plain, version: "1" }\npaths: {}\n' });
    await gitea.call(`/repos/${org}/${names.orders}/issues`, { method: 'POST', body: { title: 'Orders get lost' } });
    const host = new URL(given('GITEA_URL')).host;
    const schedule = 'schedule: { frequency: { seconds: 5 }, timeout: { minutes: 1 } }';
    const more = `
catalog:
  processingInterval: { hours: 6 }
  rules: [{ allow: [Component, API, Location, Group, User] }]
  providers:
    gitea: { main: { host: '${host}', organization: ${org}, ${schedule} } }
    giteaOrg: { main: { host: '${host}', orgs: [${org}], ${schedule} } }
events:
  modules: { gitea: { webhookSecret: a-secret-of-the-acceptance } }
portal:
  gitea: { webhook: manage, webhookLevel: organization, webhookOrganizations: [${org}] }
`;
    portal = await Portal.prepare(configuration(more), {}, { name: 'gitea-found', port: await freePort() });
    await portal.start();
    browser = await startBrowser();
    page = await browser.newPage(looks.light);
  });

  after(async () => {
    await browser?.close();
    await portal?.stop();
    if (!gitea) return;
    await remove(gitea);
    await gitea.call(`/admin/users/${names.ada}?purge=true`, { method: 'DELETE', fine: [404] });
  });

  test('repositories with a descriptor are in the catalog, all are listed', async () => {
    await eventually(() => portal.entity('component', names.orders), { what: () => 'the component did not come' });
    const listed = await pageText('/gitea');
    for (const name of ['orders', 'late', 'plain']) assert.ok(listed.includes(names[name]), `${name} is not listed`);
    await picture(browser, `${portal.base}/gitea`, 'repositories');
  });

  test('organisation, team and user are groups and a user', async () => {
    const group = await eventually(() => portal.entity('group', names.web), { what: () => 'the team did not come' });
    assert.equal(group.spec.type, 'team');
    assert.equal(group.spec.parent, gitea.organisation);
    const user = await eventually(() => portal.entity('user', names.ada), { what: () => 'the user did not come' });
    assert.ok(user.spec.memberOf.includes(names.web), JSON.stringify(user.spec));
  });

  test('a first descriptor that is pushed is found at once', async () => {
    await eventually(async () => (await gitea.call(`/orgs/${gitea.organisation}/hooks`)).length === 1);
    const begin = Date.now();
    await gitea.commit(names.late, 'Describe it', { 'catalog-info.yaml': component(names.late, 'came late') });
    await timeUntil(() => portal.entity('component', names.late), 20_000, 'the pushed descriptor was not found');
    const served = Date.now();
    // A list may come before Gitea delivers.
    const delivered = await portal.lastDelivery().catch(() => 0);
    assert.ok(delivered < begin || served - delivered <= AT_ONCE, `${served - delivered} ms after the delivery`);
  });

  test('a renamed repository keeps its entity', async () => {
    const before = await portal.entity('component', names.late);
    const renamed = `${names.late}-renamed`;
    await gitea.call(`/repos/${gitea.organisation}/${names.late}`, { method: 'PATCH', body: { name: renamed } });
    const moved = async () => {
      const entity = await portal.entity('component', names.late);
      return annotation(entity, 'backstage.io/managed-by-location').includes(renamed) && entity;
    };
    const entity = await eventually(moved, { within: 40_000, what: () => 'the entity did not follow' });
    assert.equal(entity.metadata.uid, before.metadata.uid);
  });

  test('a repository without descriptor gets one as a pull request', async () => {
    await page.goto(`${portal.base}/gitea?q=${names.plain}`);
    await page.getByRole('link', { name: 'Make one' }).click();
    await page.getByRole('button', { name: 'Open pull request' }).waitFor();
    await picture(browser, page.url(), 'descriptor');
    await page.getByRole('button', { name: 'Open pull request' }).click();
    await eventually(async () => (await gitea.call(`/repos/${gitea.organisation}/${names.plain}/pulls`)).length === 1);
    const [request] = await gitea.call(`/repos/${gitea.organisation}/${names.plain}/pulls`);
    const path = `/repos/${gitea.organisation}/${names.plain}/contents/catalog-info.yaml?ref=${request.head.ref}`;
    const proposed = Buffer.from((await gitea.call(path)).content, 'base64').toString();
    assert.match(proposed, new RegExp(`name: ${names.plain}`));
    assert.match(proposed, /kind: API/);
  });

  test('the Code tab shows README, commit and issue', async () => {
    await page.goto(`${portal.base}/catalog/default/component/${names.orders}/code`);
    for (const text of ['Order desk', 'Take orders', 'Orders get lost', names.web]) {
      await page.getByText(text).first().waitFor();
    }
    await picture(browser, page.url(), 'code');
  });

  test('who owns a path is said by rule and by entity', async () => {
    const url = `${gitea.base}/${gitea.organisation}/${names.orders}/src/branch/main/README.md`;
    // As the person at this machine, who administers the portal.
    const text = await pageText(`/api/gitea/owners?url=${encodeURIComponent(url)}`);
    assert.ok(text.includes(`${gitea.organisation}/${names.web}`), text);
    assert.ok(text.includes(`component:default/${names.orders}`), text);
    await picture(browser, `${portal.base}/gitea/owners?url=${encodeURIComponent(url)}`, 'owners');
  });
});
