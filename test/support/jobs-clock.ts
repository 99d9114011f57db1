import type { Timer } from '../../src/core/clock.js';
import { ManualClock as Base } from './manual-clock.js';

/** A clock that stands still until a test moves it; what is due at once (0 ms) runs in the next turn of the event loop. */
export class ManualClock extends Base {
  #watchers: (() => void)[] = [];

  override after(milliseconds: number, action: () => void): Timer {
    const timer = super.after(milliseconds, action);
    for (const watcher of this.#watchers.splice(0)) watcher();
    if (milliseconds <= 0) setImmediate(() => this.advance(0));
    return timer;
  }

  /** Resolves when at least one timer runs. */
  async timerSet(): Promise<void> {
    while (this.timers === 0) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
}
