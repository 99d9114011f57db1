import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { addProcessMetrics } from './process-metrics.js';
import { createScrape } from './scrape.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Stages of a prediction whose durations are measured. */
export type Stage = 'parse' | 'queue' | 'base' | 'features' | 'meta' | 'reply';

/**
 * Every metric of one system, in a registry of its own (two systems can live in one process). Values of the `model` and
 * `version` labels come only from loaded models.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) => new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) => new Gauge({ name, help, labelNames, registers });
  const scrape = createScrape();
  /** Set when it is read, by what was given to `beforeScrape`; without a series until then. */
  const scraped = <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
    const each = new Gauge({ name, help, labelNames, registers, collect: () => scrape.run() });
    // One without labels would begin with a 0.
    if (labelNames.length === 0) each.remove();
    return each;
  };
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  addProcessMetrics(registry);
  return {
    registry,
    /** Calls `update` before the gauges that say so are read; it bounds its time itself and does not reject. */
    beforeScrape: scrape.add,
    predictions: counter('metaerr_predictions_total', 'Predictions (rows) answered.', ['model', 'version']),
    expectedFailures: counter('metaerr_expected_failures_total', 'Sum of the failure probabilities of the predictions answered.', ['model', 'version']),
    decisions: counter('metaerr_decisions_total', 'Predictions by decision.', ['model', 'version', 'decision']),
    statuses: counter('metaerr_prediction_status_total', 'Predictions by metaerr_status.', ['model', 'version', 'status']),
    groundTruths: counter('metaerr_ground_truths_total', 'Ground truths received, by the status they were given.', ['status']),
    labelledPredictions: counter('metaerr_labelled_predictions_total', 'Predictions that got their first ground truth.', ['model', 'version']),
    observedFailures: counter('metaerr_observed_failures_total', 'Predictions that ground truth showed to be failures.', ['model', 'version']),
    correctedFailures: counter('metaerr_corrected_failures_total', 'Observed failures that a newer ground truth took back.', ['model', 'version']),
    labelledExpectedFailures: counter('metaerr_labelled_expected_failures_total', 'Sum of the failure probabilities of the predictions that have a ground truth.', ['model', 'version']),
    ledgerRows: counter('metaerr_ledger_rows_total', 'Prediction rows given to the ledger, by result.', ['result']),
    ledgerQueueRows: gauge('metaerr_ledger_queue_rows', 'Prediction rows waiting to be written to the ledger.', []),
    queueRows: gauge('metaerr_batch_queue_rows', 'Rows waiting for a batch.', ['model', 'version']),
    rejected: counter('metaerr_rejected_requests_total', 'Prediction requests refused for load.', ['model', 'version', 'reason']),
    providerFallbacks: counter('metaerr_execution_provider_fallbacks_total', 'Sessions that fell back to the CPU because their execution provider was missing.', ['model', 'version', 'requested']),
    metaModelInfo: gauge('metaerr_meta_model_info', '1 for the meta-model version that serves; 0 is the cold start.', ['model', 'version', 'meta_version']),
    decisionThreshold: gauge('metaerr_decision_threshold', 'Failure probability up to which a prediction is accepted, of the meta-model that serves; absent while the risk policy knows none and every decision is review.', ['model', 'version']),
    retrainings: counter('metaerr_retrainings_total', 'Retrainings ended, by result.', ['model', 'version', 'result']),
    failureProbability: histogram('metaerr_failure_probability', 'Failure probabilities answered.', ['model', 'version'], [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
    requestDuration: histogram('metaerr_request_duration_seconds', 'Duration of HTTP requests by route pattern and status code.', ['route', 'status'], SECONDS),
    stageDuration: histogram('metaerr_stage_duration_seconds', 'Duration of the stages of a prediction request.', ['stage'], SECONDS),
    batchRows: histogram('metaerr_batch_rows', 'Rows in one run of a base model.', ['model', 'version'], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]),
    trainingDuration: histogram('metaerr_training_duration_seconds', 'Duration of a training of a meta-model.', ['model', 'version'], [0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600]),
    queuedJobs: scraped('metaerr_jobs', 'Jobs that have not ended, by state (waiting, active), of all processes together; asked for at the scrape, and absent while the store does not answer.', ['state']),
    oldestWaitingJob: scraped('metaerr_oldest_waiting_job_seconds', 'Age of the oldest waiting job, 0 without one; asked for at the scrape, and absent while the store does not answer.', []),
    redisUp: scraped('metaerr_redis_up', 'Distributed mode: 1 when Redis answered at the scrape, 0 when it did not; absent in the embedded mode.', []),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
