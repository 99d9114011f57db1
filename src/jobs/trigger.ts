import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import type { LabelChange, Ledger, ModelKey } from '../ledger/ledger.js';
import { loadedModelOf } from './label-metrics.js';
import type { JobQueue } from './queue.js';
import type { TrainingMark, TrainingMarks } from './training-marks.js';

export interface TriggerOptions {
  readonly ledger: Pick<Ledger, 'labelSequence'>;
  readonly marks: TrainingMarks;
  readonly queue: Pick<JobQueue, 'enqueue' | 'ended'>;
  readonly catalogue: ModelCatalogue;
  readonly logger: Logger;
}

export interface RetrainingTrigger {
  /** Counts new labels and enqueues a retraining where its policy says so. Returns at once and never throws. */
  labelsChanged(changes: readonly LabelChange[]): void;
  /** Looks once at every loaded model: labels may have come before a restart. */
  start(): void;
  /** Fires nothing any more; resolves when nothing is under way. A retraining that it waits for does not hold it up. */
  close(): Promise<void>;
}

interface KeyState {
  readonly key: ModelKey;
  /** Labels counted since `mark`; an estimate that is checked with the ledger before anything is enqueued. */
  newLabels: number;
  mark: TrainingMark | null;
  /** From the moment that a look begins until the retraining that it enqueued has ended. */
  busy: boolean;
}

const NEVER_TRAINED: TrainingMark = { labelSequence: 0, rows: 0 };

/**
 * Starts a retraining when the new ground truths since the last training of a base model reach
 * max(`new_ground_truths`, `growth` x rows of that training). Counting is done in memory from the changes; the ledger
 * and the durable mark of the last training are asked only when the count says that it is time, so a count that is too
 * high (after a retraining by hand) costs two reads and no training.
 */
export function createRetrainingTrigger(options: TriggerOptions): RetrainingTrigger {
  return new Trigger(options);
}

/** New labels that start a retraining, after a training of so many rows. */
export function labelsNeeded(policy: LoadedModel['config']['retraining'], mark: TrainingMark | null): number {
  return Math.max(1, policy.new_ground_truths, Math.ceil(policy.growth * (mark?.rows ?? 0)));
}

class Trigger implements RetrainingTrigger {
  readonly #options: TriggerOptions;
  readonly #states = new Map<string, KeyState>();
  readonly #looks = new Set<Promise<void>>();
  #closed = false;

  constructor(options: TriggerOptions) {
    this.#options = options;
  }

  labelsChanged(changes: readonly LabelChange[]): void {
    for (const { key, labelled } of changes) {
      const state = this.#states.get(nameOf(key));
      if (labelled === 0) continue;
      if (state === undefined) this.#look(this.#stateOf(key));
      else {
        state.newLabels += labelled;
        if (this.#due(state)) this.#look(state);
      }
    }
  }

  start(): void {
    for (const { loaded } of this.#options.catalogue.list()) {
      if (loaded !== null) this.#look(this.#stateOf(loaded.key));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#looks);
  }

  #stateOf(key: ModelKey): KeyState {
    const state = this.#states.get(nameOf(key)) ?? { key, newLabels: 0, mark: null, busy: false };
    this.#states.set(nameOf(key), state);
    return state;
  }

  #due(state: KeyState): boolean {
    const policy = loadedModelOf(this.#options.catalogue, state.key)?.config.retraining;
    return policy !== undefined && policy.automatic && state.newLabels >= labelsNeeded(policy, state.mark);
  }

  /** Asks the ledger and fires when it is time; one look per key at a time. */
  #look(state: KeyState): void {
    if (this.#closed || state.busy) return;
    state.busy = true;
    const look = this.#fireWhenDue(state).catch((error: unknown) => {
      this.#forget(state);
      this.#options.logger.warn({ err: messageOf(error), model: state.key.model, version: state.key.version }, 'retraining could not be triggered');
    });
    this.#looks.add(look);
    void look.finally(() => this.#looks.delete(look));
  }

  async #fireWhenDue(state: KeyState): Promise<void> {
    const { model, version } = state.key;
    const sequence = await this.#refresh(state);
    if (this.#closed || !this.#due(state)) {
      state.busy = false;
      return;
    }
    const job = await this.#options.queue.enqueue({ type: 'retrain', model, version, trigger: 'ground_truths', requestId: null });
    void this.#afterwards(state, job.id, sequence);
  }

  async #refresh(state: KeyState): Promise<number> {
    const { marks, ledger } = this.#options;
    state.mark = await marks.trainingMark(state.key);
    const sequence = await ledger.labelSequence(state.key);
    state.newLabels = sequence - (state.mark ?? NEVER_TRAINED).labelSequence;
    return sequence;
  }

  /** A job that ended without a mark (cancelled while it waited) gets one, else the next label would fire it again. */
  async #afterwards(state: KeyState, job: string, sequence: number): Promise<void> {
    const { queue, marks, logger } = this.#options;
    try {
      await queue.ended(job);
      if (this.#closed) return;
      await marks.setTrainingMark(state.key, { labelSequence: sequence, rows: state.mark?.rows ?? 0 });
      await this.#refresh(state);
      state.busy = false;
      if (this.#due(state)) this.#look(state);
    } catch (error) {
      this.#forget(state);
      if (!this.#closed) logger.warn({ err: messageOf(error), job }, 'end of a retraining was not learned');
    }
  }

  /** What is in the store is not known: the next labels look there again. */
  #forget(state: KeyState): void {
    this.#states.delete(nameOf(state.key));
  }
}

function nameOf(key: ModelKey): string {
  return `${key.digest}/${key.version}/${key.model}`;
}
