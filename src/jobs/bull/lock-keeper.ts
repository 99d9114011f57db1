import { systemClock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import { JobCancelled, JobInterrupted } from '../abort.js';
import { Rounds } from '../rounds.js';
import type { BullStore } from './bull-store.js';
import type { RunningJob } from './running-job.js';

/** Renewals in the time after which a worker is taken for dead. */
const RENEWALS = 4;
/** First pause after a renewal that Redis did not answer. */
const AGAIN_MILLISECONDS = 250;

export interface LockKeeperOptions {
  readonly store: BullStore;
  readonly lockMilliseconds: number;
  readonly logger: Logger;
  /** The jobs that run here. */
  readonly runs: () => Iterable<RunningJob>;
}

/**
 * Renews the locks of the jobs that run here. BullMQ's own renewal gives up a lock that ran out while Redis was away, also where nobody else
 * has the job, and mixes up two runs of one job. Whether a job was cancelled comes back with the answer, for the message may have been missed.
 */
export class LockKeeper {
  readonly #options: LockKeeperOptions;
  readonly #rounds: Rounds;

  constructor(options: LockKeeperOptions) {
    this.#options = options;
    this.#rounds = new Rounds({
      // Locks run out by the time of Redis, whatever a test's clock says.
      clock: systemClock,
      run: () => this.#renewAll(),
      pauseMilliseconds: options.lockMilliseconds / RENEWALS,
      retryMilliseconds: AGAIN_MILLISECONDS,
    });
    this.#rounds.ask();
  }

  /** Renews them now. */
  renew(): void {
    this.#rounds.ask();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  async #renewAll(): Promise<boolean> {
    const renewed = await Promise.all([...this.#options.runs()].map((running) => this.#renewed(running)));
    return renewed.every(Boolean);
  }

  /** Whether Redis answered. */
  async #renewed(running: RunningJob): Promise<boolean> {
    const { store, lockMilliseconds, logger } = this.#options;
    try {
      const holding = await running.holding(() => store.hold(running.id, running.token, lockMilliseconds));
      if (holding === 'cancelled') running.abort(new JobCancelled());
      if (holding === 'lost' && running.abort(new JobInterrupted('another worker has taken it over'))) {
        logger.warn({ job: running.id }, 'job was taken over by another worker, for this one was not heard of for too long');
      }
      return true;
    } catch (error) {
      logger.debug({ err: messageOf(error), job: running.id }, 'lock of a job could not be renewed');
      return false;
    }
  }
}
