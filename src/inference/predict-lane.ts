import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Batcher } from './batching/batcher.js';
import type { LoadedModel } from './contracts.js';
import { predictMetrics } from './predict-metrics.js';
import type { PredictMetrics } from './predict-metrics.js';
import { rowMode } from './row-shape.js';
import type { RowMode } from './row-shape.js';
import { ModelRunner } from './runner.js';
import type { BatchReport } from './runner.js';

/** What the requests of one loaded model share. */
export interface ModelLane {
  readonly mode: RowMode;
  readonly batcher: Batcher<BatchReport>;
  readonly metrics: PredictMetrics;
}

export function openLane(model: LoadedModel, ports: { readonly clock: Clock; readonly metrics: Metrics; readonly logger: Logger }): ModelLane {
  const { batching } = model.config;
  const metrics = predictMetrics(ports.metrics, model.key);
  const batcher = new Batcher({
    runner: new ModelRunner(model, metrics, ports.logger),
    instances: model.pool.instances,
    maxDelayMicroseconds: batching.max_delay_microseconds,
    maxQueueRows: batching.max_queue_rows,
    timeoutMilliseconds: batching.timeout_milliseconds,
    clock: ports.clock,
    onQueueRows: (rows) => metrics.queueRows(rows),
  });
  return { mode: rowMode(model.signature, model.batched), batcher, metrics };
}
