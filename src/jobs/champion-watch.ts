import type { Clock } from '../core/clock.js';
import { MetaErrError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import { loadedModelOf, loadedModels } from '../inference/loaded-models.js';
import { keyName } from '../ledger/key-name.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { MetaModelRecord, MetaModelRegistry } from '../meta/registry.js';
import type { ChampionFollower } from './champion-follower.js';
import { lookAtEach, type LookOutcome } from './look-at-each.js';
import { Rounds } from './rounds.js';

/** However a promotion was missed, it is found after this time. */
const ROUND_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 500;

export interface ChampionWatchOptions {
  readonly registry: Pick<MetaModelRegistry, 'champion' | 'onPromotion' | 'onInterruption'>;
  readonly champions: ChampionFollower;
  readonly catalogue: Pick<ModelCatalogue, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ChampionWatch {
  /** Follows promotions from now on, and looks once at every loaded model. To be called once. */
  start(): void;
  /** Follows nothing any more; resolves when nothing is under way. */
  close(): Promise<void>;
}

/**
 * Keeps the meta-model of every loaded model the champion of the registry, wherever it was promoted: on each promotion, whenever
 * promotions may have been missed, and from time to time. Models that are not loaded are left alone: their load reads the champion.
 */
export function createChampionWatch(options: ChampionWatchOptions): ChampionWatch {
  return new Watch(options);
}

class Watch implements ChampionWatch {
  readonly #options: ChampionWatchOptions;
  readonly #rounds: Rounds;
  /** Looks under way, by key; `again` when another one is to follow, however often it was asked for. */
  readonly #looks = new Map<string, { again: boolean; readonly ended: Promise<LookOutcome> }>();
  /** By model name, the last champion that was found to read other features: it is told once. */
  readonly #unfit = new Map<string, number>();
  #closed = false;

  constructor(options: ChampionWatchOptions) {
    this.#options = options;
    this.#rounds = new Rounds({ clock: options.clock, run: () => this.#lookAtAll(), pauseMilliseconds: ROUND_MILLISECONDS, retryMilliseconds: RETRY_MILLISECONDS });
  }

  start(): void {
    const { registry } = this.#options;
    registry.onPromotion((key) => void this.#promoted(key));
    registry.onInterruption(() => this.#rounds.ask());
    this.#rounds.ask();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#rounds.close();
    await Promise.all([...this.#looks.values()].map(({ ended }) => ended));
  }

  async #promoted(key: ModelKey): Promise<void> {
    if ((await this.#look(key)) !== 'done') this.#rounds.retry();
  }

  /** One model after the other: the bytes of all of them at once would be a burst for everybody. */
  #lookAtAll(): Promise<boolean> {
    return lookAtEach(loadedModels(this.#options.catalogue), ({ key }) => this.#look(key));
  }

  /** Brings one model in line; while that is under way, any number of calls lead to one more. Never rejects. */
  #look(key: ModelKey): Promise<LookOutcome> {
    if (this.#closed || loadedModelOf(this.#options.catalogue, key) === null) return Promise.resolve('done');
    const name = keyName(key);
    const current = this.#looks.get(name);
    if (current !== undefined) {
      current.again = true;
      return current.ended;
    }
    const look = { again: false, ended: Promise.resolve<LookOutcome>('done') };
    this.#looks.set(name, look);
    look.ended = this.#lookWhileAsked(key, look).finally(() => this.#looks.delete(name));
    return look.ended;
  }

  async #lookWhileAsked(key: ModelKey, look: { again: boolean }): Promise<LookOutcome> {
    for (;;) {
      look.again = false;
      const outcome = await this.#bringIn(key).then(() => 'done' as const, (error: unknown) => this.#failed(key, error));
      if (!look.again || this.#closed) return outcome;
    }
  }

  async #bringIn(key: ModelKey): Promise<void> {
    const champion = await this.#options.registry.champion(key);
    const loaded = loadedModelOf(this.#options.catalogue, key);
    if (loaded === null || this.#closed || (loaded.meta?.version ?? 0) === (champion?.version ?? 0)) return;
    if (champion === null || this.#fits(champion, loaded)) await this.#options.champions.follow(key);
  }

  #fits({ key, version, featureSchema }: MetaModelRecord, { features: { layout } }: LoadedModel): boolean {
    if (featureSchema === layout.schema) return true;
    if (this.#unfit.get(key.model) !== version) {
      const fields = { model: key.model, version: key.version, meta_version: version, feature_schema: featureSchema, expected: layout.schema };
      this.#options.logger.warn(fields, 'champion reads other features than the loaded model has, it does not serve here');
    }
    this.#unfit.set(key.model, version);
    return false;
  }

  #failed({ model, version }: ModelKey, error: unknown): LookOutcome {
    this.#options.logger.warn({ err: messageOf(error), model, version }, 'champion could not be followed, it is tried again');
    return error instanceof MetaErrError && error.code === 'STORE_UNAVAILABLE' ? 'unreachable' : 'failed';
  }
}
