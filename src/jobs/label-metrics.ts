import type { Metrics } from '../core/metrics.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import type { LabelChange, ModelKey } from '../ledger/ledger.js';

/** The loaded model of exactly this key; null when another file, or none, serves under its name and version. */
export function loadedModelOf(catalogue: ModelCatalogue, key: ModelKey): LoadedModel | null {
  for (const { loaded } of catalogue.list()) {
    if (loaded?.key.model === key.model && loaded.key.version === key.version && loaded.key.digest === key.digest) return loaded;
  }
  return null;
}

/** Counts what a write of the ledger changed. Metrics have labels of loaded models only, so changes of others are left out. */
export function applyLabelChanges(metrics: Metrics, catalogue: ModelCatalogue, changes: readonly LabelChange[]): void {
  for (const { key, labelled, failuresGained, failuresLost, expectedFailures } of changes) {
    if (loadedModelOf(catalogue, key) === null) continue;
    const labels = { model: key.model, version: String(key.version) };
    metrics.labelledPredictions.inc(labels, labelled);
    metrics.observedFailures.inc(labels, failuresGained);
    metrics.correctedFailures.inc(labels, failuresLost);
    metrics.labelledExpectedFailures.inc(labels, expectedFailures);
  }
}
