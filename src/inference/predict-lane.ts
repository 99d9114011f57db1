import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Batcher } from './batching/batcher.js';
import type { LoadedModel } from './contracts.js';
import type { DecisionThresholds, VersionLimits } from './decision-thresholds.js';
import { predictMetrics } from './predict-metrics.js';
import type { PredictMetrics } from './predict-metrics.js';
import { ModelRunner } from './runner.js';
import type { RunAnswer, RunnerRequest } from './runner-request.js';
import type { Statistics } from './statistics.js';

/** What the requests of one loaded model share. */
export interface ModelLane {
  readonly batcher: Batcher<RunnerRequest, RunAnswer>;
  readonly metrics: PredictMetrics;
  readonly limits: VersionLimits;
}

export interface LanePorts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly statistics: Pick<Statistics, 'recorder'>;
  readonly logger: Logger;
  /** What is accepted now. */
  readonly thresholds: Pick<DecisionThresholds, 'of'>;
}

export function openLane(model: LoadedModel, ports: LanePorts): ModelLane {
  const { batching } = model.config;
  const metrics = predictMetrics(ports.metrics, model.key, ports.statistics.recorder(model.key));
  const batcher = new Batcher({
    runner: new ModelRunner(model, metrics, ports.logger),
    instances: model.pool.instances,
    maxDelayMicroseconds: batching.max_delay_microseconds,
    maxQueueRows: batching.max_queue_rows,
    timeoutMilliseconds: batching.timeout_milliseconds,
    clock: ports.clock,
    onQueueRows: (rows) => metrics.queueRows(rows),
  });
  return { batcher, metrics, limits: ports.thresholds.of(model) };
}
