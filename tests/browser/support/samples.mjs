// Catalog files with everything wrong that a person may write.

export const brokenFiles = {
  'broken.yaml': `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: half-right
  description: Valid, but its owner is not in the catalog.
spec:
  type: service
  lifecycle: production
  owner: platform-team
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: never-right
  tags: [Not A Tag]
spec:
  type: service
  lifecycle: production
  owner: platform-team
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: broken-definition
spec:
  type: openapi
  lifecycle: experimental
  owner: platform-team
  definition: |
    openapi: 3.0.0
    info:
      title: [unclosed
---
kind: [unclosed
`,
};
