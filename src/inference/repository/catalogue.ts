import { MetaErrError } from '../../core/errors.js';
import type { ModelCatalogue, ModelLease, ModelView } from '../contracts.js';
import type { LoadedVersion } from './loaded-version.js';
import type { ModelEntry } from './model-entry.js';

const RETRY_SECONDS = 2;

/** The models of one repository, from the first look at its folder. */
export class Catalogue implements ModelCatalogue {
  readonly #entries = new Map<string, ModelEntry>();
  readonly #byTag = new Map<string, ModelEntry>();
  #listed = false;
  #ready = false;

  get ready(): boolean {
    return this.#ready;
  }

  /** Every model of the folder has been added: what is not here does not exist. Before, nobody is told that a model is unknown. */
  markListed(): void {
    this.#listed = true;
  }

  /** The first load of every model has ended. */
  markReady(): void {
    this.#ready = true;
  }

  /** Adds a model. Returns false when its tag belongs to another one already; it is then listed, but not found by its tag. */
  add(entry: ModelEntry): boolean {
    this.#entries.set(entry.name, entry);
    if (this.#byTag.has(entry.tag)) return false;
    this.#byTag.set(entry.tag, entry);
    return true;
  }

  entry(name: string): ModelEntry | undefined {
    return this.#entries.get(name);
  }

  entries(): readonly ModelEntry[] {
    return [...this.#entries.values()];
  }

  list(): readonly ModelView[] {
    return this.entries().map((entry) => entry.view);
  }

  get(name: string, version: number | null = null): ModelView {
    return this.#found(name, version).view;
  }

  loaded(name: string, version: number | null = null): LoadedVersion {
    const entry = this.#found(name, version);
    if (entry.loaded !== null) return entry.loaded;
    if (entry.takenOut) throw new MetaErrError('MODEL_UNLOADED', `model ${name} is unloaded`);
    const { state, reason } = entry.view;
    if (state === 'unavailable') throw new MetaErrError('MODEL_UNAVAILABLE', `model ${name} is unavailable: ${reason ?? ''}`);
    throw new MetaErrError('MODEL_NOT_READY', `model ${name} is still loading`, { retryAfterSeconds: RETRY_SECONDS });
  }

  lease(name: string, version: number | null = null): ModelLease {
    return this.loaded(name, version).lease();
  }

  byTag(tag: string): ModelView | null {
    const entry = this.#byTag.get(tag);
    if (entry === undefined) this.#refuseUntilListed();
    return entry?.view ?? null;
  }

  #found(name: string, version: number | null): ModelEntry {
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      this.#refuseUntilListed();
      throw new MetaErrError('MODEL_NOT_FOUND', `there is no model ${name}`, { field: 'model' });
    }
    const { version: known } = entry.view;
    // Of a model that could not even be looked into, no version is known; its state then says more than the version.
    if (version !== null && known !== null && version !== known) {
      throw new MetaErrError('VERSION_NOT_FOUND', `model ${name} has no loaded version ${version}; version ${known} is the one`, { field: 'version' });
    }
    return entry;
  }

  #refuseUntilListed(): void {
    if (!this.#listed) throw new MetaErrError('MODEL_NOT_READY', 'the models are not known yet', { retryAfterSeconds: RETRY_SECONDS });
  }
}
