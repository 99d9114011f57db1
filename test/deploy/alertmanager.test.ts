// The example configuration of Alertmanager, read by its own tool.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { outcomeOf, prometheusPrograms } from '../support/prometheus-programs.js';
import { readYaml } from './files.js';
import { ALERTS } from './rules.js';

interface Configuration {
  readonly inhibit_rules: readonly { readonly source_matchers: readonly string[]; readonly target_matchers: readonly string[] }[];
}

const FILE = 'deploy/prometheus/alertmanager.yml';

t.test('amtool takes it, and would refuse another', async (t) => {
  const { amtool } = await prometheusPrograms();
  const { code, output } = await outcomeOf(amtool, ['check-config', FILE]);
  t.equal(code, 0, output);
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-alertmanager-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const bad = join(folder, 'bad.yml');
  writeFileSync(bad, readFileSync(FILE, 'utf8').replace('receiver: on-call', 'receiver: nobody'));
  t.not((await outcomeOf(amtool, ['check-config', bad])).code, 0);
});

t.test('every alert goes where its severity belongs', async (t) => {
  const { amtool } = await prometheusPrograms();
  for (const { alert, labels: { severity } } of ALERTS) {
    const { output } = await outcomeOf(amtool, ['config', 'routes', 'test', `--config.file=${FILE}`, `severity=${severity}`, `alertname=${alert}`]);
    t.ok(output.startsWith(severity === 'critical' ? 'on-call' : 'team'), `${alert}: ${output}`);
  }
});

t.test('what it mutes exists', async (t) => {
  const names = ALERTS.map(({ alert }) => alert);
  for (const { source_matchers: sources, target_matchers: targets } of readYaml<Configuration>(FILE).inhibit_rules) {
    for (const matcher of [...sources, ...targets]) {
      const [, operator = '', pattern = ''] = /^alertname (=|=~|!=) "(.+)"$/.exec(matcher) ?? [];
      const alternatives = operator === '=~' ? pattern.split('|') : [pattern];
      for (const each of alternatives) t.ok(names.some((name) => new RegExp(`^(?:${each})$`).test(name)), matcher);
    }
  }
});
