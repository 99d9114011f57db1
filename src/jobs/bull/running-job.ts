import type { Job as BullJob } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import { ProgressWriter } from './progress-writer.js';
import type { JobProgress } from '../queue.js';
import type { JobData, JobEnd } from './job-data.js';

/** A job that a worker of this process has. */
export class RunningJob {
  readonly id: string;
  readonly bull: BullJob<JobData, JobEnd>;
  readonly token: string;
  /** Resolves when the worker has nothing to do with it any more. */
  readonly done: Promise<void>;
  /** Resolves at its abandonment. */
  readonly abandoned: Promise<'abandoned'>;
  readonly #controller = new AbortController();
  readonly #writer: ProgressWriter;
  #progress: JobProgress | null = null;
  #leaving = false;
  #holding: Promise<unknown> = Promise.resolve();
  readonly #abandonment = new AbortController();
  #end: () => void = () => undefined;

  /** `onError` hears of progress that could not be written; the job goes on. */
  constructor(bull: BullJob<JobData, JobEnd>, token: string, clock: Clock, onError: (error: Error) => void) {
    this.id = bull.id ?? '';
    this.bull = bull;
    this.token = token;
    this.done = new Promise((resolve) => (this.#end = resolve));
    this.abandoned = new Promise((resolve) => this.abandonment.addEventListener('abort', () => resolve('abandoned'), { once: true }));
    this.#writer = new ProgressWriter(clock, (progress) => bull.updateProgress({ ...progress }).catch(onError));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborted when `close` no longer waits for its handler: whatever that does later is not recorded. */
  get abandonment(): AbortSignal {
    return this.#abandonment.signal;
  }

  get progress(): JobProgress | null {
    return this.#progress;
  }

  /** Attempts that are behind it: workers that died with it, and failures that were tried again. */
  get attemptsUsed(): number {
    return this.bull.stalledCounter + this.bull.attemptsMade;
  }

  /** Makes one call about its lock; null when the job is about to leave this worker. */
  async holding<T>(call: () => Promise<T>): Promise<T | null> {
    if (this.#leaving) return null;
    const answer = call();
    this.#holding = Promise.allSettled([this.#holding, answer]);
    return answer;
  }

  /** No call about its lock is begun any more; resolves when none is under way: one that came late would take the job back. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#holding;
  }

  report(progress: JobProgress): void {
    this.#progress = progress;
    this.#writer.report(progress);
  }

  progressWritten(): Promise<void> {
    return this.#writer.flush();
  }

  /** Aborts its handler; false when that was done before. */
  abort(reason: Error): boolean {
    const first = !this.signal.aborted;
    this.#controller.abort(reason);
    return first;
  }

  abandon(): void {
    this.#abandonment.abort();
  }

  end(): void {
    this.#leaving = true;
    this.#end();
  }
}
