import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import { loadedModelOf, loadedModels } from '../inference/loaded-models.js';
import type { LabelChange, Ledger } from '../ledger/ledger.js';
import { labelsNeeded, newLabels } from './labels-needed.js';
import { Looks, type LookState } from './looks.js';
import { UNASKED, type JobQueue } from './queue.js';
import type { TrainingMark, TrainingMarks } from './training-marks.js';

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

interface KeyState extends LookState {
  /** The highest label sequence that this process knows of. */
  sequence: number;
  /** The mark of the last training when it was last read. */
  mark: TrainingMark | null;
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
  readonly #looks: Looks<KeyState>;

  constructor(options: TriggerOptions) {
    this.#options = options;
    this.#looks = new Looks<KeyState>({
      ...options, failure: 'retraining could not be triggered', create: (key) => ({ key, sequence: 0, mark: null, busy: false }),
      look: (state) => this.#fireWhenDue(state),
    });
  }

  labelsChanged(changes: readonly LabelChange[]): void {
    for (const { key, labelled, labelSequence } of changes) {
      if (labelled === 0) continue;
      const isNew = !this.#looks.has(key);
      const state = this.#looks.stateOf(key);
      state.sequence = Math.max(state.sequence, labelSequence);
      // Below the mark: the store has lost its data.
      const lost = newLabels(labelSequence, state.mark) < 0;
      if (isNew || lost || this.#due(state, state.sequence)) this.#looks.look(state);
    }
  }

  start(): void {
    for (const { key } of loadedModels(this.#options.catalogue)) this.#looks.look(this.#looks.stateOf(key));
  }

  close(): Promise<void> {
    return this.#looks.close();
  }

  #due({ key, mark }: KeyState, sequence: number): boolean {
    const policy = loadedModelOf(this.#options.catalogue, key)?.config.retraining;
    return policy !== undefined && policy.automatic && newLabels(sequence, mark) >= labelsNeeded(policy, mark);
  }

  async #fireWhenDue(state: KeyState): Promise<void> {
    const { model, version } = state.key;
    await this.#refresh(state);
    const { sequence } = state;
    if (this.#looks.closed || !this.#due(state, sequence)) {
      state.busy = false;
      return;
    }
    const job = await this.#options.queue.enqueue({ type: 'retrain', model, version, trigger: 'ground_truths', ...UNASKED });
    void this.#looks.follow(state, job.id, () => this.#afterwards(state, sequence));
  }

  /** Reads mark and sequence from the store; what was told while it read counts too, what was told before is in what it read. */
  async #refresh(state: KeyState): Promise<void> {
    const { marks, ledger } = this.#options;
    state.sequence = 0;
    state.mark = await marks.trainingMark(state.key);
    const sequence = await ledger.labelSequence(state.key);
    state.sequence = Math.max(state.sequence, sequence);
  }

  async #afterwards(state: KeyState, fired: number): Promise<void> {
    await this.#refresh(state);
    await this.#markUntrained(state, fired);
    state.busy = false;
    if (this.#due(state, state.sequence)) this.#looks.look(state);
  }

  /** A job that ended without a mark (cancelled while it waited, for example) gets one, else it would be fired again for the same labels. */
  async #markUntrained(state: KeyState, fired: number): Promise<void> {
    if (!this.#due(state, fired)) return;
    const mark = { labelSequence: fired, rows: state.mark?.rows ?? 0 };
    await this.#options.marks.setTrainingMark(state.key, mark);
    state.mark = mark;
  }
}
