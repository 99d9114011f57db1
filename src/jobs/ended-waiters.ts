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

/** Those who wait for the end of a job. */
export class EndedWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** The jobs that somebody waits for. */
  get ids(): readonly string[] {
    return [...this.#waiters.keys()];
  }

  has(id: string): boolean {
    return this.#waiters.has(id);
  }

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
    for (const waiter of this.#taken(job.id)) waiter.resolve(job);
  }

  /** Everybody who waits for this job gets an error. */
  reject(id: string, error: Error): void {
    for (const waiter of this.#taken(id)) waiter.reject(error);
  }

  rejectAll(error: Error): void {
    for (const id of this.ids) this.reject(id, error);
  }

  #taken(id: string): Iterable<Waiter> {
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    return waiters;
  }

  #leave(id: string, waiter: Waiter, settle: () => void): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(id);
    settle();
  }
}
