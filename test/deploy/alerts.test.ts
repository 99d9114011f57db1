// The rules of deploy/prometheus: what they ask for exists, each alert has its section of the runbook, and Prometheus's own tool runs their tests.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { outcomeOf, prometheusPrograms } from '../support/prometheus-programs.js';
import { readYaml } from './files.js';
import { keptLabels, queryFaults, seriesWith } from './promql.js';
import { ALERTS, FOLDER, RULES, RULE_FILES } from './rules.js';

interface UnitTests {
  readonly group_eval_order: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly { readonly labels: string }[] }[];
  }[];
}

const RUNBOOK = 'docs/runbook.md';
const TESTS = readdirSync(`${FOLDER}/tests`).map((file) => `${FOLDER}/tests/${file}`);
const series = seriesWith(RULES);

t.test('rules ask for what exists', async (t) => {
  t.ok(ALERTS.length > 0);
  for (const names of [ALERTS.map(({ alert }) => alert), RULES.flatMap(({ record }) => record ?? [])]) t.equal(new Set(names).size, names.length, 'names are used once');
  for (const { alert, record, expr } of RULES) t.same(queryFaults(expr, series), [], `${alert ?? record}: ${expr}`);
  for (const { alert, expr, annotations } of ALERTS) {
    const kept = keptLabels(expr, series);
    for (const [, label = ''] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) t.ok(kept.includes(label), `${alert} still has the label ${label}`);
  }
  const asked = [...ALERTS.map(({ expr }) => expr), ...RULES.map(({ expr }) => expr)].join('\n');
  for (const { record } of RULES) if (record !== undefined) t.ok(asked.includes(record), `${record} is used`);
});

t.test('each alert has its section of the runbook, and each section its alert', async (t) => {
  const sections = [...readFileSync(RUNBOOK, 'utf8').matchAll(/^## (.+)\n([^]*?)(?=^## |(?![^]))/gm)].map(([, title = '', text = '']) => ({ title, text }));
  t.same(sections.map(({ title }) => title).toSorted(), ALERTS.map(({ alert }) => alert).toSorted());
  for (const { title, text } of sections) for (const part of ['**Means.**', '**Look.**', '**Do.**']) t.ok(text.includes(part), `${title} has ${part}`);
  for (const { alert, annotations, labels } of ALERTS) {
    t.equal(annotations.runbook_url, `${RUNBOOK}#${alert.toLowerCase()}`);
    t.ok(['critical', 'warning', 'info'].includes(labels.severity));
  }
});

t.test('what the runbook names exists', async (t) => {
  const text = readFileSync(RUNBOOK, 'utf8');
  const anchors = new Set(ALERTS.map(({ alert }) => alert.toLowerCase()));
  for (const [, anchor = ''] of text.matchAll(/\]\(#([\w-]+)\)/g)) t.ok(anchors.has(anchor), `#${anchor}`);
  for (const [name] of text.matchAll(/\bmetaerr[_:][a-z0-9_:]+/g)) if (!name.startsWith('metaerr_status')) t.ok(series.has(name) || series.has(`${name}_count`), `${name} is a metric`);
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as { paths: Record<string, unknown> };
  const known = Object.keys(paths).map((path) => new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`));
  for (const [, path = ''] of text.matchAll(/\$S(\/[\w$/{}.-]*)/g)) {
    if (path !== '/ui') t.ok(known.some((pattern) => pattern.test(path.replaceAll('$M', 'm'))), `${path} is a route`);
  }
});

t.test('each alert is seen to fire, to stay silent, and to resolve', async (t) => {
  const tests = TESTS.flatMap((file) => readYaml<UnitTests>(file).tests);
  // Without it the order of groups is left to chance, and a rule may read what another has recorded a step before.
  const groups = RULE_FILES.flatMap((file) => readYaml<{ groups: { name: string }[] }>(file).groups.map(({ name }) => name));
  for (const file of TESTS) t.same(readYaml<UnitTests>(file).group_eval_order, groups, file);
  for (const { alert } of ALERTS) {
    const checks = tests.map(({ promql_expr_test: all }) => all.map(({ exp_samples: samples }) => samples.some(({ labels }) => labels.includes(`"${alert}"`))));
    const firing = checks.filter((each) => each.includes(true));
    t.ok(firing.length > 0, `${alert} fires`);
    t.ok(firing.some((each) => each.indexOf(true) < each.lastIndexOf(false)), `${alert} resolves`);
  }
});

t.test("Prometheus's own tool takes configuration and rules", async (t) => {
  const { promtool } = await prometheusPrograms();
  for (const args of [['check', 'config', `${FOLDER}/prometheus.yml`], ['check', 'rules', ...RULE_FILES]]) {
    const { code, output } = await outcomeOf(promtool, args);
    t.equal(code, 0, output);
  }
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-promtool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'bad.yml'), 'groups: [{ name: a, rules: [{ alert: A, expr: "sum by (" }] }]');
  t.not((await outcomeOf(promtool, ['check', 'rules', join(folder, 'bad.yml')])).code, 0, 'it would refuse others');
});

t.test('promtool runs the unit tests', async (t) => {
  const { promtool } = await prometheusPrograms();
  for (const file of TESTS) {
    const { code, output } = await outcomeOf(promtool, ['test', 'rules', file]);
    t.equal(code, 0, output);
  }
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-promtool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const deaf = readFileSync(`${FOLDER}/tests/processes.yml`, 'utf8').replaceAll('../', `${resolve(FOLDER)}/`).replaceAll('MetaErrRedisAway', 'MetaErrRedisThere');
  writeFileSync(join(folder, 'deaf.yml'), deaf);
  t.not((await outcomeOf(promtool, ['test', 'rules', join(folder, 'deaf.yml')])).code, 0, 'a test that expects something else fails');
});
