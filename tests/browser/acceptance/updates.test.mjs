// A template at a real Gitea changes after a project was made of it: the project is behind, and the change is proposed to it.
// Each test stands on the tests before it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { eventually, freePort, looks, startBrowser } from '../support/portal.mjs';
import { configuration, fresh, organization, picture, remove } from './support/gitea.mjs';
import { apiToken, Portal } from './support/portal.mjs';
import { given } from './support/servers.mjs';

const host = () => new URL(given('GITEA_URL')).host;
const template = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: small-service, title: Small service }
spec:
  type: service
  owner: team
  parameters:
    - required: [name]
      properties:
        name: { title: Name, type: string }
        code: { title: Code word, type: string, ui:widget: password }
  steps:
    - id: fetch
      action: fetch:template
      input: { url: ./skeleton, values: { name: '\${{ parameters.name }}' } }
    - id: publish
      action: publish:gitea
      input: { repoUrl: '${host()}?owner=ORGANISATION&repo=\${{ parameters.name }}' }
`;
const main = 'name = "${{ values.name }}"\nport = 8080\nlevel = "info"\nretries = 3\ntimeout = 10\n';

describe('updates of projects', () => {
  const [project, templates] = [fresh('small'), fresh('templates')];
  let gitea, portal, browser, page, listed;

  const projects = async () => (await portal.api('/api/scaffolder/v2/projects')).projects;

  before(async () => {
    gitea = await organization('updates');
    await gitea.repository(templates);
    await gitea.commit(templates, 'A template', {
      'small/template.yaml': template.replace('ORGANISATION', gitea.organisation),
      'small/skeleton/main.toml': main,
      'small/skeleton/README.md': '# ${{ values.name }}\n',
    });
    const place = `${gitea.base}/${gitea.organisation}/${templates}/src/branch/main/small/template.yaml`;
    const more = `
catalog:
  rules: [{ allow: [Component, Location, Template] }]
  locations: [{ type: url, target: '${place}' }]
