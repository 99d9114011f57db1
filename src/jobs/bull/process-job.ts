import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import { JobCancelled } from '../abort.js';
import type { Job, JobHandler } from '../queue.js';
import { retryPause } from '../retry-pause.js';
import { runHandler, type RunOutcome } from '../run-handler.js';
import type { BullStore } from './bull-store.js';
import type { JobEnd } from './job-data.js';
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

/**
 * One run of a job, from the moment that a worker has taken it. Resolves with what BullMQ is to record; rejects with BullMQ's own errors
 * where the job was put back, or with the failure.
 */
export async function processJob(running: RunningJob, options: ProcessJobOptions): Promise<JobEnd> {
  if (options.closing()) return putBack(running);
  const place = await patiently(options, running, () => options.store.begin(running.id, running.bull.data.model));
  if (place === 'cancelled' || running.signal.reason instanceof JobCancelled) return { state: 'cancelled', result: null, begun: false };
  if (running.signal.aborted) return putBack(running);
  if (place === 'behind') return stepAside(running);
  if (running.attemptsUsed >= options.maxAttempts) throw new UnrecoverableError(`the process ended while this job ran, and it was begun ${options.maxAttempts} times`);
  const outcome = await Promise.race([runHandler(options.handler, begunJob(running), running.signal, (progress) => running.report(progress)), running.abandoned]);
  if (outcome === 'abandoned') return putBack(running);
  await running.progressWritten();
  return settle(running, outcome, options);
}

function begunJob({ id, bull }: RunningJob): Job {
  const { type, model, version, trigger, requestId, createdAt } = bull.data;
  return {
    id, type, model, version, trigger, requestId, createdAt,
    state: 'active', progress: null, result: null, error: null, startedAt: bull.processedOn ?? null, endedAt: null,
  };
}

async function settle(running: RunningJob, outcome: RunOutcome, options: ProcessJobOptions): Promise<JobEnd> {
  // Redis may have been away for longer than the lock lasts. The job is still this worker's unless another has begun it.
  const held = await patiently(options, running, () => options.store.hold(running.id, running.token, options.timing.lock));
  if (!held) {
    options.logger.warn({ job: running.id }, 'job was taken over by another worker; what came out here is not recorded');
    throw new WaitingError();
  }
  if (outcome.state === 'interrupted') return putBack(running);
  if (outcome.state !== 'failed') return { state: outcome.state, result: outcome.result, begun: true };
  throw failure(running.attemptsUsed + 1, outcome.error, outcome.retryAfterSeconds, options);
}

function failure(attempt: number, message: string, retryAfterSeconds: number | null, { maxAttempts, timing }: ProcessJobOptions): Error {
  if (retryAfterSeconds === null || attempt >= maxAttempts) return new UnrecoverableError(message);
  return new FailedForNow(message, retryPause(attempt, retryAfterSeconds, timing.retry));
}

/** To the head of the queue, with its attempts as they were. */
async function putBack({ bull, token }: RunningJob): Promise<never> {
  await bull.moveToWait(token);
  throw new WaitingError();
}

async function stepAside({ bull, token }: RunningJob): Promise<never> {
  await bull.moveToDelayed(Date.now() + ASIDE_MILLISECONDS, token);
  throw new DelayedError();
}

/** Asks until Redis answers; when `close` gives the job up meanwhile, it is left to the workers that look for jobs of dead ones. */
async function patiently<T>({ clock, logger }: ProcessJobOptions, running: RunningJob, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      logger.debug({ err: messageOf(error), job: running.id }, 'job waits for Redis');
    }
    const paused = new Promise<'again'>((resolve) => clock.after(AGAIN_MILLISECONDS, () => resolve('again')));
    if ((await Promise.race([paused, running.abandoned])) === 'abandoned') throw new WaitingError();
  }
}
