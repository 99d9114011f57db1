// Dashboards and the autoscaler's rule ask only for what the service shows.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readJson, readYaml } from './files.js';
import { askedBy, queryFaults, seriesWith } from './promql.js';
import { RULES } from './rules.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition: string }[] };
}

const DASHBOARDS = 'deploy/grafana/dashboards';
const series = seriesWith(RULES);

t.test('the reader of queries', async (t) => {
  t.same(askedBy('sum by (le, route) (rate(a_bucket{x=~"b{c",y!="(d"}[5m])) / on(job) max(b) > 1.5e3 * 2'), {
    metrics: [{ name: 'a_bucket', labels: ['x', 'y'] }, { name: 'b', labels: [] }],
    grouping: ['le', 'route', 'job'],
    by: ['le', 'route'],
    without: [],
  });
  t.match(askedBy('sum without (pod) (a:b:5m) > on (job) c').metrics.map(({ name }) => name), ['a:b:5m', 'c']);
  t.same(askedBy('histogram_quantile(0.95, sum(rate(c[$__rate_interval]))) and d unless e offset 5m').metrics.map(({ name }) => name).slice(0, 3), ['c', 'd', 'e']);
  t.match(queryFaults('metaerr_jobs{state="waiting",model="m"}', series), ['metaerr_jobs has no label model']);
  t.match(queryFaults('rate(metaerr_nothing_total[5m])', series), ['metaerr_nothing_total is no metric']);
  t.match(queryFaults('sum by (model) (metaerr_redis_up)', series), [/has the label model/]);
  t.match(queryFaults('metaerr_request_duration_seconds', series), [/is no metric/], 'a histogram has no series of its own name');
});

t.test('dashboards', async (t) => {
  const { datasources } = readYaml<{ datasources: { uid: string }[] }>('deploy/grafana/provisioning/datasources/prometheus.yml');
  const sources = new Set(datasources.map(({ uid }) => uid));
  for (const file of readdirSync(DASHBOARDS)) {
    const { panels, templating, uid } = readJson<Dashboard>(join(DASHBOARDS, file));
    t.ok(uid, `${file} keeps its address`);
    t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'every panel has an id of its own');
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`));
    t.equal(new Set(places).size, places.length, 'no panel lies on another');
    t.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24), 'no panel is too wide');
    const shown = panels.filter(({ type }) => type !== 'row');
    t.ok(shown.length > 0 && shown.every(({ targets = [] }) => targets.length > 0), 'every panel asks for something');
    for (const { title, targets = [] } of shown) {
      for (const { expr, datasource } of targets) {
        t.same(queryFaults(expr, series), [], `${title}: ${expr}`);
        t.ok(sources.has(datasource.uid), 'of a data source that is provisioned');
        for (const [, variable = ''] of expr.matchAll(/\$(?!__)(\w+)/g)) t.ok(templating.list.some(({ name }) => name === variable), `$${variable} is a variable`);
      }
    }
    for (const { definition } of templating.list) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
      t.ok(series.get(metric)?.includes(label), definition);
    }
  }
});

t.test("the autoscaler's rule", async (t) => {
  const { rules } = readYaml<{ rules: { external: { seriesQuery: string; metricsQuery: string }[] } }>('deploy/prometheus-adapter/values.yaml');
  for (const { seriesQuery, metricsQuery } of rules.external) {
    t.same(queryFaults(seriesQuery, series), []);
    const [name = ''] = askedBy(seriesQuery).metrics.map((metric) => metric.name);
    t.same(queryFaults(metricsQuery.replace('<<.Series>>', name).replace('<<.LabelMatchers>>', 'namespace="metaerr"'), series), []);
  }
});
