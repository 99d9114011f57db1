import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { MetaModelCounters } from './meta-model-counters.js';
import { ModelSeries, type VersionLabels } from './model-series.js';
import { addProcessMetrics } from './process-metrics.js';
import { createScrape } from './scrape.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From ten seconds to a quarter of a year. */
const DELAY_SECONDS = [10, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000];

/** Stages of a prediction whose durations are measured. */
export type Stage = 'parse' | 'queue' | 'base' | 'augmentation' | 'features' | 'meta' | 'reply';
const DECISIONS = ['accept', 'review'] as const;
const STATUSES = ['ok', 'label_free', 'cold_start', 'degraded'] as const;

/** What makes metrics, in a registry of its own. */
function createMakers() {
  const registry = new Registry();
  const registers = [registry];
  const series = new ModelSeries();
  const scrape = createScrape();
  const made = <M extends Counter | Gauge | Histogram>(metric: M, labelNames: readonly string[]): M => {
    series.add(metric, labelNames);
    return metric;
  };
  return {
    registry,
    series,
    scrape,
    counter: <L extends string>(name: string, help: string, labelNames: readonly L[]) => made(new Counter({ name, help, labelNames, registers }), labelNames),
    gauge: <L extends string>(name: string, help: string, labelNames: readonly L[]) => made(new Gauge({ name, help, labelNames, registers }), labelNames),
    histogram: <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
      made(new Histogram({ name, help, labelNames, buckets, registers }), labelNames),
    /**
     * Set when it is read, by what was given to `beforeScrape`, which also takes series out that are no longer true; without a series
     * until then.
     */
    scraped: <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
      const each = new Gauge({ name, help, labelNames, registers, collect: () => scrape.run() });
      // One without labels would begin with a 0.
      if (labelNames.length === 0) each.remove();
      return each;
    },
  };
}

