// What the platform's own repository says: the teams, and the templates that they offer.

/** Its catalog-info.yaml. */
export const selection = `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: platform
spec:
  type: url
  targets:
    - ./org.yaml
    - ./templates/typescript-service/template.yaml
`;

const group = (name, title) => `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: ${name}, title: ${title} }
spec: { type: team, children: [] }
`;

const person = (name, displayName, team) => `apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ${name} }
spec:
  profile: { displayName: ${displayName}, email: ${name}@example.com }
  memberOf: [${team}]
`;

/** Its org.yaml: the people of Keycloak's realm and their teams. */
export const organization = [
  group('talent', 'Talent'),
  group('platform', 'Platform'),
  person('grace', 'Grace Hopper', 'talent'),
  person('ada', 'Ada Lovelace', 'platform'),
].join('---\n');
