import { Histogram } from 'prom-client';
import { createMetrics } from '../../src/core/metrics.js';

/** What a query asks for. */
export interface Asked {
  /** Metric names with the labels that their selectors name. */
  readonly metrics: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Labels of `by`, `without`, `on` and `ignoring`. */
  readonly grouping: readonly string[];
  /** Those of `by`, and those of `without`. */
  readonly by: readonly string[];
  readonly without: readonly string[];
}

const WORDS = new Set(['and', 'or', 'unless', 'offset', 'bool']);
/** What Prometheus adds to every series, and what deploy/prometheus/kubernetes.yml adds. */
const OF_THE_TARGET = ['job', 'instance', 'namespace', 'pod'];

/** Reads the names in a PromQL expression; Grafana's variables may stand in it. */
export function askedBy(expression: string): Asked {
  const grouped: Record<string, string[]> = { by: [], without: [] };
  const plain = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g, (_all, word: string, labels: string) => {
      (grouped[word] ??= []).push(...labels.split(',').map((label) => label.trim()).filter((label) => label !== ''));
      return ' ';
    });
  const metrics = [...plain.matchAll(/(?<![\w.:])([a-zA-Z_][\w:]*)\s*(?:\{([^}]*)\})?(?![\w:]*\s*\()/g)]
    .filter(([, name = '']) => !WORDS.has(name))
    .map(([, name = '', matchers = '']) => ({ name, labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label) }));
  const { by = [], without = [] } = grouped;
  return { metrics, grouping: Object.values(grouped).flat(), by, without };
}

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

/** Labels that the result of an expression can have. */
export function keptLabels(expression: string, series: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const { metrics, by, without } = askedBy(expression);
  if (by.length > 0) return by;
  return metrics.flatMap(({ name }) => series.get(name) ?? []).filter((label) => !without.includes(label));
}

/** The series that the service shows and those that rules record, by name, with their labels. */
export function seriesWith(rules: readonly Rule[]): ReadonlyMap<string, readonly string[]> {
  const series = new Map(shownSeries());
  for (const { record, expr } of rules) if (record !== undefined) series.set(record, keptLabels(expr, series));
  return series;
}

/** The series that the service shows, by name, with their labels. */
export function shownSeries(): ReadonlyMap<string, readonly string[]> {
  const series = new Map<string, readonly string[]>([['up', OF_THE_TARGET], ['ALERTS', ['alertname', 'alertstate', 'severity', ...OF_THE_TARGET]]]);
  for (const metric of createMetrics().registry.getMetricsAsArray()) {
    const { name, labelNames = [] } = metric as unknown as { readonly name: string; readonly labelNames?: readonly string[] };
    const labels = [...labelNames, ...OF_THE_TARGET];
    if (!((metric as unknown) instanceof Histogram)) series.set(name, labels);
    else for (const part of ['bucket', 'sum', 'count']) series.set(`${name}_${part}`, part === 'bucket' ? [...labels, 'le'] : labels);
  }
  return series;
}

/** What a query asks for that the service does not show, in words. */
export function queryFaults(expression: string, series: ReadonlyMap<string, readonly string[]>): string[] {
  const { metrics, grouping } = askedBy(expression);
  if (metrics.length === 0) return [`${expression} asks for no metric`];
  const faults = metrics.flatMap(({ name, labels }) => {
    const known = series.get(name);
    if (known === undefined) return [`${name} is no metric`];
    return labels.filter((label) => !known.includes(label)).map((label) => `${name} has no label ${label}`);
  });
  const labels = new Set(metrics.flatMap(({ name }) => series.get(name) ?? []));
  return [...faults, ...grouping.filter((label) => !labels.has(label)).map((label) => `no metric of ${expression} has the label ${label}`)];
}
