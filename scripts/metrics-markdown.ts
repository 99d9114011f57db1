import { createMetrics } from '../src/core/metrics.js';

/** docs/metrics.md, from the registry itself. */
export async function metricsMarkdown(): Promise<string> {
  const { registry } = createMetrics();
  const metrics = await registry.getMetricsAsJSON();
  const rows = metrics.map(({ name, type, help }) => `| \`${name}\` | ${String(type)} | ${help} |`);
  return [
    '# Metrics',
    '',
    '`GET /metrics` in the Prometheus text format. Values of the `model` and `version` labels come only from loaded models. Generated from `src/core/metrics.ts` by `npm run docs`.',
    '',
    '| metric | type | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
