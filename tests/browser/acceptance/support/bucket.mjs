// The bucket of the real S3 server, written as a job of CI writes it.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { given } from './servers.mjs';

const run = promisify(execFile);

/** One signed request; its body is a file, or nothing. */
async function put(path, file) {
  const arguments_ = ['--fail-with-body', '--silent', '--show-error', '--config', '-', '--aws-sigv4', `aws:amz:${given('S3_REGION')}:s3`];
  const running = run('curl', [...arguments_, ...(file ? ['--upload-file', file] : ['--request', 'PUT']), `${given('S3_ENDPOINT')}/${path}`]);
  running.child.stdin.end(`user = "${given('AWS_ACCESS_KEY_ID')}:${given('AWS_SECRET_ACCESS_KEY')}"\n`);
  await running;
}

/** Makes a bucket. */
export const makeBucket = name => put(name);

/** Puts the files of `folder` below `prefix` in a bucket; files of these names are replaced. */
export async function publish(bucket, prefix, folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    await put(`${bucket}/${prefix}/${relative(folder, path)}`, path);
  }
}
