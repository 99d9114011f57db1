import type { Metrics } from '../core/metrics.js';
import { versionLabels } from '../core/model-series.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import { loadedModelOf } from '../inference/loaded-models.js';
import type { LabelChange } from '../ledger/ledger.js';

/** Counts what a write of the ledger changed. Metrics have labels of loaded models only, so changes of others are left out. */
export function applyLabelChanges(metrics: Metrics, catalogue: ModelCatalogue, changes: readonly LabelChange[]): void {
  for (const change of changes) {
    const { key, scored, accepted } = change;
    if (loadedModelOf(catalogue, key) === null) continue;
    const labels = versionLabels(key);
    metrics.labelledPredictions.inc(labels, change.labelled);
    metrics.observedFailures.inc(labels, change.failuresGained);
    metrics.correctedFailures.inc(labels, change.failuresLost);
    metrics.labelledExpectedFailures.inc(labels, change.expectedFailures);
    metrics.labelledExpectedVariance.inc(labels, change.expectedVariance);
    metrics.scoredLabelled.inc(labels, scored.labelled);
    metrics.scoredFailures.inc(labels, scored.failuresGained);
    metrics.scoredCorrected.inc(labels, scored.failuresLost);
    metrics.acceptedLabelled.inc(labels, accepted.labelled);
    metrics.acceptedFailures.inc(labels, accepted.failuresGained);
    metrics.acceptedCorrected.inc(labels, accepted.failuresLost);
    const delay = metrics.groundTruthDelay.labels(labels);
    for (const milliseconds of change.delays) delay.observe(milliseconds / 1_000);
  }
}
