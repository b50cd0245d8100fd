// The bucket of the real S3 server, written as a job of CI writes it.
import { createHash, createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { given } from './servers.mjs';

const digest = content => createHash('sha256').update(content).digest('hex');
const keyed = (key, text) => createHmac('sha256', key).update(text).digest();

/** Headers of a PUT with version 4 of Amazon's signatures. */
function signed({ host, pathname }, content) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = { host, 'x-amz-content-sha256': digest(content), 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = ['PUT', pathname, '', lines.join(''), names, headers['x-amz-content-sha256']].join('\n');
  const scope = [time.slice(0, 8), given('S3_REGION'), 's3', 'aws4_request'];
  const key = scope.reduce(keyed, `AWS4${given('AWS_SECRET_ACCESS_KEY')}`);
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), digest(request)].join('\n');
  const credential = `${given('AWS_ACCESS_KEY_ID')}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${keyed(key, text).toString('hex')}`;
  return { ...headers, authorization };
}

async function put(path, content = Buffer.alloc(0)) {
  const address = new URL(`${given('S3_ENDPOINT')}/${path}`);
  const answer = await fetch(address, { method: 'PUT', headers: signed(address, content), body: content });
  if (!answer.ok) throw new Error(`PUT ${address}: ${answer.status} ${await answer.text()}`);
}

/** Makes a bucket. */
export const makeBucket = name => put(name);

/** Puts the files of `folder` below `prefix` in a bucket; files of these names are replaced. */
export async function publish(bucket, prefix, folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    await put(`${bucket}/${prefix}/${relative(folder, path)}`, await readFile(path));
  }
}
