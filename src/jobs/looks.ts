import type { Clock, Timer } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { keyName } from '../ledger/key-name.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { JobQueue } from './queue.js';

/** Pause before a store that could not be asked is asked again. */
const RETRY_MILLISECONDS = 5_000;

/** What is known of a base model between two looks. */
export interface LookState {
  readonly key: ModelKey;
  /** From the moment that a look begins until the retraining that it enqueued has ended, or until it is tried again. */
  busy: boolean;
}

export interface LooksOptions<State extends LookState> {
  readonly queue: Pick<JobQueue, 'ended'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is logged when a look fails. */
  readonly failure: string;
  readonly create: (key: ModelKey) => State;
  /** Asks the store and enqueues a retraining when it is time; sets `busy` to false, or hands over to `follow`. */
  readonly look: (state: State) => Promise<void>;
}

/** Looks whether a retraining is due, one per base model at a time; a store that cannot be asked is asked again after a pause. */
export class Looks<State extends LookState> {
  readonly #options: LooksOptions<State>;
  readonly #states = new Map<string, State>();
  readonly #running = new Set<Promise<void>>();
  readonly #retries = new Set<Timer>();
  #closed = false;

  constructor(options: LooksOptions<State>) {
    this.#options = options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  has(key: ModelKey): boolean {
    return this.#states.has(keyName(key));
  }

  stateOf(key: ModelKey): State {
    const state = this.#states.get(keyName(key)) ?? this.#options.create(key);
    this.#states.set(keyName(key), state);
    return state;
  }

  /** Returns at once and never throws. */
  look(state: State): void {
    if (this.#closed || state.busy) return;
    state.busy = true;
    const { model, version } = state.key;
    const look = this.#options.look(state).catch((error: unknown) => {
      this.#options.logger.warn({ err: messageOf(error), model, version }, this.#options.failure);
      this.#lookLater(state);
    });
    this.#running.add(look);
    void look.finally(() => this.#running.delete(look));
  }

  /** Once the job has ended: `afterwards` sets `busy` to false and may look again. Not waited for by `close`. */
  async follow(state: State, job: string, afterwards: () => Promise<void>): Promise<void> {
    try {
      await this.#options.queue.ended(job);
      if (!this.#closed) await afterwards();
    } catch (error) {
      if (this.#closed) return;
      this.#options.logger.warn({ err: messageOf(error), job }, 'end of a retraining was not learned');
      this.#lookLater(state);
    }
  }

  /** Looks at nothing any more; resolves when no look is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#retries) timer.cancel();
    await Promise.all(this.#running);
  }

  /** The key stays busy meanwhile, so a store that is away is not asked for each row or label. */
  #lookLater(state: State): void {
    if (this.#closed) return;
    const timer = this.#options.clock.after(RETRY_MILLISECONDS, () => {
      this.#retries.delete(timer);
      state.busy = false;
      this.look(state);
    });
    this.#retries.add(timer);
  }
}
