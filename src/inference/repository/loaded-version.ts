import type { LiveMetaModel, LoadedModel, ModelLease } from '../contracts.js';

export type LoadedParts = Omit<LoadedModel, 'meta'>;

/** `prepared` until it takes the place of the version before it; `retired` once it gets no more requests. */
type Phase = 'prepared' | 'serving' | 'retired';

/** A base model version that serves. Nothing in it changes but the meta-model, which is replaced by one assignment. */
export class LoadedVersion implements LoadedModel {
  readonly key;
  readonly tag;
  readonly config;
  readonly signature;
  readonly rowMode;
  readonly features;
  readonly behaviourOnly;
  readonly pool;
  readonly base;
  readonly assumptions;
  #meta: LiveMetaModel | null = null;
  #swaps: Promise<unknown> = Promise.resolve();
  #loads = 0;
  #phase: Phase = 'prepared';
  #leases = 0;
  #idleListeners: (() => void)[] = [];

  constructor(parts: LoadedParts) {
    this.key = parts.key;
    this.tag = parts.tag;
    this.config = parts.config;
    this.signature = parts.signature;
    this.rowMode = parts.rowMode;
    this.features = parts.features;
    this.behaviourOnly = parts.behaviourOnly;
    this.pool = parts.pool;
    this.base = parts.base;
    this.assumptions = parts.assumptions;
  }

  get meta(): LiveMetaModel | null {
    return this.#meta;
  }

  get serving(): boolean {
    return this.#phase === 'serving';
  }

  get retired(): boolean {
    return this.#phase === 'retired';
  }

  /** Requests that hold this version now. */
  get leases(): number {
    return this.#leases;
  }

  serve(): void {
    this.#phase = 'serving';
  }

  /** Holds the version for one request. */
  lease(): ModelLease {
    this.#leases += 1;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.#leases -= 1;
      if (this.#leases === 0) this.#reportIdle();
    };
    return { model: this, release };
  }

  /** Nobody gets it any more; resolves when no request holds it. */
  retire(): Promise<void> {
    this.#phase = 'retired';
    return new Promise((resolve) => {
      this.#idleListeners.push(resolve);
      if (this.#leases === 0) this.#reportIdle();
    });
  }

  /** Ends the wait of `retire` whoever still holds the version. */
  abandon(): void {
    this.#reportIdle();
  }

  #reportIdle(): void {
    for (const listener of this.#idleListeners.splice(0)) listener();
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
