import { MetaErrError, messageOf } from '../core/errors.js';
import type { ErrorCode } from '../core/errors.js';
import type { PredictionBatch } from '../ledger/ledger.js';
import { planLabels, type PlannedLabels } from './audit.js';
import type { DecodedRequest, LoadedModel, ModelCatalogue, ModelLease, PredictReply, PredictRequest, PredictUseCase } from './contracts.js';
import { readAnswer } from './predict-answer.js';
import type { Answer } from './predict-answer.js';
import { checkLoggable, checkRequest } from './predict-check.js';
import { openLane } from './predict-lane.js';
import type { LanePorts, ModelLane } from './predict-lane.js';
import { predictionBatch } from './predict-ledger.js';
import { traceReply, traceRun } from './predict-trace.js';
import { runnerRequest } from './runner-request.js';

/** Takes predictions for the ledger at once; false where the reply must say that they may never be in it. */
export interface PredictionSink {
  add(batch: PredictionBatch): boolean;
}

export interface PredictPorts extends LanePorts {
  readonly catalogue: Pick<ModelCatalogue, 'lease'>;
  readonly writer: PredictionSink;
  /** Most rows of a request: a larger one could not be logged. */
  readonly maxRows: number;
  /** See `predictionIdFactory`. */
  readonly ids: (tag: string, now: number) => string;
}

export interface Predict extends PredictUseCase {
  /** Refuses new requests with SHUTTING_DOWN and resolves when those in progress are answered. */
  close(): Promise<void>;
}

/** Errors that end a request for load, for its client or at the end of service, by the metric's `reason`. */
const REJECTIONS: Partial<Record<ErrorCode, string>> = { QUEUE_FULL: 'queue_full', REQUEST_TIMEOUT: 'timeout', CLIENT_GONE: 'client_gone', SHUTTING_DOWN: 'shutting_down' };

/** A request that its model has taken. */
interface Taken {
  readonly model: LoadedModel;
  readonly lane: ModelLane;
  readonly request: PredictRequest;
}

/** A request that was answered, as far as to the reply. */
interface Served {
  readonly reply: PredictReply;
  readonly queue: number;
  readonly run: number;
  readonly at: number;
}

class PredictService implements Predict {
  readonly #ports: PredictPorts;
  readonly #lanes = new WeakMap<LoadedModel, ModelLane>();
  readonly #running = new Map<Promise<unknown>, LoadedModel>();
  #closed = false;

  constructor(ports: PredictPorts) {
    this.#ports = ports;
  }

  async predict<T>(request: PredictRequest, write: (reply: PredictReply) => T): Promise<T> {
    if (this.#closed) throw new MetaErrError('SHUTTING_DOWN', 'the server is shutting down and takes no more predictions');
    const lease = this.#ports.catalogue.lease(request.model, request.version);
    const running = this.#hold(lease, request, write);
    this.#running.set(running, lease.model);
    return running.finally(() => this.#running.delete(running));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const model of new Set(this.#running.values())) void this.#lane(model).batcher.close();
    await Promise.allSettled(this.#running.keys());
  }

  async #hold<T>(lease: ModelLease, request: PredictRequest, write: (reply: PredictReply) => T): Promise<T> {
    try {
      return await this.#answer({ model: lease.model, lane: this.#lane(lease.model), request }, write);
    } finally {
      lease.release();
    }
  }

  async #answer<T>(taken: Taken, write: (reply: PredictReply) => T): Promise<T> {
    const { clock } = this.#ports;
    const { metrics } = taken.lane;
    const started = clock.monotonic();
    try {
      const decoded = this.#read(taken);
      const read = clock.monotonic();
      const { reply, queue, run, at } = await this.#serve(taken, decoded);
      const answered = clock.monotonic();
      const result = write(reply);
      const written = clock.monotonic();
      metrics.stage('reply', written - answered);
      taken.request.trace?.stage('reply', answered, written);
      metrics.requests.succeeded({ rows: reply.rows, at, total: written - started, queue, read: read - started, run, write: written - answered });
      return result;
    } catch (error) {
      const reason = error instanceof MetaErrError ? REJECTIONS[error.code] : undefined;
      if (reason !== undefined) metrics.rejected(reason);
      metrics.requests.failed(clock.monotonic() - started);
      throw error;
    }
  }

  #read({ model, lane, request }: Taken): DecodedRequest {
    const { clock } = this.#ports;
    const started = clock.monotonic();
    const decoded = request.read(model);
    checkRequest(decoded, model);
    checkLoggable(decoded, this.#ports.maxRows);
    const read = clock.monotonic();
    lane.metrics.stage('parse', read - started);
    request.trace?.stage('parse', started, read);
    return decoded;
  }

  async #serve({ model, lane, request: { trace, gone } }: Taken, decoded: DecodedRequest): Promise<Served> {
    const { clock, ids } = this.#ports;
    const submitted = clock.monotonic();
    const { answer: run, queuedMilliseconds } = await lane.batcher.submit(runnerRequest(model, decoded), gone);
    lane.metrics.stage('queue', queuedMilliseconds);
    if (trace !== null) traceRun(trace, run, { submitted, queued: queuedMilliseconds, answered: clock.monotonic() });
    const answer = readAnswer(model.config, run, decoded.rows, lane.limits.limitOf(run.metaVersion));
    const createdAt = clock.now();
    const predictionId = ids(model.tag, createdAt);
    const planned = planLabels(model.config, predictionId, answer.reviews);
    const planning = clock.monotonic();
    const logged = this.#log(() => predictionBatch(model, decoded, run, answer, planned, { id: predictionId, createdAt }));
    trace?.stage('ledger', planning, clock.monotonic());
    const reply = replyOf(model, decoded, logged ? answer : { ...answer, status: 'degraded' }, planned, predictionId);
    lane.metrics.replied(reply);
    if (trace !== null) traceReply(trace, reply);
    return { reply, queue: queuedMilliseconds, run: run.computeMilliseconds, at: createdAt };
  }

  /** A prediction never fails because of the ledger. */
  #log(batch: () => PredictionBatch): boolean {
    try {
      return this.#ports.writer.add(batch());
    } catch (error) {
      this.#ports.logger.error({ err: messageOf(error) }, 'predictions could not be given to the ledger');
      return false;
    }
  }

  #lane(model: LoadedModel): ModelLane {
    let lane = this.#lanes.get(model);
    if (lane === undefined) this.#lanes.set(model, (lane = openLane(model, this.#ports)));
    return lane;
  }
}

function replyOf(model: LoadedModel, { callerIds, rows }: DecodedRequest, answer: Answer, planned: PlannedLabels, predictionId: string): PredictReply {
  const { status, metaVersion, labels, confidences, values, failureProbabilities, reviews, outputs, forms, requestOutputs } = answer;
  return { model, predictionId, callerIds, metaVersion, status, rows, labels, confidences, values, failureProbabilities, reviews, ...planned, outputs, forms, requestOutputs };
}

/** The predict use-case: batches, runs, scores, decides, and logs every prediction without waiting for the ledger. */
export function createPredict(ports: PredictPorts): Predict {
  return new PredictService(ports);
}
