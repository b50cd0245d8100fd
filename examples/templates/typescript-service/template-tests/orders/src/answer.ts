export type Answer = { status: number; body: unknown };

/** What the service answers to a request. */
export function answer(method: string, path: string): Answer {
  if (method === 'GET' && path === '/healthz') {
    return { status: 200, body: { status: 'ok' } };
  }
  if (method === 'GET' && path === '/') {
    return { status: 200, body: { service: 'orders' } };
  }
  return { status: 404, body: { error: 'There is nothing at this address' } };
}
