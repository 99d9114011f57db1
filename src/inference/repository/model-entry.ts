import type { ModelState, ModelView } from '../contracts.js';
import type { LoadedVersion } from './loaded-version.js';

/** What is known of one model, from the moment its folder was seen. A model that serves stays ready while it is loaded again. */
export class ModelEntry {
  readonly name: string;
  readonly tag: string;
  #version: number | null = null;
  #reason: string | null = null;
  #loaded: LoadedVersion | null = null;

  constructor(name: string, tag: string) {
    this.name = name;
    this.tag = tag;
  }

  get loaded(): LoadedVersion | null {
    return this.#loaded;
  }

  get state(): ModelState {
    if (this.#loaded !== null) return 'ready';
    return this.#reason === null ? 'loading' : 'unavailable';
  }

  get view(): ModelView {
    return { name: this.name, version: this.#version, state: this.state, reason: this.#reason, loaded: this.#loaded };
  }

  /** A load begins; what serves goes on serving. */
  begin(): void {
    if (this.#loaded === null) this.#reason = null;
  }

  /** The version that is being loaded. */
  found(version: number): void {
    if (this.#loaded === null) this.#version = version;
  }

  /** Puts a loaded version in place and returns the one before. */
  serve(loaded: LoadedVersion): LoadedVersion | null {
    const before = this.#loaded;
    this.#loaded = loaded;
    this.#version = loaded.key.version;
    this.#reason = null;
    return before;
  }

  /** A load failed. The reason is kept beside a version that still serves. */
  fail(reason: string): void {
    this.#reason = reason;
  }
}
