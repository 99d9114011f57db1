import { Worker } from 'node:worker_threads';
import { messageOf } from '../../core/errors.js';
import { unavailable } from './errors.js';
import { fromWire, type Remote, type SqliteRequest, type SqliteResponse } from './rpc.js';

/** Calls that may be under way; more means that the disk cannot keep up. */
const MAX_CALLS = 4_096;

interface Waiter {
  resolve(value: never): void;
  reject(error: unknown): void;
}

export interface SqliteClientOptions {
  readonly dataDir: string;
  /** The entry of the SQLite thread. */
  readonly threadUrl: URL;
}

/**
 * Starts the SQLite thread on a data folder. Rejects with DATA_DIR_LOCKED, DATA_DIR_UNUSABLE or SCHEMA_TOO_NEW when the folder
 * cannot be had.
 */
export async function openSqliteClient({ dataDir, threadUrl }: SqliteClientOptions): Promise<SqliteClient> {
  const client = new SqliteClient(new Worker(threadUrl, { workerData: { dataDir }, name: 'metaerr-sqlite' }));
  await client.ready;
  return client;
}

/** The main side of the SQLite thread: calls by message, answered when they are durable. */
export class SqliteClient {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #waiters = new Map<number, Waiter>();
  readonly #exited: Promise<void>;
  #nextId = 1;
  #ended: unknown = null;
  #closing = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (response: SqliteResponse) => {
        if (response.kind === 'ready') resolve();
        else if (response.kind === 'failed') reject(fromWire(response.error));
        else this.#answer(response);
      });
      worker.on('error', (error) => {
        reject(error);
        this.#end(error);
      });
      worker.on('exit', () => reject(new Error('the SQLite thread ended before it was ready')));
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#end(new Error('it was closed'));
        resolve();
      });
    });
  }

  /** Calls a method of a service. Arguments are copied. Rejects with LEDGER_UNAVAILABLE when the thread has ended or is overloaded. */
  call(service: string, method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#closing || this.#ended !== null) return Promise.reject(unavailable('the SQLite store is closed', this.#ended ?? undefined));
    if (this.#waiters.size >= MAX_CALLS) return Promise.reject(unavailable(`${MAX_CALLS} calls of the SQLite store wait already`));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#post({ kind: 'call', id, service, method, args });
      this.#waiters.set(id, { resolve, reject });
    });
  }

  /** The methods of a service as asynchronous functions. */
  service<T>(name: string): Remote<T> {
    const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
    const get = (_: object, method: string | symbol): unknown => {
      // A `then` would make the proxy look like a promise.
      if (typeof method !== 'string' || method === 'then') return undefined;
      let action = methods.get(method);
      if (action === undefined) methods.set(method, (action = (...args) => this.call(name, method, args)));
      return action;
    };
    return new Proxy({}, { get }) as Remote<T>;
  }

  /** Resolves when everything called before is done, the database is closed and the folder is free. Idempotent. */
  close(): Promise<void> {
    if (!this.#closing && this.#ended === null) this.#post({ kind: 'close' });
    this.#closing = true;
    return this.#exited;
  }

  #post(request: SqliteRequest): void {
    this.#worker.postMessage(request);
  }

  #answer(response: Extract<SqliteResponse, { readonly id: number }>): void {
    const waiter = this.#waiters.get(response.id);
    this.#waiters.delete(response.id);
    if (response.kind === 'value') waiter?.resolve(response.value as never);
    else waiter?.reject(fromWire(response.error));
  }

  #end(error: unknown): void {
    this.#ended ??= error;
    for (const waiter of this.#waiters.values()) waiter.reject(unavailable(`the SQLite thread has ended: ${messageOf(this.#ended)}`, this.#ended));
    this.#waiters.clear();
  }
}
