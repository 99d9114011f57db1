import type { Clock } from '../core/clock.js';
import type { EngineOutage, LoadedSession, ModelSource, RunReply, RunRequest, SessionOptions } from './engine.js';
import { ThreadEndedError, type EngineThread } from './engine-thread.js';
import { SlotOutage } from './slot-outage.js';
import { copyBytes, copyTensors } from './tensor-transfer.js';
import type { ThreadReserve } from './thread-reserve.js';

/** Restarts in a row, without a run that succeeded in between, after which a slot gives up for a while. */
const MAX_RESTARTS = 3;

export interface LoadOrder {
  readonly id: string;
  readonly source: ModelSource;
  readonly options: SessionOptions;
}

/** What becomes of a slot. */
export interface SlotEvents {
  /** It has become free, or has given up. */
  freed(): void;
  /** Its thread ended, and another one takes its place. */
  restarted(reason: string): void;
  gaveUp(outage: EngineOutage): void;
  worksAgain(): void;
}

/**
 * One place for a thread in the pool: for a thread that ends unexpectedly another one is taken, and its sessions are loaded anew. Where
 * that does not help the slot gives up, and tries again after a pause.
 */
export class ThreadSlot {
  readonly #reserve: ThreadReserve;
  readonly #events: SlotEvents;
  readonly #outage: SlotOutage;
  readonly #loaded = new Map<string, LoadOrder>();
  #thread: EngineThread;
  #outstanding = 0;
  #restarts = 0;
  #closing: Promise<void> | null = null;

  constructor(reserve: ThreadReserve, clock: Clock, events: SlotEvents) {
    this.#reserve = reserve;
    this.#events = events;
    this.#outage = new SlotOutage(clock, () => this.#tryAgain());
    this.#thread = this.#takeThread();
  }

  /** Why the slot has given up, and when it tries again; null while it works. */
  get outage(): EngineOutage | null {
    return this.#outage.current;
  }

  /** True when a run would start at once. */
  get free(): boolean {
    return !this.#outage.lasts && this.#outstanding === 0;
  }

  async run(request: RunRequest): Promise<RunReply> {
    const { tensors, transfer } = copyTensors(request.tensors);
    const reply = await this.#busyWith(() => this.#thread.send({ kind: 'run', request: { ...request, tensors } }, transfer));
    this.#restarts = 0;
    this.#outage.forget();
    return reply;
  }

  async load(order: LoadOrder): Promise<LoadedSession> {
    const loaded = await this.#busyWith(() => this.#sendLoad(order));
    this.#loaded.set(order.id, order);
    return loaded;
  }

  /** A slot that has given up has the session too when it works again. */
  keep(order: LoadOrder): void {
    this.#loaded.set(order.id, order);
    if (this.#outage.onTrial) this.#loadAgain(order);
  }

  async unload(id: string): Promise<void> {
    this.#loaded.delete(id);
    if (this.#hasThread) await this.#thread.send({ kind: 'unload', id });
  }

  /** Gives the thread back after what was sent to it; resolves when its sessions are released. */
  close(): Promise<void> {
    this.#closing ??= this.#reserve.giveBack(this.#thread);
    this.#outage.close();
    // Whoever still knows the pool must not keep the models' bytes in memory.
    this.#loaded.clear();
    return this.#closing;
  }

  /** Whether the thread is there to be sent to. */
  get #hasThread(): boolean {
    return !this.#outage.lasts || this.#outage.onTrial;
  }

  #takeThread(): EngineThread {
    const thread: EngineThread = this.#reserve.take((reason) => this.#ended(thread, reason));
    return thread;
  }

  #sendLoad({ id, source, options }: LoadOrder): Promise<LoadedSession> {
    if ('path' in source) return this.#thread.send({ kind: 'load', id, source, options });
    const buffer = copyBytes(source.bytes);
    return this.#thread.send({ kind: 'load', id, source: { ...source, bytes: new Uint8Array(buffer) }, options }, [buffer]);
  }

  async #busyWith<R>(work: () => Promise<R>): Promise<R> {
    this.#outstanding++;
    try {
      return await work();
    } finally {
      this.#outstanding--;
      if (this.#outstanding === 0 && this.#outage.onTrial) this.#passed();
      if (this.free) this.#events.freed();
    }
  }

  /** A thread that was left after a load that failed ends unheard, and so does one from before the last try. */
  #ended(thread: EngineThread, reason: string): void {
    if (this.#closing !== null || thread !== this.#thread || !this.#hasThread) return;
    if (this.#restarts >= MAX_RESTARTS) {
      this.#giveUp(`${reason} (given up after ${MAX_RESTARTS} restarts)`);
      return;
    }
    this.#restarts++;
    this.#events.restarted(reason);
    this.#renew();
  }

  /** The first to end the thread, before a run succeeds, makes the slot give up again. */
  #tryAgain(): void {
    this.#restarts = MAX_RESTARTS;
    this.#renew();
  }

  /** Every session was loaded anew on a thread that answers. */
  #passed(): void {
    if (this.#closing !== null) return;
    this.#outage.end();
    this.#events.worksAgain();
  }

  #renew(): void {
    this.#thread = this.#takeThread();
    // Without a session to be loaded, this alone tells that the thread answers; that it has ended is told by itself.
    void this.#busyWith(() => this.#thread.send({ kind: 'reset' }).catch(() => null));
    for (const order of this.#loaded.values()) this.#loadAgain(order);
  }

  #loadAgain(order: LoadOrder): void {
    void this.#busyWith(() => this.#sendLoad(order).catch((error: Error) => this.#loadFailed(order.id, error)));
  }

  #loadFailed(id: string, error: Error): void {
    // Where the thread ended during the load, the restart after that has a go of its own.
    if (error instanceof ThreadEndedError || !this.#hasThread) return;
    const thread = this.#thread;
    this.#giveUp(`session '${id}' could not be loaded again: ${error.message}`);
    void thread.close();
  }

  #giveUp(reason: string): void {
    this.#events.gaveUp(this.#outage.begin(reason));
    this.#events.freed();
  }
}
