import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { Remote } from '../../ledger/sqlite/rpc.js';
import { JobInterrupted } from '../abort.js';
import type { Job, JobHandler, JobProgress } from '../queue.js';
import { runHandler } from '../run-handler.js';
import type { JobEnd, JobTable } from './job-table.js';

/** Pause before a database that refused (a full disk) is asked again. */
const RETRY_MILLISECONDS = 1_000;
/** Time that a handler has to stop after its signal was aborted by `close`. */
const GRACE_MILLISECONDS = 5_000;

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
  /** Active jobs of a process that died, oldest first. */
  #orphans: string[] = [];
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
    this.#orphans = [...(await table.recover(maxAttempts, error, clock.now()))];
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
    for (let id = this.#orphans[0]; id !== undefined; id = this.#orphans[0]) {
      const job = await table.restart(id, clock.now());
      this.#orphans.shift();
      if (job !== null) return job;
    }
    return table.claim(clock.now());
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
    if (outcome.state === 'interrupted') await this.#release(job.id);
    else await this.#finish(job.id, { ...outcome, progress: running.progress });
  }

  /** Stores the end of a job, however long the database refuses; given up on `close`: the job then runs again. */
  async #finish(id: string, end: JobEnd): Promise<void> {
    for (;;) {
      try {
        const job = await this.#options.table.finish(id, end, this.#options.clock.now());
        if (job !== null) this.#onEnd(job);
        return;
      } catch (error) {
        this.#options.logger.error({ err: messageOf(error), job: id }, 'end of a job could not be stored');
      }
      if (this.#stop.signal.aborted) return;
      await this.#pause(RETRY_MILLISECONDS);
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

  /** Ends early when the runner closes. */
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(milliseconds, resolve);
      this.#stop.signal.addEventListener('abort', () => {
        timer.cancel();
        resolve();
      }, { once: true });
    });
  }

  async #close(deadlineMilliseconds: number): Promise<void> {
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
    const all = Promise.all([...this.#running.values()].map((running) => running.done)).then(() => true);
    if (this.#running.size === 0) return all;
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(milliseconds, () => resolve(false));
      void all.then(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }

  async #abandon(): Promise<void> {
    for (const [id, running] of this.#running) {
      running.abandoned = true;
      await this.#release(id);
    }
  }
}
