import type { Job, JobState } from './queue.js';

interface Waiter {
  resolve(job: Job): void;
  reject(error: Error): void;
}

const ENDED: readonly JobState[] = ['completed', 'failed', 'cancelled'];

/** Whether a job has ended for good. */
export function hasEnded(job: Job): boolean {
  return ENDED.includes(job.state);
}

/** Those who wait for the end of a job of this process. */
export class EndedWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /**
   * Resolves with the job when it has ended. `read` is asked after the waiter is in place, so an end between the two is
   * not missed; its rejection (an unknown job) is passed on.
   */
  wait(id: string, read: () => Promise<Job>): Promise<Job> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      const waiters = this.#waiters.get(id) ?? new Set();
      this.#waiters.set(id, waiters.add(waiter));
      read().then(
        (job) => {
          if (hasEnded(job)) this.#leave(id, waiter, () => resolve(job));
        },
        (error: Error) => this.#leave(id, waiter, () => reject(error)),
      );
    });
  }

  /** Tells everybody who waits for this job. */
  notify(job: Job): void {
    const waiters = this.#waiters.get(job.id);
    this.#waiters.delete(job.id);
    for (const waiter of waiters ?? []) waiter.resolve(job);
  }

  rejectAll(error: Error): void {
    const all = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const waiters of all) for (const waiter of waiters) waiter.reject(error);
  }

  #leave(id: string, waiter: Waiter, settle: () => void): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(id);
    settle();
  }
}
