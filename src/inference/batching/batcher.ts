import type { Clock, Timer } from '../../core/clock.js';
import { MetaErrError } from '../../core/errors.js';
import { BatchQueue } from './batch-queue.js';
import type { Ticket } from './batch-queue.js';
import { DelayTimer } from './delay-timer.js';

/** What the batcher must know of a request. */
export interface BatchRequest {
  readonly rows: number;
  /** Requests of equal shapes can share a batch. */
  readonly shape: string;
  /** A wait shorter than the model's after which the request is refused; null for none. */
  readonly timeoutMilliseconds: number | null;
}

/** Runs the requests of a batch together. */
export interface BatchRunner<Q extends BatchRequest, A> {
  /** Rows that one batch may have; read anew for every batch. With 1, every request runs alone. */
  readonly maxRows: number;
  /** One answer for each request, in their order. */
  run(requests: readonly Q[]): Promise<readonly A[]>;
}

export interface BatcherOptions<Q extends BatchRequest, A> {
  readonly runner: BatchRunner<Q, A>;
  /** Batches in progress at most. */
  readonly instances: number;
  readonly maxDelayMicroseconds: number;
  readonly maxQueueRows: number;
  readonly timeoutMilliseconds: number;
  readonly clock: Clock;
  /** Told of every change of the number of waiting rows. */
  readonly onQueueRows: (rows: number) => void;
}

export interface BatchAnswer<A> {
  readonly answer: A;
  readonly queuedMilliseconds: number;
}

interface Entry<Q, A> {
  readonly request: Q;
  readonly rows: number;
  readonly shape: string;
  readonly arrivedAt: number;
  /** Its own time-out, where that is shorter than the model's. */
  readonly timeout: number | null;
  waiting: boolean;
  expiry: Timer | null;
  /** Ends listening for the caller's end; null where nobody listens. */
  unlisten: (() => void) | null;
  resolve(answer: BatchAnswer<A>): void;
  reject(error: unknown): void;
}

/**
 * Joins requests that wait into batches, counted in rows. Laws:
 * 1. a batch holds requests of the same shape only, in order of arrival, and at most `maxRows` rows; a request with more runs alone;
 * 2. with an instance free, a request waits for company no longer than `maxDelayMicroseconds`, and not at all once a batch is full,
 *    when its own time-out is not longer than that, or when none is to be expected: the batch before it was one request, and no other
 *    came while that ran;
 * 3. each request is answered with its own answer;
 * 4. when a batch fails, its requests run again one by one, so that only the guilty ones fail;
 * 5. at most `maxQueueRows` rows wait (one request of more is let in when nothing else waits); more is QUEUE_FULL;
 * 6. a request that has not started within `timeoutMilliseconds`, or its own time-out if that is shorter, is REQUEST_TIMEOUT and
 *    never runs;
 * 7. `close` refuses new requests with SHUTTING_DOWN and resolves when all that were taken are answered;
 * 8. a request whose caller is gone before it has started leaves the queue, never runs and is CLIENT_GONE.
 */
export class Batcher<Q extends BatchRequest, A> {
  readonly #options: BatcherOptions<Q, A>;
  readonly #queue = new BatchQueue<Entry<Q, A>>();
  readonly #delay: DelayTimer;
  #expiry: Timer | null = null;
  /** Waiting requests whose own time-out is not longer than the delay. */
  #hasty = 0;
  #running = 0;
  /** The last batch was one request, and nothing waited when it was done: a caller that sends one request after the other. */
  #alone = false;
  #closed = false;
  #idleListeners: (() => void)[] = [];
  /** Smoothed duration of a batch, for Retry-After. */
  #batchMilliseconds = 0;

  constructor(options: BatcherOptions<Q, A>) {
    this.#options = options;
    this.#delay = new DelayTimer(options.clock, () => this.#startBatches());
  }

