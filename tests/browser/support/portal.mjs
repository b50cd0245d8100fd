// Starts the portal on a copy of the example catalog, and a browser to look at it.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const binary = process.env.BACKSTAGE_BINARY ?? join(root, 'target/debug/backstage');
const screenshots = process.env.SCREENSHOTS ?? join(root, 'target/screenshots');

/** A port of this machine at which nothing listens. */
export async function freePort() {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}

/**
 * A running portal: `base` is its address, `folder` holds the example files it watches.
 * `files` are further catalog files, given as name and text.
 */
export async function startPortal({ files = {}, extraConfig = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'portal-'));
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const targets = ['examples/catalog.yaml', ...Object.keys(files)];
  const locations = targets.map(target => `{ type: file, target: ./${target} }`).join(', ');
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  await writeFile(
    join(folder, 'app-config.yaml'),
    `app: { title: OpenOva, baseUrl: '${base}' }
backend:
  baseUrl: ${base}
  listen: { host: 127.0.0.1, port: ${port} }
  reading: { allow: [{ host: '127.0.0.1:1-65535' }, { host: 127.0.0.1 }] }
  database: { client: better-sqlite3, connection: { directory: ./data } }
catalog:
  rules: [{ allow: [Component, System, API, Resource, Location, Domain, Group, User, Template] }]
  locations: [${locations}]
portal: { resolveFilePlaceholders: true }
${extraConfig}`,
  );
  const child = spawn(binary, ['serve', '--config', 'app-config.yaml'], { cwd: folder });
  let log = '';
  child.stdout.on('data', data => (log += data));
  child.stderr.on('data', data => (log += data));
  const ended = new Promise(done => child.on('exit', done));
  const ready = async () => {
    const answer = await fetch(`${base}/api/catalog/entities/by-name/component/default/talentmesh-api`);
    return answer.ok;
  };
  await eventually(ready, { what: () => `the portal did not start:\n${log}` });
  await complete(base);
  return {
    base,
    folder,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until nothing more comes in: a page that is open then would take it up live, and move. */
async function complete(base) {
  let [last, since] = [-1, Date.now()];
  const isQuiet = async () => {
    const answer = await fetch(`${base}/api/catalog/entities/by-query?limit=0`);
    const { totalItems } = await answer.json();
    if (totalItems !== last) [last, since] = [totalItems, Date.now()];
    return Date.now() - since > 500;
  };
  await eventually(isQuiet, { what: () => 'the catalog goes on growing' });
}

/** Polls `probe` until it returns something true, at most `within` milliseconds. */
export async function eventually(probe, { within = 20_000, what = () => 'the condition did not come true' } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await probe().catch(() => false);
    if (value) return value;
    if (Date.now() > deadline) throw new Error(what());
    await new Promise(done => setTimeout(done, 40));
  }
}

/** Debian's Chromium, without its background traffic. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const looks = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true },
};

/** Keeps a picture as test output. */
export async function picture(page, name) {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: false });
}
