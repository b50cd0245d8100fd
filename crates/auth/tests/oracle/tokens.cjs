// The original's own handlers of tokens (npm package @backstage/backend-defaults) read the tokens of a portal and make some for it.
// Arguments: address of the portal, port on which the keys of a plugin are served. Prints one JSON line for each check.
'use strict';
const http = require('node:http');
const path = require('node:path');
const { createRequire } = require('node:module');

const handlers = path.join(__dirname, 'node_modules/@backstage/backend-defaults/dist/entrypoints/auth');
const jose = createRequire(path.join(handlers, 'helpers.cjs.js'))('jose');
const { UserTokenHandler } = require(path.join(handlers, 'user/UserTokenHandler.cjs.js'));
const { DefaultPluginTokenHandler } = require(path.join(handlers, 'plugin/PluginTokenHandler.cjs.js'));

const [base, port] = process.argv.slice(2);
const discovery = { getBaseUrl: async plugin => `${base}/api/${plugin}` };
const logger = { warn() {}, info() {}, debug() {}, error() {}, child() { return logger; } };

async function check(name, test) {
  let difference = null;
  try {
    difference = (await test()) ?? null;
  } catch (error) {
    difference = String(error);
  }
  console.log(JSON.stringify({ name, difference }));
}

const same = (found, expected) => (found === expected ? undefined : `${found} instead of ${expected}`);
const bearer = token => ({ headers: { authorization: `Bearer ${token}` } });
const status = async (where, token) => (await fetch(`${base}${where}`, bearer(token))).status;

async function keysOfPlugin() {
  const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const [open, secret] = await Promise.all([publicKey, privateKey].map(key => jose.exportJWK(key)));
  const name = { kid: 'todo-1', alg: 'ES256' };
  return { open: { ...open, ...name }, secret: { ...secret, ...name } };
}

async function main() {
  const keys = await keysOfPlugin();
  const server = http.createServer((_, answer) => answer.end(JSON.stringify({ keys: [keys.open] })));
  await new Promise(resolve => server.listen(Number(port), '127.0.0.1', resolve));
  const users = UserTokenHandler.create({ discovery, logger });
  const plugin = DefaultPluginTokenHandler.create({
    logger,
    discovery,
    ownPluginId: 'todo',
    keyDuration: { hours: 1 },
    keySource: { getPrivateSigningKey: async () => keys.secret, listKeys: async () => ({ keys: [{ key: keys.open }] }) },
  });
  const guest = await (await fetch(`${base}/api/auth/guest/refresh`)).json();
  const token = guest.backstageIdentity.token;
  const small = users.createLimitedUserToken(token);

  await check('a user token is read', async () => same((await users.verifyToken(token)).userEntityRef, 'user:development/guest'));
  await check('a limited token is read', async () => same((await users.verifyToken(small.token)).userEntityRef, 'user:development/guest'));
  await check('the cookie is the limited token', async () => {
    const answer = await fetch(`${base}/api/techdocs/.backstage/auth/v1/cookie`, bearer(token));
    const cookie = answer.headers.get('set-cookie').split(';')[0];
    const { expiresAt } = await answer.json();
    return same(`${cookie} ${expiresAt}`, `backstage-auth=${small.token} ${small.expiresAt.toISOString()}`);
  });
  await check('a changed token is refused by both', async () => {
    const changed = token.replace(/\.([^.])([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
    const refused = await users.verifyToken(changed).then(() => 'read', error => error.message);
    const answer = await (await fetch(`${base}/api/catalog/entities`, bearer(changed))).json();
    return same(answer.error.message, refused);
  });
  await check('a limited token is refused elsewhere', async () => same(await status('/api/catalog/entities', small.token), 401));
  await check('plugins of the portal may be called', async () => same(await plugin.isTargetPluginSupported('catalog'), true));

  const issue = async (targetPluginId, onBehalfOf) => (await plugin.issueToken({ pluginId: 'todo', targetPluginId, onBehalfOf })).token;
  const person = { limitedUserToken: small.token, expiresAt: small.expiresAt };
  const setting = '/api/user-settings/buckets/oracle/keys/none';
  await check('a plugin calls for itself', async () => same(await status('/api/catalog/entities', await issue('catalog')), 200));
  await check('a plugin has no settings', async () => same(await status(setting, await issue('user-settings')), 403));
  await check('a person has, by a plugin', async () => same(await status(setting, await issue('user-settings', person)), 404));
  await check('a token for another plugin is refused', async () => same(await status('/api/catalog/entities', await issue('search')), 401));
  server.close();
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
