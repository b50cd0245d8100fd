import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '../src/answer.ts';

test('the service says its name', () => {
  assert.deepEqual(answer('GET', '/'), { status: 200, body: { service: 'orders' } });
});

test('the service says that it is well', () => {
  assert.equal(answer('GET', '/healthz').status, 200);
});

test('unknown addresses are refused', () => {
  assert.equal(answer('GET', '/nothing').status, 404);
});