`;
    portal = await Portal.prepare(configuration(more), {}, { name: 'updates', port: await freePort() });
    await portal.start();
    browser = await startBrowser();
    page = await browser.newPage(looks.light);
    await eventually(() => portal.entity('template', 'small-service'), { what: () => 'the template did not come' });
  });

  after(async () => {
    await browser?.close();
    await portal?.stop();
    if (gitea) await remove(gitea);
  });

  test('a project keeps the template, its commit and its values, without what the form hides', async () => {
    const body = { templateRef: 'template:default/small-service', values: { name: project, code: 'hush-hush' } };
    const { id } = await portal.api('/api/scaffolder/v2/tasks', { method: 'POST', body });
    await eventually(async () => (await portal.api(`/api/scaffolder/v2/tasks/${id}`)).status === 'completed', { what: () => `task ${id} is not completed` });
    const record = await gitea.text(project, '.backstage/template.yaml');
    const [commit] = await gitea.commits(templates);
    assert.ok(record.includes(`commit: ${commit.sha}`), record);
    assert.ok(record.includes(`name: ${project}`) && !record.includes('hush'), record);
    [listed] = await projects();
    assert.ok(listed.repository.includes(project), JSON.stringify(listed));
  });

  test('the command line shows what would change', async () => {
    await gitea.commit(templates, 'A word on the use', { 'small/skeleton/USE.md': 'Use ${{ values.name }}.\n' });
    const arguments_ = ['template', 'update', `${gitea.organisation}/${project}`, '--url', portal.base];
    const { stdout } = await promisify(execFile)(given('BACKSTAGE_BINARY'), arguments_, { env: { ...process.env, BACKSTAGE_TOKEN: apiToken } });
    assert.match(stdout, /USE\.md: new in the template/);
    assert.match(stdout, new RegExp(`\\+Use ${project}\\.`));
  });

  test('what both sides change is merged into one pull request', async () => {
    const text = await gitea.text(project, 'main.toml');
    await gitea.commit(project, 'Wait longer', { 'main.toml': text.replace('timeout = 10', 'timeout = 60') });
    await gitea.commit(templates, 'Another port, and a licence', {
      'small/skeleton/main.toml': main.replace('8080', '9090'),
      'small/skeleton/LICENSE': 'For ${{ values.name }}\n',
    });
    await page.goto(`${portal.base}/create/projects`);
    await page.getByRole('button', { name: /Look again/ }).click();
    await page.getByRole('link', { name: 'See the update' }).click();
    await page.getByText('changed by both, merged').waitFor();
    await picture(browser, `${portal.base}/create/projects`, 'projects');
    await picture(browser, page.url(), 'update');
    await page.getByRole('button', { name: 'Open a pull request' }).click();
    const link = page.getByRole('link', { name: 'the last pull request' });
    await link.waitFor();
    assert.match(await link.getAttribute('href'), /\/pulls\/1$/);
    const branch = (await gitea.call(`/repos/${gitea.organisation}/${project}/pulls/1`)).head.ref;
    const proposed = async path => {
      const { content } = await gitea.call(`/repos/${gitea.organisation}/${project}/contents/${path}?ref=${encodeURIComponent(branch)}`);
      return Buffer.from(content, 'base64').toString();
    };
    const merged = await proposed('main.toml');
    assert.ok(merged.includes('port = 9090') && merged.includes('timeout = 60'), merged);
    assert.equal(await proposed('LICENSE'), `For ${project}\n`);
  });

  test('a project whose pull request is merged is up to date', async () => {
    const body = { Do: 'merge' };
    await eventually(async () => (await gitea.call(`/repos/${gitea.organisation}/${project}/pulls/1`)).mergeable);
    await gitea.call(`/repos/${gitea.organisation}/${project}/pulls/1/merge`, { method: 'POST', body });
    await page.goto(`${portal.base}/create/projects`);
    await page.getByRole('button', { name: /Look again/ }).click();
    await eventually(async () => (await projects())[0].state === 'current', { what: () => 'the project is still behind' });
  });

  test('the command line merges an update into a checkout, and its record is believed', async () => {
    await gitea.commit(templates, 'A longer timeout, another level', {
      'small/skeleton/main.toml': main.replace('8080', '9090').replace('"info"', '"debug"').replace('timeout = 10', 'timeout = 20'),
    });
    const folder = await mkdtemp(join(tmpdir(), 'checkout-'));
    const git = (...arguments_) => promisify(execFile)('git', ['-C', folder, '-c', 'user.name=Ines', '-c', 'user.email=ines@example.com', ...arguments_]);
    const address = new URL(`${gitea.base}/${gitea.organisation}/${project}.git`);
    Object.assign(address, { username: given('GITEA_ADMIN'), password: given('GITEA_TOKEN') });
    await git('clone', '-q', address.href, '.');
    const update = () =>
      promisify(execFile)(given('BACKSTAGE_BINARY'), ['template', 'update', `--write=${folder}`, '--url', portal.base], {
        env: { ...process.env, BACKSTAGE_TOKEN: apiToken },
      });
    await writeFile(join(folder, 'notes.txt'), 'not committed');
    await assert.rejects(update, error => error.code === 2 && /notes\.txt/.test(error.stderr));
    await git('clean', '-fq');
    // Both sides have changed the timeout: a person decides.
    await assert.rejects(update, error => error.code === 1 && /main\.toml: conflict/.test(error.stdout));
    const text = await readFile(join(folder, 'main.toml'), 'utf8');
    assert.match(text, /<<<<<<< this repository[^]*timeout = 60[^]*=======[^]*timeout = 20[^]*>>>>>>> newer template/);
    await git('commit', '-qam', 'Update');
    await git('push', '-q');
    await page.goto(`${portal.base}/create/projects`);
    await page.getByRole('button', { name: /Look again/ }).click();
    await eventually(async () => (await projects())[0].state === 'current', { what: () => 'the project is still behind' });
    await rm(folder, { recursive: true });
  });
});
