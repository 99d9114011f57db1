import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import { loadedModelOf, loadedModels } from '../inference/loaded-models.js';
import type { Ledger, ModelKey } from '../ledger/ledger.js';
import type { MetaModelRecord, MetaModelRegistry } from '../meta/registry.js';
import { labelFreeNeed } from './label-free-need.js';
import { Looks, type LookState } from './looks.js';
import { UNASKED, type JobQueue } from './queue.js';
import { upToNow } from './unlabelled-rows.js';
import { unlabelledSpan, type SearchLimits } from './unlabelled-span.js';

/** The store is asked again after this share of the rows that are missing, for other servers write rows too; but no sooner than after so many, and this share of those needed. */
const SHARE = 0.25;
const LEAST_ROWS = 50;
const LEAST_SHARE = 0.05;
/** A look reads four times the rows that are needed at most: where nearly all get their ground truth, there is none to be made of the others. */
const LIMITS: SearchLimits = { span: 2, all: 4, least: 200 };
/** Where none is wanted now: a champion or a configuration may change. */
const IDLE_ROWS = 10_000;
/** After a job that came to nothing there must be so many times the rows. */
const GROWTH = 4;

export interface UnlabelledTriggerOptions {
  readonly ledger: Pick<Ledger, 'scan'>;
  readonly registry: Pick<MetaModelRegistry, 'champion' | 'onPromotion'>;
  readonly queue: Pick<JobQueue, 'enqueue' | 'ended'>;
  readonly catalogue: ModelCatalogue;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface UnlabelledTrigger {
  /** Rows of the key were written to the ledger by this process. Returns at once and never throws. */
  written(key: ModelKey, rows: number): void;
  /** Looks once at every loaded model: predictions may be there from before a restart. To be called once. */
  start(): void;
  /** Fires nothing any more; resolves when nothing is under way. A retraining that it waits for does not hold it up. */
  close(): Promise<void>;
}

interface KeyState extends LookState {
  /** Rows written here since the last look, and with how many the next one comes. */
  written: number;
  next: number;
  /** Rows that were there when a retraining was last asked for; 0: none was. */
  tried: number;
}

/**
 * Starts a retraining when the stored predictions without a ground truth are enough for a label-free meta-model, or for a newer one (see `labelFreeNeed`).
 * No request waits for it or is counted in the store: each process counts the rows that it writes, and asks the store after a quarter of those that were
 * missing, by a search that is bounded by the number of wanted rows. Where a meta-model that learnt from ground truths serves, nothing is asked until another is promoted.
 */
export function createUnlabelledTrigger(options: UnlabelledTriggerOptions): UnlabelledTrigger {
  return new Trigger(options);
}

class Trigger implements UnlabelledTrigger {
  readonly #options: UnlabelledTriggerOptions;
  readonly #looks: Looks<KeyState>;

  constructor(options: UnlabelledTriggerOptions) {
    this.#options = options;
    this.#looks = new Looks<KeyState>({
      ...options, failure: 'retraining on predictions alone could not be triggered', create: (key) => ({ key, written: 0, next: LEAST_ROWS, tried: 0, busy: false }),
      look: (state) => this.#fireWhenDue(state),
    });
  }

  written(key: ModelKey, rows: number): void {
    const state = this.#looks.stateOf(key);
    state.written += rows;
    if (state.written >= state.next) this.#looks.look(state);
  }

  start(): void {
    const { catalogue, registry } = this.#options;
    registry.onPromotion((key) => {
      if (loadedModelOf(catalogue, key) !== null) this.#looks.look(this.#looks.stateOf(key));
    });
    for (const { key } of loadedModels(catalogue)) this.#looks.look(this.#looks.stateOf(key));
  }

  close(): Promise<void> {
    return this.#looks.close();
  }

  async #fireWhenDue(state: KeyState): Promise<void> {
    const { queue, catalogue, registry } = this.#options;
    state.written = 0;
    const loaded = loadedModelOf(catalogue, state.key);
    const champion = loaded === null ? null : await registry.champion(state.key);
    const needed = loaded === null ? null : neededOf(state, loaded, champion);
    const found = loaded === null || needed === null ? 0 : await this.#found(loaded, needed);
    state.next = needed === null ? IDLE_ROWS : Math.max(LEAST_ROWS, Math.ceil(LEAST_SHARE * needed), Math.ceil(SHARE * (needed - found)));
    if (needed === null || found < needed || this.#looks.closed) {
      state.busy = false;
      // Rows that were written meanwhile may be those that were missing.
      if (state.written >= state.next) this.#looks.look(state);
      return;
    }
    const { model, version } = state.key;
    const job = await queue.enqueue({ type: 'retrain', model, version, trigger: 'unlabelled', ...UNASKED });
    state.tried = found;
    void this.#looks.follow(state, job.id, () => this.#afterwards(state, champion?.version ?? 0));
  }

  async #found({ key, features: { layout } }: LoadedModel, newest: number): Promise<number> {
    const { ledger, clock } = this.#options;
    return (await unlabelledSpan(ledger, { key, featureSchema: layout.schema, ...upToNow(clock.now()), newest }, LIMITS))?.rows ?? 0;
  }

  async #afterwards(state: KeyState, before: number): Promise<void> {
    // What was promoted says itself when there is enough for the next one.
    if (((await this.#options.registry.champion(state.key))?.version ?? 0) !== before) state.tried = 0;
    state.busy = false;
    this.#looks.look(state);
  }
}

function neededOf({ tried }: KeyState, { config: { retraining }, features: { layout } }: LoadedModel, champion: MetaModelRecord | null): number | null {
  const needed = retraining.automatic ? labelFreeNeed({ layout, retraining }, champion) : null;
  return needed === null ? null : Math.max(needed, GROWTH * tried);
}
