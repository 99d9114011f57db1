import type { Metrics, Stage } from '../core/metrics.js';
import { versionLabels, type VersionLabels } from '../core/model-series.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { PredictReply } from './contracts.js';
import type { StatisticsRecorder } from './statistics.js';

/** The metrics and statistics of one loaded model, with its labels resolved once. */
export interface PredictMetrics {
  stage(stage: Stage, milliseconds: number): void;
  /** Rows went through the sessions together. */
  ran(rows: number, milliseconds: number): void;
  queueRows(rows: number): void;
  rejected(reason: string): void;
  replied(reply: PredictReply): void;
  /** How a request ended. */
  readonly requests: Pick<StatisticsRecorder, 'succeeded' | 'failed'>;
}

export function predictMetrics(metrics: Metrics, key: ModelKey, statistics: StatisticsRecorder): PredictMetrics {
  const labels = versionLabels(key);
  const predictions = metrics.predictions.labels(labels);
  const expectedFailures = metrics.expectedFailures.labels(labels);
  const failureProbability = metrics.failureProbability.labels(labels);
  const batchRows = metrics.batchRows.labels(labels);
  const queueRows = metrics.queueRows.labels(labels);
  const stages = stageMetrics(metrics, labels);
  return {
    stage: (stage, milliseconds) => stages[stage].observe(milliseconds / 1000),
    requests: statistics,
    ran(rows, milliseconds) {
      batchRows.observe(rows);
      statistics.ran(rows, milliseconds);
    },
    queueRows: (rows) => queueRows.set(rows),
    rejected: (reason) => metrics.rejected.inc({ ...labels, reason }),
    replied({ rows, status, metaVersion, failureProbabilities, reviews }) {
      predictions.inc(rows);
      metrics.statuses.inc({ ...labels, status }, rows);
      let scored = 0;
      let expected = 0;
      let reviewed = 0;
      for (let row = 0; row < rows; row++) {
        reviewed += reviews[row] ?? 0;
        const score = failureProbabilities[row] ?? NaN;
        if (Number.isNaN(score)) continue;
        scored += 1;
        expected += score;
        failureProbability.observe(score);
      }
      expectedFailures.inc(expected);
      if (scored > 0) metrics.byMetaModel.count(labels, metaVersion, scored, expected);
      if (reviewed > 0) metrics.decisions.inc({ ...labels, decision: 'review' }, reviewed);
      if (reviewed < rows) metrics.decisions.inc({ ...labels, decision: 'accept' }, rows - reviewed);
    },
  };
}

function stageMetrics({ stageDuration }: Metrics, labels: VersionLabels) {
  const of = (stage: Stage) => stageDuration.labels({ ...labels, stage });
  return { parse: of('parse'), queue: of('queue'), base: of('base'), augmentation: of('augmentation'), features: of('features'), meta: of('meta'), reply: of('reply') };
}
