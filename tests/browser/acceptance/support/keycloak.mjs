// Keycloak, as its administrator.
import { call, given } from './servers.mjs';

const base = given('KEYCLOAK_URL');
const realm = new URL(given('KEYCLOAK_ISSUER')).pathname.split('/').at(-1);

async function token() {
  const answer = await fetch(`${base}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: given('KEYCLOAK_ADMIN'),
      password: given('KEYCLOAK_PASSWORD'),
    }),
  });
  if (!answer.ok) throw new Error(`Keycloak's administrator cannot sign in: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

/** Makes a person who has no User entity; the name to sign in with. The password is that of the other people. */
export async function withoutEntity() {
  await call(`${base}/admin/realms/${realm}/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}` },
    body: {
      username: 'eve',
      enabled: true,
      emailVerified: true,
      email: 'eve@example.com',
      firstName: 'Eve',
      lastName: 'Elsewhere',
      credentials: [{ type: 'password', value: given('KEYCLOAK_USER_PASSWORD'), temporary: false }],
    },
    fine: [409],
  });
  return 'eve';
}
