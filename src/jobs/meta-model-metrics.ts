import type { Clock } from '../core/clock.js';
import { inTime } from '../core/in-time.js';
import type { Metrics } from '../core/metrics.js';
import { versionLabels } from '../core/model-series.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import { loadedModels } from '../inference/loaded-models.js';
import { keyName } from '../ledger/key-name.js';
import type { EvaluationSummary } from '../meta/evaluation/summary.js';
import type { MetaModelRecord, MetaModelRegistry } from '../meta/registry.js';

/** Longest time that a scrape waits for the registry; Prometheus itself gives up after ten seconds. */
const MOST_MILLISECONDS = 1_000;
const FIGURES = ['rows', 'failures', 'auroc', 'aurc', 'eaurc', 'brier', 'log_loss', 'ece'] as const satisfies readonly (keyof EvaluationSummary)[];

export interface MetaModelMetricsOptions {
  readonly catalogue: Pick<ModelCatalogue, 'list'>;
  readonly registry: Pick<MetaModelRegistry, 'get'>;
  readonly metrics: Pick<Metrics, 'beforeScrape' | 'metaModelQuality' | 'metaModelTrained' | 'metaModelPromoted'>;
  readonly clock: Clock;
}

/**
 * Shows at each scrape what the registry says of the meta-models that serve. What it has said of a version is kept: only the time of the
 * last promotion can change, and only by a promotion, which brings another version in between.
 */
export function observeMetaModels({ catalogue, registry, metrics, clock }: MetaModelMetricsOptions): void {
  let known = new Map<string, MetaModelRecord>();
  const recordOf = async ({ key, meta }: LoadedModel): Promise<readonly [string, MetaModelRecord] | null> => {
    if (meta === null) return null;
    const name = `${meta.version}/${keyName(key)}`;
    const record = known.get(name) ?? (await inTime(registry.get(key.model, meta.version), clock, MOST_MILLISECONDS));
    return record === null ? null : [name, record];
  };
  metrics.beforeScrape(async () => {
    const serving = loadedModels(catalogue);
    const found = (await Promise.all(serving.map(recordOf))).filter((each) => each !== null);
    known = new Map(found);
    for (const gauge of [metrics.metaModelQuality, metrics.metaModelTrained, metrics.metaModelPromoted]) gauge.reset();
    for (const [, record] of found) show(metrics, record);
  });
}

function show({ metaModelQuality, metaModelTrained, metaModelPromoted }: MetaModelMetricsOptions['metrics'], record: MetaModelRecord): void {
  const labels = versionLabels(record.key);
  metaModelTrained.set(labels, record.createdAt / 1_000);
  if (record.promotedAt !== null) metaModelPromoted.set(labels, record.promotedAt / 1_000);
  for (const metric of FIGURES) {
    const value = record.metrics?.[metric] ?? null;
    if (value !== null) metaModelQuality.set({ ...labels, metric }, value);
  }
}
