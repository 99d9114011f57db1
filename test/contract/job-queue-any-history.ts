import type { Test } from 'tap';
import fc from 'fast-check';
import type { Job, JobQueue } from '../../src/jobs/queue.js';
import { ManualHandler } from '../support/jobs-handler.js';
import type { Run } from '../support/jobs-handler.js';
import { newJob } from './job-queue-harness.js';
import type { HarnessFactory, JobQueueHarness, SuiteOptions } from './job-queue-harness.js';

const ENDED = ['completed', 'failed', 'cancelled'];

type Step =
  | { readonly kind: 'enqueue'; readonly model: string }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'finish' | 'fail' | 'kill' | 'close' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('enqueue' as const), model: fc.constantFrom('a', 'b') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(9) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('finish' as const, 'fail' as const, 'kill' as const, 'close' as const) }) },
  ),
  { maxLength: 14 },
);

/** One store under a history of calls, deaths and restarts. */
class History {
  readonly #harness: JobQueueHarness;
  #queue: JobQueue;
  #manual = new ManualHandler();
  readonly #ids = new Set<string>();
  readonly #ends = new Map<string, Job>();

  constructor(harness: JobQueueHarness, queue: JobQueue) {
    this.#harness = harness;
    this.#queue = queue;
  }

  async start(): Promise<void> {
    this.#manual = new ManualHandler();
    await this.#queue.start(this.#manual.handler);
  }

  async apply(step: Step): Promise<void> {
    await this.#harness.pass();
    if (step.kind === 'enqueue') this.#ids.add((await this.#queue.enqueue(newJob(step.model))).id);
    else if (step.kind === 'cancel') await this.#queue.cancel([...this.#ids][step.which] ?? 'job_none').catch(() => undefined);
    else if (step.kind === 'finish') (await this.#current())?.finish();
    else if (step.kind === 'fail') (await this.#current())?.fail(new Error('failed'));
    else await this.#restart(step.kind);
  }

  /** Faults of the laws that hold at any time. */
  async faults(): Promise<string[]> {
    const jobs = await Promise.all([...this.#ids].map((id) => this.#queue.get(id)));
    const faults: string[] = [];
    for (const model of ['a', 'b']) {
      for (const state of ['waiting', 'active']) {
        const count = jobs.filter((job) => job?.model === model && job.state === state).length;
        if (count > 1) faults.push(`${count} jobs of ${model} are ${state}`);
      }
    }
    for (const job of jobs) {
      if (job === null || !ENDED.includes(job.state)) continue;
      const before = this.#ends.get(job.id) ?? job;
      if (before.state !== job.state || before.endedAt !== job.endedAt) faults.push(`${job.id} ended twice`);
      this.#ends.set(job.id, job);
    }
    return faults;
  }

  /** Ends what is left; every job has ended then. */
  async drain(): Promise<string[]> {
    for (let run = await this.#current(); run !== undefined; run = await this.#current()) {
      run.finish();
      await this.#queue.ended(run.job.id);
    }
    const jobs = await Promise.all([...this.#ids].map((id) => this.#queue.get(id)));
    await this.#queue.close(0);
    return jobs.filter((job) => job === null || !ENDED.includes(job.state)).map((job) => `${job?.id} did not end`);
  }

  /** The run that is under way; when a job is there to be run, it is waited for. */
  async #current(): Promise<Run | undefined> {
    const { waiting, active } = await this.#queue.depth();
    if (waiting + active === 0) return undefined;
    for (let number = 0; ; number++) {
      const run = await this.#manual.run(number);
      const job = await this.#queue.get(run.job.id);
      if (job?.state === 'active') return run;
      // It has ended since the depth was read, and was the last.
      if (number === this.#manual.runs.length - 1 && (await this.#queue.depth()).waiting + (await this.#queue.depth()).active === 0) return undefined;
    }
  }

  async #restart(kind: 'kill' | 'close'): Promise<void> {
    if (kind === 'kill') await this.#harness.kill(this.#queue);
    else await this.#queue.close(0);
    this.#queue = await this.#harness.open({ maxAttempts: 100 });
    await this.start();
  }
}

export async function anyHistoryLaws(t: Test, create: HarnessFactory, { histories }: SuiteOptions): Promise<void> {
  await t.test('laws 1, 3, 4 and 6 hold after any history', (t) =>
    fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const harness = await create();
        const under = new History(harness, await harness.open({ maxAttempts: 100 }));
        await under.start();
        for (const step of history) {
          await under.apply(step);
          t.same(await under.faults(), []);
        }
        t.same(await under.drain(), []);
        await harness.dispose();
      }),
      { numRuns: histories },
    ));
}
