// A spike of failures is noticed before any label of it has come: a real server, real images, and a real Prometheus with the rules that ship.
// Time is shortened for all of Prometheus by one factor (a minute is a second): windows, offsets, `for`, scrapes and evaluations.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { parse } from 'yaml';
import { Client } from '../../demo/client.js';
import { loadDataset } from '../../demo/datasets.js';
import { startDistributed } from '../support/distributed.js';
import { ImageTraffic, imageClassifier } from '../support/image-traffic.js';
import { startPrometheus, type PrometheusServer } from '../support/prometheus-server.js';
import { scaledRules, shortened } from '../support/scaled-rules.js';
import { within } from '../support/within.js';

const PATIENCE = 150_000;
const MINUTE_IS_SECOND = 60;
const SPIKE = 'MetaErrPredictedFailuresSpike';
const LABELLED = 1_008;

/** Asks five times a second until the condition holds. */
const until = (condition: () => Promise<boolean>) =>
  within(PATIENCE, async () => {
    const holds = await condition();
    if (!holds) await pause(200);
    return holds;
  });
const spikes = async (prometheus: PrometheusServer) => (await prometheus.alerts()).filter(({ labels, state }) => labels['alertname'] === SPIKE && state === 'firing');
const valueOf = async (prometheus: PrometheusServer, expression: string) => (await prometheus.query(expression))[0]?.value ?? NaN;

t.test('rules with shortened time are the rules that ship', async (t) => {
  const text = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
  t.same(['15m', '1d', '2m', '250ms'].map((each) => shortened(each, 60)), ['15000ms', '1440000ms', '2000ms', '4ms']);
  const inMilliseconds = (value: string) => value.replaceAll(/\b\d+(?:ms|s|m|h|d|w)\b(?=\])|(?<=offset )\w+/g, (duration) => shortened(duration, 1));
  const groupsOf = (yaml: string) => (parse(yaml) as { groups: { name: string; rules: { expr: string; for?: string }[] }[] }).groups;
  t.same(
    groupsOf(scaledRules(text, 1)),
    groupsOf(text).map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, expr: inMilliseconds(rule.expr), ...(rule.for !== undefined && { for: shortened(rule.for, 1) }) })) })),
    'with a factor of 1, written in milliseconds',
  );
  t.match(scaledRules('groups: [{ name: a, interval: 1m, rules: [{ alert: A, expr: "increase(b_15m_total[15m] offset 1d) > 15", for: 2m }] }]', 60), /interval: 1000ms[^]*increase\(b_15m_total\[15000ms\] offset 1440000ms\) > 15[^]*for: 2000ms/);
});

t.test('noise on the images of live traffic fires the alert before a single label of it, and it resolves', async (t) => {
  const data = loadDataset('fashion');
  const { urls } = await startDistributed(t, { models: { fashion: await imageClassifier(data) }, servers: 1, workers: 0, embedded: true });
  const client = new Client(urls);
  t.teardown(() => client.close());
  const traffic = new ImageTraffic(client, data);

  // A meta-model that knows the model's failures serves.
  await traffic.label(await traffic.send(LABELLED));
  const { result } = await traffic.retrain();
  t.equal(result?.promoted, true, result?.reason ?? 'it has a result');

  const prometheus = await startPrometheus(t, { targets: { 'metaerr-server': urls }, factor: MINUTE_IS_SECOND });
  await traffic.send(4_000);
  const running = traffic.run();
  // A failure of the traffic shows where it is waited for.
  running.catch(() => undefined);
  const known = 'metaerr:scored_predictions:1d_before{meta_version="1"} >= 4000 and metaerr:scored_predictions:15m{meta_version="1"} >= 1000';
  await until(async () => (await prometheus.query(known)).length > 0);
  t.same((await prometheus.alerts()).filter(({ state }) => state === 'firing'), [], 'nothing fires in peace');
  const peace = await valueOf(prometheus, 'metaerr:predicted_failure_rate:15m{meta_version="1"}');

  const begun = new Date().toISOString();
  traffic.corrupted = true;
  await until(async () => (await spikes(prometheus)).length > 0);
  const [alert] = await spikes(prometheus);
  const labelled = await fetch(`${urls[0]}/v1/models/fashion/ledger?labelled=true&from=${begun}`);
  t.equal(await labelled.text(), '', 'not one of the corrupted rows has a label');
  t.equal(await valueOf(prometheus, 'metaerr_labelled_predictions_total'), LABELLED, 'and no label has come since');
  t.match(alert, {
    labels: { model: 'fashion', version: '1', meta_version: '1', severity: 'critical' },
    annotations: { summary: /^fashion: meta-model 1 expects [\d.]+% of the predictions/, runbook_url: 'docs/runbook.md#metaerrpredictedfailuresspike' },
  });
  t.ok((await valueOf(prometheus, 'metaerr:predicted_failure_rate:15m{meta_version="1"}')) > 1.5 * peace);

  traffic.corrupted = false;
  await until(async () => (await valueOf(prometheus, 'metaerr:predicted_failure_rate:15m{meta_version="1"}')) < 1.25 * peace);
  await until(async () => (await spikes(prometheus)).length === 0);
  traffic.stop();
  const corrupted = await running;
  t.ok(traffic.failureRate(corrupted) > 1.3 * peace, 'the labels, had they come, would have said the same');
});
