// What the sections on Gitea share: an organisation of their own, a portal that knows the server, descriptors and pictures.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { looks } from '../../support/portal.mjs';
import { apiToken } from './portal.mjs';
import { giteaOf, given } from './servers.mjs';

/** A name that is new in every run, so that a server may stay between runs. */
export const fresh = name => `${name}-${Date.now().toString(36).slice(-5)}`;
/** A descriptor of one component. */
export const component = (name, description) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  description: ${description}
spec: { type: service, lifecycle: production, owner: team }
`;

/** An organisation at Gitea, made for one section. */
export async function organization(name) {
  const gitea = giteaOf(fresh(name));
  await gitea.call('/orgs', { method: 'POST', body: { username: gitea.organisation, visibility: 'public' } });
  return gitea;
}

/** Removes an organisation with its repositories. */
export async function remove(gitea) {
  for (const { name } of await gitea.call(`/orgs/${gitea.organisation}/repos?limit=50`)) {
    await gitea.call(`/repos/${gitea.organisation}/${name}`, { method: 'DELETE', fine: [404] });
  }
  await gitea.call(`/orgs/${gitea.organisation}`, { method: 'DELETE', fine: [404] });
}

/** A portal that knows the server, and what `more` adds to its configuration. */
export const configuration = more => base => `
app: { title: Talentmesh, baseUrl: '${base}' }
backend:
  baseUrl: ${base}
  listen: { host: 127.0.0.1, port: ${new URL(base).port} }
  database: { client: better-sqlite3, connection: { directory: ./data } }
  auth:
    externalAccess:
      - { type: static, options: { token: ${apiToken}, subject: acceptance } }
integrations:
  gitea:
    - { host: '${new URL(given('GITEA_URL')).host}', baseUrl: '${given('GITEA_URL')}', password: ${given('GITEA_TOKEN')} }
${more}`;

/** Keeps what a person sees. */
export async function picture(browser, address, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  const page = await browser.newPage(looks.light);
  await page.goto(address);
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `gitea-${name}.png`), fullPage: true });
  await page.close();
}
