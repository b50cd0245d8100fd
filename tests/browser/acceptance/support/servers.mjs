// The servers beside the portal, spoken to as their own users do: Gitea, Kubernetes with Flux, and Grafana.
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A variable that the starting scripts printed. */
export function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`cargo xtask acceptance\`, which starts the servers`);
  return value;
}

/** One request to an API that speaks JSON; a status outside of 2xx that is not among `fine` is an error. */
export async function call(address, { method = 'GET', body, headers = {}, fine = [] } = {}) {
  const answer = await fetch(address, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok && !fine.includes(answer.status)) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Gitea's API as its administrator, for the repositories of one organisation. */
export function giteaOf(organisation) {
  const base = given('GITEA_URL');
  const headers = { authorization: `token ${given('GITEA_TOKEN')}` };
  const ask = (path, options = {}) => call(`${base}/api/v1${path}`, { ...options, headers });
  return {
    base,
    organisation,
    call: ask,
    /** An empty repository of the organisation; one that is there from another run is made anew. */
    async repository(name) {
      await ask(`/repos/${organisation}/${name}`, { method: 'DELETE', fine: [404] });
      await ask(`/orgs/${organisation}/repos`, { method: 'POST', body: { name, default_branch: 'main' } });
    },
    /** One commit that writes `files`, given as path and text; returns its id. */
    async commit(repository, message, files, branch = 'main') {
      const path = `/repos/${organisation}/${repository}/contents`;
      const changes = [];
      for (const [name, text] of Object.entries(files)) {
        const known = await ask(`${path}/${name}?ref=${branch}`, { fine: [404] });
        const content = Buffer.from(text).toString('base64');
        changes.push(known.sha ? { operation: 'update', path: name, content, sha: known.sha } : { operation: 'create', path: name, content });
      }
      const answer = await ask(path, { method: 'POST', body: { branch, message, files: changes } });
      return answer.commit.sha;
    },
    async text(repository, path) {
      const address = `${base}/api/v1/repos/${organisation}/${repository}/raw/${path}?ref=main`;
      const answer = await fetch(address, { headers });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return answer.text();
    },
    async commits(repository) {
      return ask(`/repos/${organisation}/${repository}/commits?sha=main&stat=false`);
    },
  };
}

/** The organisation that the starting scripts fill. */
export const gitea = giteaOf(given('GITEA_ORG'));

/** `kubectl` as the cluster's administrator; `input` is what it reads. */
export async function kubectl(arguments_, input) {
  const running = run(given('KUBECTL'), arguments_, { env: { ...process.env, KUBECONFIG: given('KUBECONFIG') } });
  if (input !== undefined) running.child.stdin.end(input);
  return (await running).stdout;
}

/** Runs one of the scripts that fill servers; it may be run again. */
export async function seed(name) {
  await run(join(given('SERVICES_SCRIPTS'), `${name}.sh`), [], { env: process.env });
}

/** Grafana's API as its administrator. */
export function grafana(path, options = {}) {
  const secret = Buffer.from(`${given('GRAFANA_ADMIN')}:${given('GRAFANA_PASSWORD')}`).toString('base64');
  return call(`${given('GRAFANA_URL')}${path}`, {
    ...options,
    headers: { authorization: `Basic ${secret}`, 'x-disable-provenance': 'true' },
  });
}

/** All files below a folder, as path and text. */
export async function filesBelow(folder) {
  const files = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    files[relative(folder, path)] = await readFile(path, 'utf8');
  }
  return files;
}
