import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { pause } from '../../core/pause.js';
import { JobCancelled } from '../abort.js';
import type { Job, JobHandler } from '../queue.js';
import { retryPause } from '../retry-pause.js';
import { runHandler, type RunOutcome } from '../run-handler.js';
import type { BullStore } from './bull-store.js';
import { ofAnyRelease, type JobEnd } from './job-data.js';
import type { RunningJob } from './running-job.js';
import type { BullTiming } from './timing.js';

/** A job that steps aside for another of its model looks again so much later. */
const ASIDE_MILLISECONDS = 1_000;
/** Pause before Redis is asked again. */
const AGAIN_MILLISECONDS = 1_000;

export interface ProcessJobOptions {
  readonly store: BullStore;
  readonly handler: JobHandler;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxAttempts: number;
  readonly timing: BullTiming;
  /** Hears why Redis did not answer. */
  readonly onError: (error: Error) => void;
  /** Whether this process closes. */
  readonly closing: () => boolean;
}

/** A failure after which BullMQ tries the job again. */
export class FailedForNow extends Error {
  readonly pauseMilliseconds: number;

  constructor(message: string, pauseMilliseconds: number) {
    super(message);
    this.pauseMilliseconds = pauseMilliseconds;
  }
}

/** Where a job goes from here: to its end, back to the head of the queue, behind another job of its model, or it has gone already. */
type Leaving =
  | { readonly to: 'end'; readonly end: JobEnd }
  | { readonly to: 'failed'; readonly error: Error }
  | { readonly to: 'head' | 'aside' | 'gone' };

/**
 * One run of a job, from the moment that a worker has taken it. Resolves with what BullMQ is to record; rejects with BullMQ's own errors
 * where the job was put back, or with the failure.
 */
export async function processJob(running: RunningJob, options: ProcessJobOptions): Promise<JobEnd> {
  const leaving = await perform(running, options);
  await running.leave();
  if (leaving.to === 'end') return leaving.end;
  if (leaving.to === 'failed') throw leaving.error;
  const { bull, token } = running;
  if (leaving.to === 'aside') {
    await bull.moveToDelayed(Date.now() + ASIDE_MILLISECONDS, token);
    throw new DelayedError();
  }
  // Its attempts stay as they were.
  if (leaving.to === 'head') await bull.moveToWait(token);
  throw new WaitingError();
}

async function perform(running: RunningJob, options: ProcessJobOptions): Promise<Leaving> {
  if (options.closing()) return { to: 'head' };
  const place = await patiently(options, running, () => options.store.begin(running.id));
  if (place === 'gone') return { to: 'gone' };
  if (place === 'cancelled' || running.signal.reason instanceof JobCancelled) return cancelled(running.attemptsUsed > 0);
  if (running.signal.aborted) return { to: 'head' };
  if (place === 'behind') return { to: 'aside' };
  if (running.attemptsUsed >= options.maxAttempts) return { to: 'failed', error: new UnrecoverableError(`the process ended while this job ran, and it was begun ${options.maxAttempts} times`) };
  const outcome = await Promise.race([runHandler(options.handler, begunJob(running), running.signal, (progress) => running.report(progress)), running.abandoned]);
  if (outcome === 'abandoned') return { to: 'head' };
  await running.progressWritten();
  return settle(running, outcome, options);
}

function begunJob({ id, bull }: RunningJob): Job {
  const { type, model, version, trigger, requestId, traceParent, createdAt } = ofAnyRelease(bull.data);
  return {
    id, type, model, version, trigger, requestId, traceParent, createdAt,
    state: 'active', progress: null, result: null, error: null, startedAt: bull.processedOn ?? null, endedAt: null,
  };
}

async function settle(running: RunningJob, outcome: RunOutcome, options: ProcessJobOptions): Promise<Leaving> {
  // Redis may have been away for longer than the lock lasts. The job is still this worker's unless another has begun it.
  const holding = await patiently(options, running, () => options.store.hold(running.id, running.token, options.timing.lock));
  if (holding === 'gone') return { to: 'gone' };
  if (holding === 'lost') {
    options.logger.warn({ job: running.id }, 'job was taken over by another worker; what came out here is not recorded');
    return { to: 'gone' };
  }
  if (outcome.state === 'completed' || outcome.state === 'cancelled') return { to: 'end', end: { state: outcome.state, result: outcome.result, begun: true } };
  const runsAgain = outcome.state === 'interrupted' || outcome.retryAfterSeconds !== null;
  if (holding === 'cancelled' && runsAgain) return cancelled(true);
  if (outcome.state === 'interrupted') return { to: 'head' };
  return { to: 'failed', error: failure(running.attemptsUsed + 1, outcome.error, outcome.retryAfterSeconds, options) };
}

function cancelled(begun: boolean): Leaving {
  return { to: 'end', end: { state: 'cancelled', result: null, begun } };
}

function failure(attempt: number, message: string, retryAfterSeconds: number | null, { maxAttempts, timing }: ProcessJobOptions): Error {
  if (retryAfterSeconds === null || attempt >= maxAttempts) return new UnrecoverableError(message);
  return new FailedForNow(message, retryPause(attempt, retryAfterSeconds, timing.retry));
}

/** Asks until Redis answers; when `close` gives the job up meanwhile, it is left to the workers that look for jobs of dead ones. */
async function patiently<T>({ clock, onError }: ProcessJobOptions, running: RunningJob, ask: () => Promise<T>): Promise<T | 'gone'> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      onError(error as Error);
    }
    await pause(clock, AGAIN_MILLISECONDS, running.abandonment);
    if (running.abandonment.aborted) return 'gone';
  }
}
