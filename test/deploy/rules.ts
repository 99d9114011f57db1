import { readYaml } from './files.js';
import type { Rule } from './promql.js';

export interface AlertRule extends Rule {
  readonly alert: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

export const FOLDER = 'deploy/prometheus';
export const RULE_FILES = [`${FOLDER}/recording.yml`, `${FOLDER}/alerts.yml`];

/** Every rule, in the order in which they are read. */
export const RULES = RULE_FILES.flatMap((file) => readYaml<{ groups: { rules: Rule[] }[] }>(file).groups.flatMap(({ rules }) => rules));
export const ALERTS = RULES.filter((rule): rule is AlertRule => rule.alert !== undefined);