/** What is predicted. */
function predictionMetrics({ counter, histogram }: ReturnType<typeof createMakers>) {
  return {
    predictions: counter('metaerr_predictions_total', 'Predictions (rows) answered.', ['model', 'version']),
    expectedFailures: counter('metaerr_expected_failures_total', 'Sum of the failure probabilities of the predictions answered.', ['model', 'version']),
    decisions: counter('metaerr_decisions_total', 'Predictions by decision (accept, review).', ['model', 'version', 'decision']),
    statuses: counter('metaerr_prediction_status_total', 'Predictions by metaerr_status (ok, label_free, cold_start, degraded).', ['model', 'version', 'status']),
    failureProbability: histogram('metaerr_failure_probability', 'Failure probabilities answered; the count is that of the predictions that have one.', ['model', 'version'], [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
    metaModelPredictions: counter('metaerr_meta_model_predictions_total', 'Predictions with a failure probability by the meta-model version that gave it (0 is the cold start), of the two versions that scored last.', ['model', 'version', 'meta_version']),
    metaModelExpectedFailures: counter('metaerr_meta_model_expected_failures_total', 'Sum of the failure probabilities by the meta-model version that gave them, of the two versions that scored last.', ['model', 'version', 'meta_version']),
  };
}

/** What became known of it. */
function labelMetrics({ counter, histogram }: ReturnType<typeof createMakers>) {
  return {
    groundTruths: counter('metaerr_ground_truths_total', 'Ground truths received, by the status they were given (matched, duplicate, conflict, pending, invalid).', ['status']),
    unknownLabels: counter('metaerr_unknown_labels_total', 'Ground truths taken whose label is no class of the model that serves; each is a failure.', ['model', 'version']),
    groundTruthDelay: histogram('metaerr_ground_truth_delay_seconds', 'Time from a prediction to the receipt of its first ground truth; 0 for one that was there before.', ['model', 'version'], DELAY_SECONDS),
    labelledPredictions: counter('metaerr_labelled_predictions_total', 'Predictions that got their first ground truth.', ['model', 'version']),
    observedFailures: counter('metaerr_observed_failures_total', 'Predictions that ground truth showed to be failures.', ['model', 'version']),
    correctedFailures: counter('metaerr_corrected_failures_total', 'Observed failures that a newer ground truth took back.', ['model', 'version']),
    labelledExpectedFailures: counter('metaerr_labelled_expected_failures_total', 'Sum of the failure probabilities of the predictions that have a ground truth.', ['model', 'version']),
    labelledExpectedVariance: counter('metaerr_labelled_expected_variance_total', 'Sum of p (1 - p) over the same failure probabilities p: the variance of the observed failures if the probabilities are right.', ['model', 'version']),
    scoredLabelled: counter('metaerr_scored_labelled_predictions_total', 'Labelled predictions that had a failure probability.', ['model', 'version']),
    scoredFailures: counter('metaerr_scored_observed_failures_total', 'Observed failures among those.', ['model', 'version']),
    scoredCorrected: counter('metaerr_scored_corrected_failures_total', 'Corrected failures among those.', ['model', 'version']),
    acceptedLabelled: counter('metaerr_accepted_labelled_predictions_total', 'Labelled predictions whose decision was accept.', ['model', 'version']),
    acceptedFailures: counter('metaerr_accepted_observed_failures_total', 'Observed failures among those.', ['model', 'version']),
    acceptedCorrected: counter('metaerr_accepted_corrected_failures_total', 'Corrected failures among those.', ['model', 'version']),
  };
}

/** How predictions run and are kept. */
function operationMetrics({ counter, gauge, histogram, scraped }: ReturnType<typeof createMakers>) {
  return {
    ledgerRows: counter('metaerr_ledger_rows_total', 'Prediction rows given to the ledger, by result (written; failed: tried again; dropped: lost).', ['result']),
    ledgerQueueRows: gauge('metaerr_ledger_queue_rows', 'Prediction rows waiting to be written to the ledger.', []),
    queueRows: gauge('metaerr_batch_queue_rows', 'Rows waiting for a batch.', ['model', 'version']),
    rejected: counter('metaerr_rejected_requests_total', 'Prediction requests refused for load (queue_full, timeout, shutting_down), or given up by their client while they waited (client_gone).', ['model', 'version', 'reason']),
    instancesDown: scraped('metaerr_model_instances_down', 'Instances of a model whose threads ended again and again, or would not load it again: they are tried again after growing pauses.', ['model', 'version']),
    providerFallbacks: counter('metaerr_execution_provider_fallbacks_total', 'Sessions that fell back to the CPU because their execution provider was missing.', ['model', 'version', 'requested']),
    requestDuration: histogram('metaerr_request_duration_seconds', 'Duration of HTTP requests by route pattern and status code.', ['route', 'status'], SECONDS),
    stageDuration: histogram('metaerr_stage_duration_seconds', 'Duration of the stages of a prediction request (parse, queue, base, augmentation, features, meta, reply).', ['model', 'version', 'stage'], SECONDS),
    batchRows: histogram('metaerr_batch_rows', 'Rows in one run of a base model.', ['model', 'version'], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]),
    eventLoopDelay: histogram('nodejs_eventloop_delay_seconds', 'By how much a timer of the main thread came late; four times a second.', [], SECONDS),
    traceSpans: counter('metaerr_trace_spans_total', 'Spans of traced requests and retrainings, by what became of them (sent, failed, dropped: too many waited); none without a collector.', ['result']),
    traceQueueSpans: gauge('metaerr_trace_queue_spans', 'Spans waiting to be sent to the collector.', []),
    processInfo: gauge('metaerr_process_info', '1; what the process is (server, worker) and the mode it runs in (embedded, distributed).', ['role', 'mode']),
  };
}

/** Meta-models, their training and the jobs for it. */
function learningMetrics({ counter, gauge, histogram, scraped }: ReturnType<typeof createMakers>) {
  return {
    metaModelInfo: gauge('metaerr_meta_model_info', '1 for the meta-model version that serves; 0 is the cold start; label_free: no ground truth has calibrated it.', ['model', 'version', 'meta_version', 'label_free']),
    metaModelQuality: scraped('metaerr_meta_model_quality', 'How the meta-model that serves was judged before it went live (auroc, aurc, eaurc, brier, log_loss, ece, and the rows and failures it was judged on); absent at the cold start, and while the registry does not answer.', ['model', 'version', 'metric']),
    metaModelTrained: scraped('metaerr_meta_model_trained_timestamp_seconds', 'When the meta-model that serves was trained, in seconds since 1970-01-01 UTC; absent as above.', ['model', 'version']),
    metaModelPromoted: scraped('metaerr_meta_model_promoted_timestamp_seconds', 'When the meta-model that serves was last promoted, in seconds since 1970-01-01 UTC; absent as above.', ['model', 'version']),
    decisionThreshold: gauge('metaerr_decision_threshold', 'Failure probability up to which a prediction is accepted, of the meta-model that serves; absent while the risk policy knows none and every decision is review.', ['model', 'version']),
    riskTarget: gauge('metaerr_risk_policy_target', 'Largest share of failures among the accepted that the risk policy allows; absent where the model has no target_risk.', ['model', 'version']),
    calibrationDrift: gauge('metaerr_calibration_drift', '1 when a sequential test says that failures have left the failure probabilities of the meta-model that serves (docs/labels.md), else 0; absent in the cold start.', ['model', 'version']),
    retrainings: counter('metaerr_retrainings_total', 'Retrainings ended, by result (promoted, kept, too_few, cancelled, failed), or put back (postponed).', ['model', 'version', 'result']),
    trainingDuration: histogram('metaerr_training_duration_seconds', 'Duration of a training of a meta-model.', ['model', 'version'], [0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600]),
    queuedJobs: scraped('metaerr_jobs', 'Jobs that have not ended, by state (waiting, active), of all processes together; asked for at the scrape, and absent while the store does not answer.', ['state']),
    oldestWaitingJob: scraped('metaerr_oldest_waiting_job_seconds', 'Age of the oldest waiting job, 0 without one; asked for at the scrape, and absent while the store does not answer.', []),
    redisUp: scraped('metaerr_redis_up', 'Distributed mode: 1 when Redis answered at the scrape, 0 when it did not; absent in the embedded mode.', []),
  };
}

/**
 * Every metric of one system, in a registry of its own (two systems can live in one process). Values of the `model` and `version` labels
 * come only from loaded models: `beginModel` when a version begins to serve, `endModel` when it is released.
 */
export function createMetrics() {
  const makers = createMakers();
  const { registry, scrape, series } = makers;
  addProcessMetrics(registry);
  const metrics = { ...predictionMetrics(makers), ...labelMetrics(makers), ...learningMetrics(makers), ...operationMetrics(makers) };
  const byMetaModel = new MetaModelCounters(metrics.metaModelPredictions, metrics.metaModelExpectedFailures);
  return {
    ...metrics,
    registry,
    byMetaModel,
    /** Calls `update` before the gauges that say so are read; it bounds its time itself and does not reject. */
    beforeScrape: scrape.add,
    /** A counter that begins with its first event has no increase at that event: these begin with 0. */
    beginModel: (labels: VersionLabels) => beginCounters(metrics, labels),
    /** Takes out every series of a version that is no longer loaded. */
    async endModel(labels: VersionLabels) {
      byMetaModel.forget(labels);
      await series.remove(labels);
    },
  };
}

function beginCounters(metrics: ReturnType<typeof predictionMetrics> & ReturnType<typeof labelMetrics>, labels: VersionLabels): void {
  const { predictions, expectedFailures, unknownLabels, labelledPredictions, observedFailures, correctedFailures, labelledExpectedFailures, labelledExpectedVariance } = metrics;
  const { scoredLabelled, scoredFailures, scoredCorrected, acceptedLabelled, acceptedFailures, acceptedCorrected } = metrics;
  const counters = [
    predictions, expectedFailures, unknownLabels, labelledPredictions, observedFailures, correctedFailures, labelledExpectedFailures, labelledExpectedVariance,
    scoredLabelled, scoredFailures, scoredCorrected, acceptedLabelled, acceptedFailures, acceptedCorrected,
  ];
  for (const counter of counters) counter.inc({ ...labels }, 0);
  for (const decision of DECISIONS) metrics.decisions.inc({ ...labels, decision }, 0);
  for (const status of STATUSES) metrics.statuses.inc({ ...labels, status }, 0);
}

export type Metrics = ReturnType<typeof createMetrics>;
