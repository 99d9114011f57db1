import { Counter, Histogram } from 'prom-client';
import { createMetrics } from '../src/core/metrics.js';

const HEAD = [
  '# Metrics',
  '',
  '`GET /metrics` in the Prometheus text format, of every server and every worker; [deployment.md](deployment.md) says how they are scraped, and [runbook.md](runbook.md) what the alerts mean. Generated from `src/core/metrics.ts` by `npm run docs`.',
  '',
  '- Values of the `model` and `version` labels come only from loaded models: a request for an unknown one adds no series. When a version is unloaded, or replaced by another, its series go as soon as its last request is answered. A worker keeps those of the versions that it has trained.',
  '- Series of `meta_version` are those of the two meta-model versions that scored last; every other metric adds up over them.',
  '- Predictions and ground truths are counted by the server that answered them, retrainings by the process that ran them (embedded: the server; distributed: the worker). Sum over processes; of `metaerr_jobs` and `metaerr_oldest_waiting_job_seconds`, which every process shows of the same queue, take the maximum.',
  '- Counters begin with the process. What they count agrees with a recount of the ledger, as long as the process and the ledger began together; a ground truth for a version that is not loaded is stored and not counted.',
  '',
];

/** docs/metrics.md, from the registry itself. */
export function metricsMarkdown(): string {
  const { registry } = createMetrics();
  const rows = registry.getMetricsAsArray().map((metric) => {
    // Its type leaves out what every metric has.
    const { name, help, labelNames } = metric as unknown as { readonly name: string; readonly help: string; readonly labelNames: readonly string[] };
    return `| \`${name}\` | ${typeOf(metric)} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
  });
  return [...HEAD, '| metric | type | labels | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function typeOf(metric: unknown): string {
  if (metric instanceof Histogram) return 'histogram';
  return metric instanceof Counter ? 'counter' : 'gauge';
}
