import type { Clock, Timer } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import { endsInTime } from '../../core/in-time.js';
import type { Logger } from '../../core/logger.js';
import { pause } from '../../core/pause.js';
import type { Remote } from '../../ledger/sqlite/rpc.js';
import { JobCancelled, JobInterrupted } from '../abort.js';
import type { Job, JobHandler, JobProgress } from '../queue.js';
import { retryPause } from '../retry-pause.js';
import { runHandler } from '../run-handler.js';
import type { JobTable, Orphan } from './job-table.js';

/** Pause before a database that refused (a full disk) is asked again. */
const RETRY_MILLISECONDS = 1_000;
/** Time that a handler has to stop after its signal was aborted by `close`. */
const GRACE_MILLISECONDS = 5_000;

const CANCELLED = { state: 'cancelled', result: null, error: null } as const;

interface RunningJob {
  readonly controller: AbortController;
  progress: JobProgress | null;
  /** Set when `close` no longer waits for it: whatever its handler does later is not recorded. */
  abandoned: boolean;
  done: Promise<void>;
}

export interface JobRunnerOptions {
  readonly table: Remote<JobTable>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxAttempts: number;
  readonly concurrency: number;
}

/**
 * Takes jobs from the table and runs them in this process, at most `concurrency` at a time and one per model. Progress
 * stays in memory until the end of a job: a durable write for each would cost more than it tells.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #onEnd: (job: Job) => void;
  readonly #running = new Map<string, RunningJob>();
  readonly #stop = new AbortController();
  #handler: JobHandler | null = null;
  /** Active jobs that run nowhere, oldest first: their process died, or they failed and another one waits already. */
  #orphans: readonly Orphan[] = [];
  /** Rings when a job may be tried again. */
  #alarm: Timer | null = null;
  #filling: Promise<void> | null = null;
  #wakeAgain = false;
  #closing: Promise<void> | null = null;
  closed = false;

  constructor(options: JobRunnerOptions, onEnd: (job: Job) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
  }

  get closing(): boolean {
    return this.#closing !== null;
  }

  async start(handler: JobHandler): Promise<void> {
    const { table, maxAttempts, clock } = this.#options;
    const error = `the process ended ${maxAttempts} times while this job ran`;
    this.#orphans = await table.recover(maxAttempts, error, clock.now());
    this.#handler = handler;
    this.wake();
  }

  /** The job with the progress that is not in the table yet. */
  withProgress(job: Job): Job {
    const progress = this.#running.get(job.id)?.progress;
    return job.state === 'active' && progress != null ? { ...job, progress } : job;
  }

  /** Aborts a job that runs here; false when it does not. */
  abort(id: string, reason: Error): boolean {
    const running = this.#running.get(id);
    running?.controller.abort(reason);
    return running !== undefined;
  }

  /** Resolves when no job is being taken from the table. */
  async settled(): Promise<void> {
    await this.#filling;
  }

  /** Looks for jobs to run; one look at a time. */
  wake(): void {
    if (this.#handler === null || this.closing) return;
    if (this.#filling !== null) {
      this.#wakeAgain = true;
      return;
    }
    this.#wakeAgain = false;
    this.#filling = this.#fill(this.#handler)
      .catch((error: unknown) => this.#refused(error))
      .finally(() => {
        this.#filling = null;
        if (this.#wakeAgain) this.wake();
      });
  }

  close(deadlineMilliseconds: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMilliseconds);
    return this.#closing;
  }

  async #fill(handler: JobHandler): Promise<void> {
    while (this.#running.size < this.#options.concurrency && !this.closing) {
      const job = await this.#take();
      if (job === null) return;
      if (this.closing) return this.#release(job.id);
      this.#begin(handler, job);
    }
  }

  async #take(): Promise<Job | null> {
    const { table, clock } = this.#options;
    const due = () => this.#orphans.find(({ notBefore }) => notBefore <= clock.now());
    for (let orphan = due(); orphan !== undefined; orphan = due()) {
      const begun = orphan;
      const job = await table.restart(begun.id, clock.now());
      this.#orphans = this.#orphans.filter((other) => other !== begun);
      if (job !== null) return job;
    }
    const job = await table.claim(clock.now());
    if (job === null) await this.#setAlarm();
    return job;
  }

  async #setAlarm(): Promise<void> {
    const { table, clock } = this.#options;
    const now = clock.now();
    const waiting = await table.nextAttempt(now);
    const times = [...this.#orphans.map(({ notBefore }) => notBefore), ...(waiting === null ? [] : [waiting])];
    this.#alarm?.cancel();
    this.#alarm = times.length === 0 || this.closing ? null : clock.after(Math.max(Math.min(...times) - now, 0), () => this.wake());
  }

  #begin(handler: JobHandler, job: Job): void {
    const running: RunningJob = { controller: new AbortController(), progress: null, abandoned: false, done: Promise.resolve() };
    this.#running.set(job.id, running);
    running.done = this.#execute(handler, job, running).finally(() => {
      this.#running.delete(job.id);
      this.wake();
    });
  }

  async #execute(handler: JobHandler, job: Job, running: RunningJob): Promise<void> {
    const report = (progress: JobProgress) => {
      running.progress = progress;
    };
    const outcome = await runHandler(handler, job, running.controller.signal, report);
    if (running.abandoned) return;
    if (outcome.state === 'interrupted') return this.#release(job.id);
    await this.#stored(job.id, async () => {
      const { table, clock } = this.#options;
      // A cancellation may come while the failure is being stored; then there is no next attempt.
      const cancelled = () => running.controller.signal.reason instanceof JobCancelled;
      const again = outcome.state === 'failed' && !cancelled() && (await this.#again(job.id, outcome.error, outcome.retryAfterSeconds));
      if (again && !cancelled()) return;
      const { state, result, error } = again ? CANCELLED : outcome;
      const waited = again ? await table.cancelWaiting(job.id, clock.now()) : null;
      const ended = waited ?? (await table.finish(job.id, { state, result, error, progress: running.progress }, clock.now()));
      if (ended !== null) this.#onEnd(ended);
    });
  }

  /** Puts a failed job where it waits for its next attempt; false when it has none. */
  async #again(id: string, error: string, retryAfterSeconds: number | null): Promise<boolean> {
    const { table, clock, maxAttempts } = this.#options;
    const attempts = retryAfterSeconds === null ? maxAttempts : await table.attempts(id);
    if (retryAfterSeconds === null || attempts >= maxAttempts) return false;
    const notBefore = clock.now() + retryPause(attempts, retryAfterSeconds);
    if (await table.retry(id, error, notBefore)) this.#orphans = [...this.#orphans, { id, notBefore }];
    return true;
  }

  /** Stores what became of a job, however long the database refuses; given up on `close`: the job then runs again. */
  async #stored(id: string, store: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await store();
      } catch (error) {
        this.#options.logger.error({ err: messageOf(error), job: id }, 'end of a job could not be stored');
      }
      if (this.#stop.signal.aborted) return;
      await pause(this.#options.clock, RETRY_MILLISECONDS, this.#stop.signal);
    }
  }

  async #release(id: string): Promise<void> {
    try {
      await this.#options.table.release(id);
    } catch (error) {
      this.#options.logger.warn({ err: messageOf(error), job: id }, 'job stays active and runs again after the next start');
    }
  }

  #refused(error: unknown): void {
    this.#options.logger.error({ err: messageOf(error) }, 'job table could not be read');
    this.#options.clock.after(RETRY_MILLISECONDS, () => this.wake());
  }

  async #close(deadlineMilliseconds: number): Promise<void> {
    this.#alarm?.cancel();
    await this.#filling;
    if (!(await this.#drained(deadlineMilliseconds))) {
      for (const { controller } of this.#running.values()) controller.abort(new JobInterrupted());
      this.#stop.abort();
      if (!(await this.#drained(GRACE_MILLISECONDS))) await this.#abandon();
    }
    this.#stop.abort();
    this.closed = true;
  }

  /** Whether every running job ended within the time. */
  #drained(milliseconds: number): Promise<boolean> {
    return endsInTime(Promise.all([...this.#running.values()].map((running) => running.done)), this.#options.clock, milliseconds);
  }

  async #abandon(): Promise<void> {
    for (const [id, running] of this.#running) {
      running.abandoned = true;
      await this.#release(id);
    }
  }
}
