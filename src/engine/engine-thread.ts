import { Worker } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { EngineRunError } from './engine.js';
import type { AnswerOf, ReplyMessage, ThreadCommand, ThreadFault } from './thread-protocol.js';

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The thread ended before it answered. */
export class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
}

function errorOf(fault: ThreadFault): Error {
  return fault.session === null ? new Error(fault.message) : new EngineRunError(fault.session, fault.message);
}

/** One worker thread from its start to its end. Commands are answered in the order in which they were sent. */
export class EngineThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #nextTicket = 0;
  #fault: string | null = null;
  #ended: ThreadEndedError | null = null;
  #onEnd: (reason: string) => void = () => undefined;

  constructor(threadUrl: URL, name: string) {
    // Loaders and preloads of the parent (a test runner's, for example) have no business here, so none of its node options
    // are passed on, neither as arguments nor as NODE_OPTIONS. The engine itself reads the real environment of the process.
    this.#worker = new Worker(threadUrl, { name, execArgv: [], env: {} });
    this.#worker.on('message', (message: ReplyMessage) => this.#settle(message));
    this.#worker.on('error', (error) => (this.#fault = messageOf(error)));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        const reason = `the engine thread ended: ${this.#fault ?? `exit code ${code}`}`;
        this.#ended = new ThreadEndedError(reason);
        for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
        this.#waiting.clear();
        this.#onEnd(reason);
        resolve();
      });
    });
  }

  /** Who is told, once, when the thread ends: after every unanswered command has been rejected. */
  set onEnd(listener: (reason: string) => void) {
    this.#onEnd = listener;
  }


  /** Releases every session, after the commands that were sent before. */
  async reset(): Promise<void> {
    await this.send({ kind: 'reset' });
  }

  /** The process may end while the thread idles. */
  idle(): void {
    this.#worker.unref();
  }

  /** The process waits for the thread again. */
  wake(): void {
    this.#worker.ref();
  }

  /** Sends one command; `transfer` lists buffers that are given away with it. */
  send<C extends ThreadCommand>(command: C, transfer: readonly ArrayBuffer[] = []): Promise<AnswerOf[C['kind']]> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) throw this.#ended;
      const ticket = this.#nextTicket++;
      this.#worker.postMessage({ ...command, ticket }, transfer);
      this.#waiting.set(ticket, { resolve: (answer) => resolve(answer as AnswerOf[C['kind']]), reject });
    });
  }

  /** Asks the thread to end after the commands that were sent before, and resolves when it has ended. */
  async close(): Promise<void> {
    this.wake();
    await this.send({ kind: 'close' }).catch(() => undefined);
    await this.#exited;
  }

  #settle(message: ReplyMessage): void {
    const waiting = this.#waiting.get(message.ticket);
    this.#waiting.delete(message.ticket);
    if ('fault' in message) waiting?.reject(errorOf(message.fault));
    else waiting?.resolve(message.answer);
  }
}
