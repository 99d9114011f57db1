import { systemClock, type Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { EngineDownError, EngineRunError } from './engine.js';
import type { EngineOutage, EnginePool, EnginePoolFactory, LoadedSession, ModelSource, RunReply, RunRequest, SessionOptions } from './engine.js';
import { nextTry } from './next-try.js';
import { SessionIds } from './session-ids.js';
import { ThreadReserve } from './thread-reserve.js';
import { ThreadSlot, type SlotEvents } from './thread-slot.js';

interface WaitingRun {
  readonly request: RunRequest;
  resolve(reply: RunReply): void;
  reject(error: Error): void;
}

class ThreadPool implements EnginePool {
  readonly instances: number;
  readonly #name: string;
  readonly #slots: readonly ThreadSlot[];
  readonly #ids = new SessionIds();
  readonly #waiting: WaitingRun[] = [];
  /** Everything that was begun and has not ended: runs, and loads and unloads. */
  readonly #runs = new Set<Promise<unknown>>();
  readonly #changes = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor({ reserve, clock, logger }: PoolPorts, name: string, instances: number) {
    this.instances = instances;
    this.#name = name;
    const events: SlotEvents = {
      freed: () => this.#dispatch(),
      restarted: (reason) => logger?.warn({ model: name, err: reason }, 'an engine thread ended, another one takes its place'),
      gaveUp: ({ reason, retryAfterSeconds }) => logger?.error({ model: name, err: reason, down: this.outages.length, instances, retry_seconds: retryAfterSeconds }, 'an instance of the model does not work and is tried again'),
      worksAgain: () => logger?.info({ model: name, down: this.outages.length, instances }, 'an instance of the model works again'),
    };
    this.#slots = Array.from({ length: instances }, () => new ThreadSlot(reserve, clock, events));
  }

  get outages(): readonly EngineOutage[] {
    return this.#slots.flatMap((slot) => slot.outage ?? []);
  }

  get pending(): number {
    return this.#runs.size;
  }

  async load(id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSession> {
    if (this.#closing !== null) throw new Error(this.#closedReason());
    // With other sessions in service, one thread loads at a time and the others go on running.
    const inParallel = this.#ids.empty;
    return tracked(this.#changes, this.#ids.loading(id, () => this.#loadOnSlots(id, source, options, inParallel)));
  }

  async unload(id: string): Promise<void> {
    const runsBefore = [...this.#runs];
    await tracked(
      this.#changes,
      this.#ids.unloading(id, async () => {
        await Promise.allSettled(runsBefore);
        await this.#unloadOnSlots(id);
      }),
    );
  }

  async run(request: RunRequest): Promise<RunReply> {
    if (this.#closing !== null) throw runError(request, this.#closedReason());
    const missing = request.steps.find((step) => !step.optional && !this.#ids.isLoaded(step.session));
    if (missing !== undefined) throw new EngineRunError(missing.session, `no session with the id '${missing.session}' is loaded`);
    return tracked(
      this.#runs,
      new Promise<RunReply>((resolve, reject) => {
        this.#waiting.push({ request, resolve, reject });
        this.#dispatch();
      }),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    while (this.#runs.size + this.#changes.size > 0) await Promise.allSettled([...this.#runs, ...this.#changes]);
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }

  #closedReason(): string {
    return `the engine pool of ${this.#name} is closed`;
  }

  /** Gives waiting runs to free threads, in order of arrival. */
  #dispatch(): void {
    const outage = nextTry(this);
    if (outage !== null) for (const run of this.#waiting.splice(0)) run.reject(new EngineDownError(outage));
    while (this.#waiting.length > 0) {
      const slot = this.#slots.find((each) => each.free);
      if (slot === undefined) return;
      const run = this.#waiting.shift();
      if (run !== undefined) startRun(slot, run);
    }
  }

  async #loadOnSlots(id: string, source: ModelSource, options: SessionOptions, inParallel: boolean): Promise<LoadedSession> {
    const outage = nextTry(this);
    if (outage !== null) throw new EngineDownError(outage);
    const alive = this.#slots.filter((slot) => slot.outage === null);
    const load = (slot: ThreadSlot) => slot.load({ id, source, options });
    for (const slot of this.#slots) if (slot.outage !== null) slot.keep({ id, source, options });
    try {
      const loaded = inParallel ? await allOrFirstError(alive.map(load)) : await oneByOne(alive, load);
      return loaded[0] as LoadedSession;
    } catch (error) {
      await this.#unloadOnSlots(id);
      throw error;
    }
  }

  async #unloadOnSlots(id: string): Promise<void> {
    // A thread that ends meanwhile comes back without the session.
    await Promise.allSettled(this.#slots.map((slot) => slot.unload(id)));
  }
}

/** Keeps the promise in the set until it has settled. */
async function tracked<R>(set: Set<Promise<unknown>>, promise: Promise<R>): Promise<R> {
  set.add(promise);
  try {
    return await promise;
  } finally {
    set.delete(promise);
  }
}

/** Waits for all, also when one fails, so that nothing goes on behind the caller's back. */
async function allOrFirstError<R>(promises: readonly Promise<R>[]): Promise<R[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function oneByOne<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await action(item));
  return results;
}

function startRun(slot: ThreadSlot, run: WaitingRun): void {
  slot.run(run.request).then(run.resolve, (error: unknown) => {
    run.reject(error instanceof EngineRunError ? error : runError(run.request, messageOf(error)));
  });
}

function runError(request: RunRequest, reason: string): EngineRunError {
  return new EngineRunError(request.steps[0]?.session ?? '', reason);
}

interface PoolPorts {
  readonly reserve: ThreadReserve;
  readonly clock: Clock;
  readonly logger: Logger | null;
}

export interface ThreadPoolOptions {
  /** The compiled entry that serves sessions (src/entries/engine-thread.ts). */
  readonly threadUrl: URL;
  /** Default: that of the system. */
  readonly clock?: Clock;
  /** Where it is said that threads end; default: nowhere. */
  readonly logger?: Logger;
}

/**
 * Pools of engine threads.
 * The pools share their threads: that of a closed pool serves the next one (see `ThreadReserve`).
 * A model given as bytes is kept by reference as long as it is loaded, to load it again when a thread ends unexpectedly.
 */
export function createThreadPool({ threadUrl, clock = systemClock, logger }: ThreadPoolOptions): EnginePoolFactory {
  const ports: PoolPorts = { reserve: new ThreadReserve(threadUrl), clock, logger: logger ?? null };
  return ({ name, instances }) => {
    if (!Number.isInteger(instances) || instances < 1) throw new Error(`instances of ${name} must be a positive integer, not ${instances}`);
    return new ThreadPool(ports, name, instances);
  };
}
