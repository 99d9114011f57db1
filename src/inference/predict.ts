import type { Clock } from '../core/clock.js';
import { MetaErrError, messageOf } from '../core/errors.js';
import type { ErrorCode } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { PredictionBatch } from '../ledger/ledger.js';
import type { LoadedModel, ModelCatalogue, PredictReply, PredictRequest, PredictUseCase } from './contracts.js';
import { readAnswer } from './predict-answer.js';
import { checkRequest } from './predict-check.js';
import { openLane } from './predict-lane.js';
import type { ModelLane } from './predict-lane.js';
import { predictionBatch } from './predict-ledger.js';

/** Takes predictions for the ledger at once; false when it had to drop them. */
export interface PredictionSink {
  add(batch: PredictionBatch): boolean;
}

export interface PredictPorts {
  readonly catalogue: Pick<ModelCatalogue, 'loaded'>;
  readonly writer: PredictionSink;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** See `predictionIdFactory`. */
  readonly ids: (tag: string, now: number) => string;
}

export interface Predict extends PredictUseCase {
  /** Refuses new requests with SHUTTING_DOWN and resolves when those in progress are answered. */
  close(): Promise<void>;
}

/** Errors that refuse a request for load or at the end of service, by the metric's `reason`. */
const REJECTIONS: Partial<Record<ErrorCode, string>> = { QUEUE_FULL: 'queue_full', REQUEST_TIMEOUT: 'timeout', SHUTTING_DOWN: 'shutting_down' };

class PredictService implements Predict {
  readonly #ports: PredictPorts;
  readonly #lanes = new WeakMap<LoadedModel, ModelLane>();
  readonly #running = new Map<Promise<unknown>, ModelLane>();
  #closed = false;

  constructor(ports: PredictPorts) {
    this.#ports = ports;
  }

  async predict(request: PredictRequest): Promise<PredictReply> {
    if (this.#closed) throw new MetaErrError('SHUTTING_DOWN', 'the server is shutting down and takes no more predictions');
    const model = this.#ports.catalogue.loaded(request.model, request.version);
    const lane = this.#lane(model);
    checkRequest(request, model.signature, lane.mode);
    const running = this.#serve(model, lane, request);
    this.#running.set(running, lane);
    try {
      return await running;
    } catch (error) {
      const reason = error instanceof MetaErrError ? REJECTIONS[error.code] : undefined;
      if (reason !== undefined) lane.metrics.rejected(reason);
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const lane of new Set(this.#running.values())) void lane.batcher.close();
    await Promise.allSettled(this.#running.keys());
  }

  async #serve(model: LoadedModel, lane: ModelLane, request: PredictRequest): Promise<PredictReply> {
    const { clock, ids } = this.#ports;
    const { tensors, report, queuedMilliseconds } = await lane.batcher.submit(request.inputs, request.rows);
    lane.metrics.stage('queue', queuedMilliseconds);
    const answer = readAnswer(model, tensors, report, request.rows);
    const createdAt = clock.now();
    const predictionId = ids(model.tag, createdAt);
    const { status, metaVersion, labels, confidences, values, failureProbabilities, reviews, outputs } = answer;
    this.#log(() => predictionBatch(model, request, answer, tensors, predictionId, createdAt));
    const reply = { key: model.key, predictionId, metaVersion, status, rows: request.rows, labels, confidences, values, failureProbabilities, reviews, outputs };
    lane.metrics.replied(reply);
    return reply;
  }

  /** A prediction never fails because of the ledger. */
  #log(batch: () => PredictionBatch): void {
    try {
      this.#ports.writer.add(batch());
    } catch (error) {
      this.#ports.logger.error({ err: messageOf(error) }, 'predictions could not be given to the ledger');
    }
  }

  #lane(model: LoadedModel): ModelLane {
    let lane = this.#lanes.get(model);
    if (lane === undefined) this.#lanes.set(model, (lane = openLane(model, this.#ports)));
    return lane;
  }
}

/** The predict use-case: batches, runs, scores, decides, and logs every prediction without waiting for the ledger. */
export function createPredict(ports: PredictPorts): Predict {
  return new PredictService(ports);
}
