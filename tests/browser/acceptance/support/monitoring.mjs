// What a team sets up in Grafana for its service.

const query = 'sum by (code) (http_requests_per_second)';
const datasource = { type: 'prometheus', uid: 'prometheus' };

/** A dashboard for the service, found by its tag. */
export const dashboard = service => ({
  overwrite: true,
  dashboard: {
    title: `Requests of ${service}`,
    uid: service,
    tags: [`app=${service}`],
    panels: [
      {
        id: 1,
        type: 'timeseries',
        title: 'Requests',
        gridPos: { x: 0, y: 0, w: 12, h: 8 },
        datasource,
        fieldConfig: { defaults: { unit: 'reqps' }, overrides: [] },
        targets: [{ refId: 'A', datasource, expr: query, legendFormat: '{{code}}' }],
      },
    ],
  },
});

/** A rule that fires at once. */
export const alert = service => ({
  title: `${service} answers with errors`,
  uid: `${service}-errors`,
  ruleGroup: service,
  folderUID: 'talent',
  orgID: 1,
  condition: 'C',
  for: '0s',
  noDataState: 'NoData',
  execErrState: 'Error',
  labels: { app: service, severity: 'critical' },
  annotations: { summary: 'One request in a hundred fails', runbook_url: 'http://127.0.0.1/runbooks/errors' },
  data: [
    {
      refId: 'A',
      queryType: '',
      datasourceUid: 'prometheus',
      relativeTimeRange: { from: 300, to: 0 },
      model: { refId: 'A', expr: 'sum(http_requests_per_second{code="500"})', instant: true },
    },
    {
      refId: 'C',
      queryType: '',
      datasourceUid: '__expr__',
      relativeTimeRange: { from: 0, to: 0 },
      model: {
        refId: 'C',
        type: 'threshold',
        expression: 'A',
        conditions: [{ evaluator: { type: 'gt', params: [0.1] } }],
      },
    },
  ],
});
