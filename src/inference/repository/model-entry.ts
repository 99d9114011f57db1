import type { ModelState, ModelView, RepositoryEntry } from '../contracts.js';
import { outageOf } from '../engine-outages.js';
import type { LoadedVersion } from './loaded-version.js';

const UNLOADED = 'unloaded';

/** What is known of one model, from the moment its folder was seen. A model that serves stays ready while it is loaded again. */
export class ModelEntry {
  readonly name: string;
  readonly tag: string;
  #loaded: LoadedVersion | null = null;
  #unloading: LoadedVersion | null = null;
  #loading = false;
  /** Version of the last load (null until it is known) or, after an unload, of what was unloaded. */
  #attempt: number | null = null;
  /** Why the last load failed; null while it lasts and when it succeeded. */
  #reason: string | null = null;

  constructor(name: string, tag: string) {
    this.name = name;
    this.tag = tag;
  }

  get loaded(): LoadedVersion | null {
    return this.#loaded;
  }

  get state(): ModelState {
    if (this.#loaded !== null) return this.#outage === null ? 'ready' : 'unavailable';
    if (this.#unloading !== null) return 'unloading';
    return this.#reason === null ? 'loading' : 'unavailable';
  }

  /** Whether an operator took it out of service, or is about to. */
  get takenOut(): boolean {
    return this.#unloading !== null || (this.#loaded === null && this.#reason === UNLOADED);
  }

  get view(): ModelView {
    const version = (this.#loaded ?? this.#unloading)?.key.version ?? this.#attempt;
    return { name: this.name, version, state: this.state, reason: this.#outage ?? this.#reason, loaded: this.#loaded };
  }

  /** Why what is loaded cannot predict at the moment. */
  get #outage(): string | null {
    return this.#loaded === null ? null : (outageOf(this.#loaded)?.reason ?? null);
  }

  /** State of one version of the folder; null where the folder has none. */
  versionState(version: number | null): Pick<RepositoryEntry, 'state' | 'reason'> {
    const serving = this.#loaded?.key.version ?? null;
    if (serving !== null && serving === version) return { state: this.state, reason: this.#outage ?? '' };
    if (this.#unloading !== null && this.#unloading.key.version === version) return { state: 'unloading', reason: '' };
    // A load that has not come to a version, or failed before it did, is that of every version.
    const attempted = this.#attempt === version || this.#attempt === null;
    if (attempted && this.#reason !== null) return { state: 'unavailable', reason: this.#reason };
    if (attempted && this.#loading) return { state: 'loading', reason: '' };
    return { state: 'unavailable', reason: serving === null ? 'not loaded' : `not loaded; version ${serving} serves` };
  }

  /** A load begins; what serves goes on serving. */
  begin(): void {
    this.#loading = true;
    this.#attempt = null;
    this.#reason = null;
  }

  /** The version that is being loaded. */
  found(version: number): void {
    this.#attempt = version;
  }

  /** Puts a loaded version in place and returns the one before. */
  serve(loaded: LoadedVersion): LoadedVersion | null {
    const before = this.#loaded;
    this.#loaded = loaded;
    this.#loading = false;
    this.#attempt = loaded.key.version;
    this.#reason = null;
    loaded.serve();
    return before;
  }

  /** A load failed. The reason is kept beside a version that still serves. */
  fail(reason: string): void {
    this.#loading = false;
    this.#reason = reason;
  }

  /** Takes what serves out of service and returns it; null when nothing serves. */
  unload(): LoadedVersion | null {
    this.#unloading = this.#loaded;
    this.#loaded = null;
    return this.#unloading;
  }

  /** What was taken out of service is released. */
  unloaded(): void {
    this.#attempt = this.#unloading?.key.version ?? null;
    this.#unloading = null;
    this.#reason = UNLOADED;
  }
}
