// The portal of the acceptance: the release binary with one configuration for all servers, killed and started again.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/portal.mjs';
import { given } from './servers.mjs';

/** The repository's root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** A token of the configuration, for what the story asks by API. */
export const apiToken = 'acceptance-0123456789abcdef';

export class Portal {
  constructor(folder, port, name) {
    this.folder = folder;
    this.port = port;
    this.name = name;
    this.base = `http://127.0.0.1:${port}`;
  }

  /** A folder of its own, with the configuration that `configure(base)` makes and further `files`; its log is kept as `name`. */
  static async prepare(configure, files = {}, { name = 'portal', port = given('PORTAL_PORT') } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'acceptance-'));
    const portal = new Portal(folder, port, name);
    await writeFile(join(folder, 'app-config.yaml'), configure(portal.base));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return portal;
  }

  async start() {
    const log = createWriteStream(join(this.folder, 'portal.log'), { flags: 'a' });
    this.child = spawn(given('BACKSTAGE_BINARY'), ['serve', '--config', 'app-config.yaml'], { cwd: this.folder });
    this.child.stdout.pipe(log, { end: false });
    this.child.stderr.pipe(log, { end: false });
    this.ended = new Promise(done => this.child.on('exit', done));
    const ready = async () => (await fetch(`${this.base}/.backstage/health/v1/readiness`)).ok;
    await eventually(ready, { what: () => `the portal did not start; see ${this.folder}/portal.log` });
  }

  /** Ends the process at this instant, as a power cut does. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async killAndStart() {
    await this.kill();
    await this.start();
  }

  /** Ends it and removes its folder; the log is kept beside the pictures. */
  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
    const kept = process.env.SCREENSHOTS;
    if (kept) {
      await mkdir(kept, { recursive: true });
      await copyFile(join(this.folder, 'portal.log'), join(kept, `${this.name}.log`));
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The moment at which the last webhook was taken in, by the portal's own log. */
  async lastDelivery() {
    const log = await readFile(join(this.folder, 'portal.log'), 'utf8');
    const taken = log.split('\n').filter(line => line.includes('POST /api/events/http/gitea 202'));
    return Date.parse(JSON.parse(taken.at(-1)).timestamp);
  }

  /** Asks the API with the story's token. */
  async api(path, { method = 'GET', body, fine = [] } = {}) {
    const answer = await fetch(`${this.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok && !fine.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** An entity by kind and name, or nothing. */
  async entity(kind, name) {
    const answer = await this.api(`/api/catalog/entities/by-name/${kind}/default/${name}`, { fine: [404] });
    return answer.metadata ? answer : null;
  }
}

/** Milliseconds until `probe` returns something true, at most `within`. */
export async function timeUntil(probe, within, what) {
  const begin = Date.now();
  await eventually(probe, { within, what: () => what });
  return Date.now() - begin;
}
