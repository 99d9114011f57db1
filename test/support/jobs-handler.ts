import type { Job, JobContext, JobHandler, RetrainResult } from '../../src/jobs/queue.js';

export const RESULT: RetrainResult = { promoted: true, meta_version: 7, reason: 'better' };

/** One run of a job whose end the test decides. */
export interface Run {
  readonly job: Job;
  readonly context: JobContext;
  finish(result?: RetrainResult): void;
  fail(error: Error): void;
}

/** A handler that runs until the test ends it, and rejects with the reason when its signal is aborted (unless `deaf`). */
export class ManualHandler {
  readonly runs: Run[] = [];
  #watchers: (() => void)[] = [];
  #deaf: boolean;

  constructor({ deaf = false } = {}) {
    this.#deaf = deaf;
  }

  readonly handler: JobHandler = (job, context) =>
    new Promise<RetrainResult>((resolve, reject) => {
      if (!this.#deaf) context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
      this.runs.push({ job, context, finish: (result = RESULT) => resolve(result), fail: reject });
      for (const watcher of this.#watchers.splice(0)) watcher();
    });

  /** The run of this number, 0 the first, when it has begun. */
  async run(number: number): Promise<Run> {
    for (;;) {
      const run = this.runs[number];
      if (run !== undefined) return run;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }
}
