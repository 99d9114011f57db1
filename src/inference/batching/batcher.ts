import type { Clock, Timer } from '../../core/clock.js';
import { MetaErrError } from '../../core/errors.js';
import type { TensorMap } from '../../engine/tensor.js';
import { BatchQueue } from './batch-queue.js';
import { DelayTimer } from './delay-timer.js';
import { concatRows, shapeKey, sliceRows } from './tensor-rows.js';

/** Runs joined rows; every tensor of the result has one entry in dimension 0 for each row. */
export interface RowRunner<R> {
  /** Rows that one batch may have; read anew for every batch. */
  readonly maxRows: number;
  run(inputs: TensorMap, rows: number): Promise<RowRun<R>>;
}

export interface RowRun<R> {
  readonly tensors: TensorMap;
  /** What holds for the whole batch. */
  readonly report: R;
}

export interface BatcherOptions<R> {
  readonly runner: RowRunner<R>;
  /** Batches in progress at most. */
  readonly instances: number;
  readonly maxDelayMicroseconds: number;
  readonly maxQueueRows: number;
  readonly timeoutMilliseconds: number;
  readonly clock: Clock;
  /** Told of every change of the number of waiting rows. */
  readonly onQueueRows: (rows: number) => void;
}

export interface BatchAnswer<R> extends RowRun<R> {
  readonly queuedMilliseconds: number;
}

interface Request<R> {
  readonly inputs: TensorMap;
  readonly rows: number;
  readonly shape: string;
  readonly arrivedAt: number;
  resolve(answer: BatchAnswer<R>): void;
  reject(error: unknown): void;
}

/**
 * Joins requests that wait into batches, counted in rows. Laws:
 * 1. a batch holds requests of the same row shapes only, in order of arrival, and at most `maxRows` rows; a request with more runs alone;
 * 2. with an instance free, a request waits for company no longer than `maxDelayMicroseconds`, and not at all once a batch is full;
 * 3. each request is answered with its own rows, in its own order;
 * 4. when a batch fails, its requests run again one by one, so that only the guilty ones fail;
 * 5. at most `maxQueueRows` rows wait (one request of more is let in when nothing else waits); more is QUEUE_FULL;
 * 6. a request that has not started within `timeoutMilliseconds` is REQUEST_TIMEOUT and never runs;
 * 7. `close` refuses new requests with SHUTTING_DOWN and resolves when all that were taken are answered.
 */
export class Batcher<R> {
  readonly #options: BatcherOptions<R>;
  readonly #queue = new BatchQueue<Request<R>>();
  readonly #delay: DelayTimer;
  #expiry: Timer | null = null;
  #running = 0;
  #closed = false;
  #idleListeners: (() => void)[] = [];
  /** Smoothed duration of a batch, for Retry-After. */
  #batchMilliseconds = 0;

  constructor(options: BatcherOptions<R>) {
    this.#options = options;
    this.#delay = new DelayTimer(options.clock, () => this.#startBatches());
  }

  /** Answers with the rows of this request. Inputs must fit the model: they are not checked here. */
  submit(inputs: TensorMap, rows: number): Promise<BatchAnswer<R>> {
    const refusal = this.#refusal(rows);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#queue.push({ inputs, rows, shape: shapeKey(inputs), arrivedAt: this.#options.clock.monotonic(), resolve, reject });
      this.#startBatches();
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#startBatches();
    return new Promise((resolve) => {
      this.#idleListeners.push(resolve);
      this.#reportIdle();
    });
  }

  #refusal(rows: number): MetaErrError | null {
    if (this.#closed) return new MetaErrError('SHUTTING_DOWN', 'the model takes no more requests');
    const { maxQueueRows, instances, runner } = this.#options;
    const waiting = this.#queue.rows;
    if (waiting === 0 || waiting + rows <= maxQueueRows) return null;
    const batchesAhead = Math.ceil(waiting / runner.maxRows / instances);
    const retryAfterSeconds = Math.max(1, Math.ceil((batchesAhead * this.#batchMilliseconds) / 1000));
    return new MetaErrError('QUEUE_FULL', `${waiting} rows are waiting, and ${rows} more would exceed the ${maxQueueRows} of batching.max_queue_rows`, { retryAfterSeconds });
  }

  #startBatches(): void {
    const { instances, runner, maxDelayMicroseconds, clock } = this.#options;
    let wait: number | null = null;
    for (let oldest = this.#queue.oldestArrival(); oldest !== null && this.#running < instances; oldest = this.#queue.oldestArrival()) {
      const due = oldest + maxDelayMicroseconds / 1000;
      const overdue = this.#closed || clock.monotonic() >= due;
      if (!overdue && !this.#queue.hasFullBatch(runner.maxRows)) {
        wait = due;
        break;
      }
      void this.#serve(this.#queue.take(runner.maxRows, !overdue));
    }
    if (wait === null) this.#delay.cancel();
    else this.#delay.arm(wait);
    this.#options.onQueueRows(this.#queue.rows);
    this.#armExpiry();
  }

  async #serve(batch: readonly Request<R>[]): Promise<void> {
    const startedAt = this.#options.clock.monotonic();
    this.#running++;
    await this.#run(batch, startedAt);
    this.#running--;
    const took = this.#options.clock.monotonic() - startedAt;
    this.#batchMilliseconds = this.#batchMilliseconds === 0 ? took : 0.8 * this.#batchMilliseconds + 0.2 * took;
    this.#startBatches();
    this.#reportIdle();
  }

  /** Never rejects: what happens is told to the requests. */
  async #run(batch: readonly Request<R>[], startedAt: number): Promise<void> {
    const rows = batch.reduce((sum, request) => sum + request.rows, 0);
    try {
      const inputs = concatRows(batch.map((request) => request.inputs));
      const { tensors, report } = await this.#options.runner.run(inputs, rows);
      let from = 0;
      for (const request of batch) {
        request.resolve({ tensors: sliceRows(tensors, from, from + request.rows), report, queuedMilliseconds: startedAt - request.arrivedAt });
        from += request.rows;
      }
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const request of batch) await this.#run([request], startedAt);
    }
  }

  /** One timer for all: requests wait equally long, so the oldest is the next to run out of time. */
  #armExpiry(): void {
    const oldest = this.#queue.oldestArrival();
    if (this.#expiry !== null || oldest === null) return;
    const { clock, timeoutMilliseconds } = this.#options;
    this.#expiry = clock.after(Math.max(0, oldest + timeoutMilliseconds - clock.monotonic()), () => {
      this.#expiry = null;
      this.#expire();
    });
  }

  #expire(): void {
    const { clock, timeoutMilliseconds, onQueueRows } = this.#options;
    for (const request of this.#queue.takeArrivedUntil(clock.monotonic() - timeoutMilliseconds)) {
      request.reject(new MetaErrError('REQUEST_TIMEOUT', `the request waited ${timeoutMilliseconds} ms (batching.timeout_milliseconds) for a free instance`));
    }
    onQueueRows(this.#queue.rows);
    this.#armExpiry();
    this.#reportIdle();
  }

  #reportIdle(): void {
    if (!this.#closed || this.#running > 0 || !this.#queue.empty) return;
    this.#expiry?.cancel();
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}
