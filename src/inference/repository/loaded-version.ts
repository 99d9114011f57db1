import type { LiveMetaModel, LoadedModel } from '../contracts.js';

export type LoadedParts = Omit<LoadedModel, 'meta'>;

/** A base model version that serves. Nothing in it changes but the meta-model, which is replaced by one assignment. */
export class LoadedVersion implements LoadedModel {
  readonly key;
  readonly tag;
  readonly config;
  readonly signature;
  readonly batched;
  readonly layout;
  readonly featureGraph;
  readonly pool;
  readonly base;
  readonly sessions;
  readonly assumptions;
  #meta: LiveMetaModel | null = null;
  #swaps: Promise<unknown> = Promise.resolve();
  #loads = 0;

  constructor(parts: LoadedParts) {
    this.key = parts.key;
    this.tag = parts.tag;
    this.config = parts.config;
    this.signature = parts.signature;
    this.batched = parts.batched;
    this.layout = parts.layout;
    this.featureGraph = parts.featureGraph;
    this.pool = parts.pool;
    this.base = parts.base;
    this.sessions = parts.sessions;
    this.assumptions = parts.assumptions;
  }

  get meta(): LiveMetaModel | null {
    return this.#meta;
  }

  /** Puts another meta-model in place and returns the one before. */
  replaceMeta(meta: LiveMetaModel | null): LiveMetaModel | null {
    const before = this.#meta;
    this.#meta = meta;
    return before;
  }

  /** A session id that was never used in this pool. */
  newMetaSession(metaVersion: number): string {
    this.#loads += 1;
    return `meta-${metaVersion}-${this.#loads}`;
  }

  /** Runs changes of the meta-model one after the other, in the order of the calls. */
  serialize<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#swaps.then(change);
    this.#swaps = result.catch(() => undefined);
    return result;
  }
}