  /** Answers this request, unless `gone` is aborted before it starts. It must fit the model: that is not checked here. */
  submit(request: Q, gone: AbortSignal | null = null): Promise<BatchAnswer<A>> {
    const refusal = gone?.aborted === true ? clientGone() : this.#refusal(request.rows);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const { clock, timeoutMilliseconds } = this.#options;
      const { rows, shape, timeoutMilliseconds: own } = request;
      const timeout = own !== null && own < timeoutMilliseconds ? own : null;
      const entry: Entry<Q, A> = { request, rows, shape, arrivedAt: clock.monotonic(), timeout, waiting: true, expiry: null, unlisten: null, resolve, reject };
      const ticket = this.#queue.push(entry);
      if (this.#isHasty(entry)) this.#hasty++;
      this.#startBatches();
      if (!entry.waiting) return;
      if (timeout !== null) entry.expiry = clock.after(timeout, () => this.#expireEarly(ticket));
      if (gone !== null) entry.unlisten = onceAborted(gone, () => this.#takeOut(ticket, clientGone()));
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
    const { rows: waiting, requests } = this.#queue;
    if (waiting === 0 || waiting + rows <= maxQueueRows) return null;
    const batchesAhead = Math.ceil(Math.min(requests, waiting / runner.maxRows) / instances);
    const retryAfterSeconds = Math.max(1, Math.ceil((batchesAhead * this.#batchMilliseconds) / 1000));
    return new MetaErrError('QUEUE_FULL', `${waiting} rows are waiting, and ${rows} more would exceed the ${maxQueueRows} of batching.max_queue_rows`, { retryAfterSeconds });
  }

  #startBatches(): void {
    const { instances, runner, maxDelayMicroseconds, clock } = this.#options;
    let wait: number | null = null;
    for (let oldest = this.#queue.oldestArrival(); oldest !== null && this.#running < instances; oldest = this.#queue.oldestArrival()) {
      const due = oldest + maxDelayMicroseconds / 1000;
      const overdue = this.#closed || this.#alone || this.#hasty > 0 || clock.monotonic() >= due;
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

  async #serve(batch: readonly Entry<Q, A>[]): Promise<void> {
    const startedAt = this.#options.clock.monotonic();
    this.#running++;
    for (const entry of batch) this.#leave(entry);
    await this.#run(batch, startedAt);
    this.#running--;
    const took = this.#options.clock.monotonic() - startedAt;
    this.#batchMilliseconds = this.#batchMilliseconds === 0 ? took : 0.8 * this.#batchMilliseconds + 0.2 * took;
    this.#startBatches();
    this.#reportIdle();
  }

  /** Never rejects: what happens is told to the requests. */
  async #run(batch: readonly Entry<Q, A>[], startedAt: number): Promise<void> {
    try {
      const answers = await this.#options.runner.run(batch.map((entry) => entry.request));
      // Before the answer is out: who sends one request after the other has the next one waiting as soon as it is.
      this.#alone = batch.length === 1 && this.#queue.requests === 0;
      if (answers.length !== batch.length) throw new Error(`expected ${batch.length} answers of a batch, got ${answers.length}`);
      batch.forEach((entry, index) => entry.resolve({ answer: answers[index] as A, queuedMilliseconds: startedAt - entry.arrivedAt }));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const entry of batch) await this.#run([entry], startedAt);
    }
  }

  /** One timer for all that have no time-out of their own: they wait equally long, so the oldest is the next to run out of time. */
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
    const { clock, timeoutMilliseconds } = this.#options;
    for (const entry of this.#queue.takeArrivedUntil(clock.monotonic() - timeoutMilliseconds)) {
      this.#refuse(entry, late(`${timeoutMilliseconds} ms (batching.timeout_milliseconds)`));
    }
    this.#afterExpiry();
  }

  #expireEarly(ticket: Ticket<Entry<Q, A>>): void {
    this.#takeOut(ticket, late(`${ticket.place.value.timeout ?? 0} ms (the time-out of the request)`));
  }

  /** Refuses a request out of turn. */
  #takeOut(ticket: Ticket<Entry<Q, A>>, error: MetaErrError): void {
    this.#queue.remove(ticket);
    this.#refuse(ticket.place.value, error);
    this.#afterExpiry();
  }

  #refuse(entry: Entry<Q, A>, error: MetaErrError): void {
    this.#leave(entry);
    // Only here: the timer may come long after the last request, and the model's metrics may be gone with it.
    this.#options.onQueueRows(this.#queue.rows);
    entry.reject(error);
  }

  #afterExpiry(): void {
    this.#armExpiry();
    this.#reportIdle();
  }

  #isHasty({ timeout }: Entry<Q, A>): boolean {
    return timeout !== null && timeout * 1000 <= this.#options.maxDelayMicroseconds;
  }

  /** The request does not wait any more. */
  #leave(entry: Entry<Q, A>): void {
    entry.waiting = false;
    entry.expiry?.cancel();
    entry.unlisten?.();
    if (this.#isHasty(entry)) this.#hasty--;
  }

  #reportIdle(): void {
    if (!this.#closed || this.#running > 0 || this.#queue.requests > 0) return;
    this.#expiry?.cancel();
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}

function late(waited: string): MetaErrError {
  return new MetaErrError('REQUEST_TIMEOUT', `the request waited ${waited} for a free instance`);
}

function clientGone(): MetaErrError {
  return new MetaErrError('CLIENT_GONE', 'the client closed its connection before its request had started');
}

/** Calls the listener when the signal is aborted. Returns what ends that. */
function onceAborted(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
