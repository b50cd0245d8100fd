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

// A template that needs no other server: every sort of field, a step that takes a moment, and what a task shows at its end.
export const greeting = {
  'greeting.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: greeting
  title: Greeting
  description: Writes a greeting into the log.
  tags: [demo, recommended]
spec:
  type: service
  owner: group:default/platform-team
  parameters:
    - title: Whom
      description: Whom to greet, as in \`kubectl get\`.
      required: [name, owner]
      properties:
        name: { title: Name, type: string, ui:field: EntityNamePicker, ui:autofocus: true }
        owner: { title: Owner, type: string, ui:field: OwnerPicker, ui:options: { catalogFilter: { kind: Group } } }
        system: { title: System, type: string, ui:field: EntityPicker, ui:options: { catalogFilter: { kind: System } } }
        about: { title: About, type: string, ui:widget: textarea, ui:help: One sentence. }
        port: { title: Port, type: integer, default: 8080, minimum: 1024 }
        loud: { title: Loud, type: boolean }
        tags: { title: Tags, type: array, ui:field: EntityTagsPicker }
    - title: How
      properties:
        way: { title: Way, type: string, enum: [none, mail], enumNames: [None, By mail], default: none, ui:widget: radio }
        regions: { title: Regions, type: array, uniqueItems: true, items: { type: string, enum: [fsn, hel] } }
        hosts: { title: Hosts, type: array, items: { type: string, title: Host } }
        limits: { title: Limits, type: object, properties: { cpu: { title: CPU, type: string, default: 500m } } }
        repoUrl: { title: Repository, type: string, ui:field: RepoUrlPicker, ui:options: { allowedHosts: [gitea.example.com, github.com] } }
        token: { title: Token, type: string, ui:field: Secret }
        chart: { title: Chart, type: string, ui:field: ChartPicker }
      dependencies:
        way:
          oneOf:
            - properties: { way: { const: none } }
            - required: [address]
              properties: { way: { const: mail }, address: { title: Address, type: string, format: email } }
  steps:
    - { id: hello, name: Say hello, action: debug:log, input: { message: 'Hello \${{ parameters.name }} in \${{ parameters.hosts }}' } }
    - { id: pause, name: Pause, action: debug:wait, input: { milliseconds: 700 } }
    - { id: secret, name: Whisper, action: debug:log, input: { message: 'It is \${{ secrets.token }}' } }
  output:
    links: [{ title: Open the team, icon: group, entityRef: 'group:default/platform-team' }]
    text: [{ title: Next, content: 'Greet \`\${{ parameters.name }}\` again.' }]
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: fails, title: Always fails, tags: [demo] }
spec:
  type: website
  parameters: []
  steps:
    - { id: nothing, name: Look for nothing, action: catalog:fetch, input: { entityRef: 'component:default/no-such' } }
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: notes, title: Notes, tags: [demo], description: Fetches two files that lie beside it. }
spec:
  type: documentation
  parameters: []
  steps:
    - { id: say, name: Say it in colour, action: debug:log, input: { message: "\\e[31mRed alert\\e[39m, then calm" } }
    - { id: notes, name: Fetch the notes, action: fetch:plain:file, input: { url: ./notes.md, targetPath: docs/notes.md } }
    - { id: late, name: Fetch what comes late, action: fetch:plain:file, input: { url: ./late.md, targetPath: docs/late.md } }
    - { id: look, name: Look, action: debug:log, input: { listWorkspace: with-contents } }
`,
};

// A template in which the checks find something of each severity.
export const faulty = {
  'faulty.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: faulty
  title: Template with mistakes
  description: Its page tells what is wrong with it.
  tags: [demo]
spec:
  type: service
  owner: group:default/platform-team
  parameters:
    required: [name]
    properties:
      name: { title: Name, type: string }
      owner: { title: Owner, type: string, ui:field: OwnerPicker, ui:options: { allowedKinds: [Group] } }
  steps:
    - id: fetch
      action: fetch:template
      input: { url: ./a-skeleton-with-a-very-long-name-that-is-not-there, values: { name: '\${{ parameters.nmae }}' } }
    - id: publish
      action: publish:gitae
      if: 'false'
      input: { repoUrl: 'gitea.example.com?repo=\${{ parameters.name | kebab }}' }
`,
};
