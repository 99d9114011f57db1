import type { Clock, Timer } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { LoadedVersion } from './loaded-version.js';

/**
 * Versions that were replaced. A request that already holds one starts its run within the time-out of that model or is
 * refused, so its pool is closed after that time; closing waits for the runs in progress.
 */
export class Draining {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiting = new Map<LoadedVersion, Timer>();
  readonly #closing = new Set<Promise<void>>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  drain(version: LoadedVersion): void {
    const timer = this.#clock.after(version.config.batching.timeout_milliseconds, () => this.#release(version));
    this.#waiting.set(version, timer);
  }

  /** Releases all at once and resolves when their runs have ended. */
  async close(): Promise<void> {
    for (const version of [...this.#waiting.keys()]) this.#release(version);
    await Promise.all(this.#closing);
  }

  #release(version: LoadedVersion): void {
    this.#waiting.get(version)?.cancel();
    this.#waiting.delete(version);
    const closing = version.pool.close().then(
      () => this.#logger.info({ model: version.key.model, version: version.key.version }, 'old version released'),
      (error: unknown) => this.#logger.warn({ model: version.key.model, version: version.key.version, err: messageOf(error) }, 'old version was not released'),
    );
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}
