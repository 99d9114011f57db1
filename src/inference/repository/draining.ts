import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { LoadedVersion } from './loaded-version.js';

/** Versions that were replaced or unloaded. Each is released as soon as the last request that holds it is answered. */
export class Draining {
  readonly #logger: Logger;
  readonly #draining = new Map<LoadedVersion, Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Resolves when the version's pool is closed. Never rejects. */
  drain(version: LoadedVersion): Promise<void> {
    const released = this.#release(version).finally(() => this.#draining.delete(version));
    this.#draining.set(version, released);
    return released;
  }

  /** Resolves when no version of the model drains. */
  async settled(model: string): Promise<void> {
    await Promise.all([...this.#draining].filter(([version]) => version.key.model === model).map(([, released]) => released));
  }

  /** Waits for no request any more; resolves when the runs in progress have ended and every pool is closed. */
  async close(): Promise<void> {
    for (const version of this.#draining.keys()) version.abandon();
    await Promise.all(this.#draining.values());
  }

  async #release(version: LoadedVersion): Promise<void> {
    const fields = { model: version.key.model, version: version.key.version };
    await version.retire();
    try {
      await version.pool.close();
      this.#logger.info(fields, 'version released');
    } catch (error) {
      this.#logger.warn({ ...fields, err: messageOf(error) }, 'version was not released');
    }
  }
}
