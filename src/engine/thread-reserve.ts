import { EngineThread } from './engine-thread.js';

/** Idle threads cost some megabytes each. */
const MOST_IDLE = 16;

/**
 * Engine threads that are used again. The memory of the sessions that a thread has had stays with its allocator, so a new thread for
 * every load of a model would spread over one allocator after the other. There are never more idle threads than lent ones: a model
 * that is loaded again finds as many as it needs, and without models there are none.
 */
export class ThreadReserve {
  readonly #threadUrl: URL;
  readonly #lent = new Set<EngineThread>();
  /** Without sessions; the last one given back is the next one lent. */
  readonly #idle = new Set<EngineThread>();
  #started = 0;

  /** `threadUrl` is the compiled entry that serves sessions. */
  constructor(threadUrl: URL) {
    this.#threadUrl = threadUrl;
  }

  /** A thread without sessions. `onEnd` is told when it ends before it was given back. */
  take(onEnd: (reason: string) => void): EngineThread {
    const thread = [...this.#idle].at(-1) ?? new EngineThread(this.#threadUrl, `engine#${this.#started++}`);
    this.#idle.delete(thread);
    this.#lent.add(thread);
    thread.wake();
    thread.onEnd = (reason) => {
      this.#lent.delete(thread);
      onEnd(reason);
    };
    return thread;
  }

  /** Takes a thread back after what was sent to it; resolves when its sessions are released. */
  async giveBack(thread: EngineThread): Promise<void> {
    thread.onEnd = () => {
      this.#lent.delete(thread);
      this.#idle.delete(thread);
    };
    try {
      await thread.reset();
      thread.idle();
      this.#idle.add(thread);
    } catch {
      // It has ended, or its sessions cannot be released.
      await thread.close();
    }
    this.#lent.delete(thread);
    await this.#endSurplus();
  }

  async #endSurplus(): Promise<void> {
    const surplus = [...this.#idle].slice(Math.min(this.#lent.size, MOST_IDLE));
    for (const thread of surplus) this.#idle.delete(thread);
    await Promise.all(surplus.map((thread) => thread.close()));
  }
}
