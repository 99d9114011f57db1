import type { LoadedSession, ModelSource, RunReply, RunRequest, SessionOptions } from './engine.js';
import { ThreadEndedError, type EngineThread } from './engine-thread.js';
import { copyBytes, copyTensors } from './tensor-transfer.js';
import type { ThreadReserve } from './thread-reserve.js';

/** Restarts in a row, without a run that succeeded in between, after which a slot gives up. */
const MAX_RESTARTS = 3;

interface LoadOrder {
  readonly id: string;
  readonly source: ModelSource;
  readonly options: SessionOptions;
}

/** One place for a thread in the pool: for a thread that ends unexpectedly another one is taken, and its sessions are loaded anew. */
export class ThreadSlot {
  readonly #reserve: ThreadReserve;
  readonly #onFree: () => void;
  readonly #loaded = new Map<string, LoadOrder>();
  #thread: EngineThread;
  #outstanding = 0;
  #restarts = 0;
  #closing: Promise<void> | null = null;
  #failure: string | null = null;

  /** `onFree` is called whenever the slot has become free or has given up. */
  constructor(reserve: ThreadReserve, onFree: () => void) {
    this.#reserve = reserve;
    this.#onFree = onFree;
    this.#thread = this.#takeThread();
  }

  /** Why the slot has given up; null while it works. */
  get failure(): string | null {
    return this.#failure;
  }

  /** True when a run would start at once. */
  get free(): boolean {
    return this.#failure === null && this.#outstanding === 0;
  }

  async run(request: RunRequest): Promise<RunReply> {
    const { tensors, transfer } = copyTensors(request.tensors);
    const reply = await this.#busyWith(() => this.#thread.send({ kind: 'run', request: { ...request, tensors } }, transfer));
    this.#restarts = 0;
    return reply;
  }

  async load(order: LoadOrder): Promise<LoadedSession> {
    const loaded = await this.#busyWith(() => this.#sendLoad(order));
    this.#loaded.set(order.id, order);
    return loaded;
  }

  async unload(id: string): Promise<void> {
    this.#loaded.delete(id);
    if (this.#failure === null) await this.#thread.send({ kind: 'unload', id });
  }

  /** Gives the thread back after what was sent to it; resolves when its sessions are released. */
  close(): Promise<void> {
    this.#closing ??= this.#reserve.giveBack(this.#thread);
    // Whoever still knows the pool must not keep the models' bytes in memory.
    this.#loaded.clear();
    return this.#closing;
  }

  #takeThread(): EngineThread {
    return this.#reserve.take((reason) => this.#ended(reason));
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
      if (this.free) this.#onFree();
    }
  }

  #ended(reason: string): void {
    if (this.#closing !== null || this.#failure !== null) return;
    if (this.#restarts >= MAX_RESTARTS) {
      this.#giveUp(`${reason} (given up after ${MAX_RESTARTS} restarts)`);
      return;
    }
    this.#restarts++;
    this.#thread = this.#takeThread();
    for (const order of this.#loaded.values()) {
      this.#busyWith(() => this.#sendLoad(order)).catch((error: Error) => this.#reloadFailed(order.id, error));
    }
  }

  #reloadFailed(id: string, error: Error): void {
    // Where the thread ended during the reload, the restart after that has a go of its own.
    if (error instanceof ThreadEndedError || this.#failure !== null) return;
    this.#giveUp(`session '${id}' could not be loaded again: ${error.message}`);
    void this.#thread.close();
  }

  #giveUp(reason: string): void {
    this.#failure = reason;
    this.#onFree();
  }
}
