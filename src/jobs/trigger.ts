import type { Clock, Timer } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import type { LabelChange, Ledger, ModelKey } from '../ledger/ledger.js';
import { loadedModelOf } from './label-metrics.js';
import { labelsNeeded, newLabels } from './labels-needed.js';
import type { JobQueue } from './queue.js';
import type { TrainingMark, TrainingMarks } from './training-marks.js';

/** Pause before a store that could not be asked is asked again. */
const RETRY_MILLISECONDS = 5_000;

export interface TriggerOptions {
  readonly ledger: Pick<Ledger, 'labelSequence'>;
  readonly marks: TrainingMarks;
  readonly queue: Pick<JobQueue, 'enqueue' | 'ended'>;
  readonly catalogue: ModelCatalogue;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RetrainingTrigger {
  /** Looks at new labels and enqueues a retraining where its policy says so. Returns at once and never throws. */
  labelsChanged(changes: readonly LabelChange[]): void;
  /** Looks once at every loaded model: labels may have come before a restart. */
  start(): void;
  /** Fires nothing any more; resolves when nothing is under way. A retraining that it waits for does not hold it up. */
  close(): Promise<void>;
}

interface KeyState {
  readonly key: ModelKey;
  /** The highest label sequence that this process knows of. */
  sequence: number;
  /** The mark of the last training when it was last read. */
  mark: TrainingMark | null;
  /** From the moment that a look begins until the retraining that it enqueued has ended, or until it is tried again. */
  busy: boolean;
}

/**
 * Starts a retraining when the new ground truths since the last training of a base model reach
 * max(`new_ground_truths`, `growth` x rows of that training). Every change tells the label sequence of all processes, so each of several
 * servers sees when it is time, though it took only some of the labels; that the others see it too costs a job that finds nothing new.
 * The durable mark of the last training is read anew before anything is enqueued, so a mark that another process has moved costs two
 * reads and no training. A store that cannot be asked is asked again after a pause.
 */
export function createRetrainingTrigger(options: TriggerOptions): RetrainingTrigger {
  return new Trigger(options);
}

class Trigger implements RetrainingTrigger {
  readonly #options: TriggerOptions;
  readonly #states = new Map<string, KeyState>();
  readonly #looks = new Set<Promise<void>>();
  readonly #retries = new Set<Timer>();
  #closed = false;

  constructor(options: TriggerOptions) {
    this.#options = options;
  }

  labelsChanged(changes: readonly LabelChange[]): void {
    for (const { key, labelled, labelSequence } of changes) {
      if (labelled === 0) continue;
      const isNew = !this.#states.has(nameOf(key));
      const state = this.#stateOf(key);
      state.sequence = Math.max(state.sequence, labelSequence);
      // Below the mark: the store has lost its data.
      const lost = newLabels(labelSequence, state.mark) < 0;
      if (isNew || lost || this.#due(state, state.sequence)) this.#look(state);
    }
  }

  start(): void {
    for (const { loaded } of this.#options.catalogue.list()) {
      if (loaded !== null) this.#look(this.#stateOf(loaded.key));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#retries) timer.cancel();
    await Promise.all(this.#looks);
  }

  #stateOf(key: ModelKey): KeyState {
    const state = this.#states.get(nameOf(key)) ?? { key, sequence: 0, mark: null, busy: false };
    this.#states.set(nameOf(key), state);
    return state;
  }

  #due({ key, mark }: KeyState, sequence: number): boolean {
    const policy = loadedModelOf(this.#options.catalogue, key)?.config.retraining;
    return policy !== undefined && policy.automatic && newLabels(sequence, mark) >= labelsNeeded(policy, mark);
  }

  /** Asks the store and fires when it is time; one look per key at a time. */
  #look(state: KeyState): void {
    if (this.#closed || state.busy) return;
    state.busy = true;
    const { model, version } = state.key;
    const look = this.#fireWhenDue(state).catch((error: unknown) => {
      this.#options.logger.warn({ err: messageOf(error), model, version }, 'retraining could not be triggered');
      this.#lookLater(state);
    });
    this.#looks.add(look);
    void look.finally(() => this.#looks.delete(look));
  }

  async #fireWhenDue(state: KeyState): Promise<void> {
    const { model, version } = state.key;
    await this.#refresh(state);
    const { sequence } = state;
    if (this.#closed || !this.#due(state, sequence)) {
      state.busy = false;
      return;
    }
    const job = await this.#options.queue.enqueue({ type: 'retrain', model, version, trigger: 'ground_truths', requestId: null });
    void this.#afterwards(state, job.id, sequence);
  }

  /** Reads mark and sequence from the store; what was told while it read counts too, what was told before is in what it read. */
  async #refresh(state: KeyState): Promise<void> {
    const { marks, ledger } = this.#options;
    state.sequence = 0;
    state.mark = await marks.trainingMark(state.key);
    const sequence = await ledger.labelSequence(state.key);
    state.sequence = Math.max(state.sequence, sequence);
  }

  async #afterwards(state: KeyState, job: string, fired: number): Promise<void> {
    const { queue, logger } = this.#options;
    try {
      await queue.ended(job);
      if (this.#closed) return;
      await this.#refresh(state);
      await this.#markUntrained(state, fired);
      state.busy = false;
      if (this.#due(state, state.sequence)) this.#look(state);
    } catch (error) {
      if (this.#closed) return;
      logger.warn({ err: messageOf(error), job }, 'end of a retraining was not learned');
      this.#lookLater(state);
    }
  }

  /** A job that ended without a mark (cancelled while it waited, for example) gets one, else it would be fired again for the same labels. */
  async #markUntrained(state: KeyState, fired: number): Promise<void> {
    if (!this.#due(state, fired)) return;
    const mark = { labelSequence: fired, rows: state.mark?.rows ?? 0 };
    await this.#options.marks.setTrainingMark(state.key, mark);
    state.mark = mark;
  }

  /** The key stays busy meanwhile, so a store that is away is not asked for each label. */
  #lookLater(state: KeyState): void {
    if (this.#closed) return;
    const timer = this.#options.clock.after(RETRY_MILLISECONDS, () => {
      this.#retries.delete(timer);
      state.busy = false;
      this.#look(state);
    });
    this.#retries.add(timer);
  }
}

function nameOf(key: ModelKey): string {
  return `${key.digest}/${key.version}/${key.model}`;
}
