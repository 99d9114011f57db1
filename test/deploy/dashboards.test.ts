// Every query of the dashboards and every rule is answered by a real Prometheus that scrapes a running server and worker.
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import t from 'tap';
import { Client } from '../../demo/client.js';
import { loadDataset } from '../../demo/datasets.js';
import { startDistributed } from '../support/distributed.js';
import { ImageTraffic, imageClassifier } from '../support/image-traffic.js';
import { startPrometheus } from '../support/prometheus-server.js';
import { within } from '../support/within.js';
import { readJson } from './files.js';
import { RULES } from './rules.js';

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

const DASHBOARDS = 'deploy/grafana/dashboards';
const MODEL = 'fashion';
/** Prometheus scrapes 60 times as often as it ships, so that there is something to see in seconds. */
const FACTOR = 60;
const LABELLED = 1_008;
const PATIENCE = 150_000;
/** Panels that show nothing here, and why. */
const EMPTY: Readonly<Record<string, string>> = { 'Refused for load': 'nothing was refused' };

const queries = readdirSync(DASHBOARDS).flatMap((file) =>
  readJson<Dashboard>(join(DASHBOARDS, file)).panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, file, expr }))),
);

t.test('dashboards and rules see a running system', async (t) => {
  const data = loadDataset('fashion');
  const models = { [MODEL]: await imageClassifier(data, { risk_policy: { target_risk: 0.15 } }) };
  const { servers, workers } = await startDistributed(t, { models, servers: 1, workers: 1 });
  const [urls, others] = [servers, workers].map((each) => each.map(({ url }) => url)) as [string[], string[]];
  const prometheus = await startPrometheus(t, { targets: { 'metaerr-server': urls, 'metaerr-worker': others }, factor: FACTOR });
  const client = new Client(urls);
  t.teardown(() => client.close());
  const traffic = new ImageTraffic(client, data);
  await traffic.label(await traffic.send(LABELLED));
  const { result } = await traffic.retrain();
  t.equal(result?.promoted, true, result?.reason ?? 'it has a result');
  await within(PATIENCE, async () => (await client.get<{ meta_version: number | null }>(`/v1/models/${MODEL}`)).meta_version === 1);
  // The labels of a meta-model's own predictions, after a scrape has seen the counters that they move.
  const running = traffic.run();
  running.catch(() => undefined);
  await traffic.label(await traffic.send(LABELLED));

  const asked = (expr: string) => expr.replaceAll('$__rate_interval', '5s').replaceAll('$model', MODEL);
  const silent = async () => {
    const empty = [];
    for (const { title, file, expr } of queries) {
      if (title in EMPTY) continue;
      const samples = await prometheus.query(asked(expr));
      if (!samples.some(({ value }) => !Number.isNaN(value))) empty.push(`${file}, ${title}: ${expr}`);
    }
    return empty;
  };
  t.ok(queries.length > 50);
  let empty: string[] = [];
  await within(PATIENCE, async () => {
    empty = await silent();
    if (empty.length > 0) await pause(1_000);
    return empty.length === 0;
  }).catch(() => undefined);
  t.same(empty, [], 'every query has data');
  for (const { title, expr } of queries) if (title in EMPTY) t.same(await prometheus.query(asked(expr)), [], `${title}: ${EMPTY[title]}`);
  for (const { expr } of RULES) await t.resolves(prometheus.query(expr), expr);
  traffic.stop();
  await running;
});
