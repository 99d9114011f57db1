import type { FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import { MetaErrError, messageOf } from './core/errors.js';
import { ClosingError, Lifecycle } from './core/lifecycle.js';
import { createLogger } from './core/logger.js';
import type { Metrics } from './core/metrics.js';
import { listenForStop, type Failure } from './system-stop.js';

export type ProcessLogger = ReturnType<typeof createLogger>;

/** What a process runs. */
export interface ProcessSystem {
  readonly metrics: Pick<Metrics, 'ledgerQueueRows'>;
  /** Begins the work; resolves when it is under way. May be pending, or begin, after `close`: it then ends soon. */
  start(): Promise<void>;
  /** Refuses new requests from now on. */
  refuse(): void;
  /** Closes everything in order, once. */
  close(): Promise<void>;
}

/** What the entries differ in. */
export interface ProcessParts<C extends Config, S extends ProcessSystem> {
  loadConfig(): C;
  createSystem(config: C, logger: ProcessLogger): Promise<S>;
  createApp(system: S, config: C, logger: ProcessLogger): Promise<FastifyInstance>;
  /** Fields of the log line that the process listens. */
  listening(config: C): object;
  /** Fields of the log line that the start has ended. */
  ready(system: S): object;
  /** Closing steps that end threads: while one of those runs, the process can only be left by SIGKILL (see `leave`). */
  readonly threadSteps: readonly string[];
}

/** Time for all of closing beside that of a running job; then the process leaves as it is. */
const CLOSING_MILLISECONDS = 30_000;
/** Time that what is closed gets to let the process end by itself. */
const LAST_MILLISECONDS = 2_000;

/**
 * The life of a process: listens at once (probes answer while it starts), starts, and closes on a signal, also during the start: doors
 * first, engine last. The exit code is 0 after a clean close, 1 after a failed start, an error that nobody caught or a close that did not
 * go as it should. A second signal ends the process at once.
 */
export async function runProcess<C extends Config, S extends ProcessSystem>(parts: ProcessParts<C, S>): Promise<void> {
  const config = configOf(parts);
  if (config === null) return;
  const logger = createLogger(config.logLevel);
  const stop = listenForStop(logger);
  const run = new Run(parts, config, logger);
  const starting = run.start();
  const failure = await Promise.race([stop.asked, starting.then(() => stop.asked)]).catch((thrown: unknown): Failure => ({ thrown }));
  if (failure !== null) say(failure.thrown);

  const deadline = config.shutdownSeconds * 1_000 + CLOSING_MILLISECONDS;
  const late = setTimeout(() => void run.lost().then((rows) => leaveLate(logger, rows, parts)), deadline);
  const left = await run.close(starting);
  clearTimeout(late);
  process.exitCode = failure === null && left.length === 0 ? 0 : 1;
  const threads = left.some((step) => parts.threadSteps.includes(step));
  setTimeout(() => leave(threads), LAST_MILLISECONDS).unref();
}

function configOf<C extends Config, S extends ProcessSystem>(parts: ProcessParts<C, S>): C | null {
  try {
    return parts.loadConfig();
  } catch (error) {
    say(error);
    process.exitCode = 1;
    return null;
  }
}

function say(thrown: unknown): void {
  process.stderr.write(`${thrown instanceof MetaErrError ? `${thrown.code}: ` : ''}${messageOf(thrown)}\n`);
}

function leaveLate(logger: ProcessLogger, rows: number, { threadSteps }: { readonly threadSteps: readonly string[] }): void {
  logger.error({ lost_rows: rows }, 'closing took too long; leaving');
  process.exitCode = 1;
  leave(threadSteps.length > 0);
}

/** Leaving aborts the process while a thread runs the engine, and hangs while one waits for a disk. */
function leave(threads: boolean): void {
  if (threads) process.kill(process.pid, 'SIGKILL');
  process.exit();
}

/** One run of a process, from its start to its end. */
class Run<C extends Config, S extends ProcessSystem> {
  readonly #parts: ProcessParts<C, S>;
  readonly #config: C;
  readonly #logger: ProcessLogger;
  #creating: Promise<S> | null = null;
  #app: FastifyInstance | null = null;
  #system: S | null = null;
  #closing = false;

  constructor(parts: ProcessParts<C, S>, config: C, logger: ProcessLogger) {
    this.#parts = parts;
    this.#config = config;
    this.#logger = logger;
  }

  /** Resolves when everything runs, or when closing has begun meanwhile. */
  async start(): Promise<void> {
    this.#creating = this.#parts.createSystem(this.#config, this.#logger);
    const system = await this.#creating;
    this.#system = system;
    if (this.#closing) return;
    const app = await this.#parts.createApp(system, this.#config, this.#logger);
    this.#app = app;
    if (this.#closing) return;
    await app.listen({ host: this.#config.host, port: this.#config.port });
    this.#logger.info({ url: urlOf(app), ...this.#parts.listening(this.#config) }, 'listening');
    await system.start();
    if (!this.#closing) this.#logger.info(this.#parts.ready(system), 'ready');
  }

  /** Closes what is there; never rejects. The steps that failed or were left behind, by name. */
  async close(starting: Promise<void>): Promise<readonly string[]> {
    this.#closing = true;
    this.#system?.refuse();
    const lifecycle = new Lifecycle(this.#logger);
    lifecycle.add('requests', () => this.#app?.close());
    lifecycle.add('connections', () => this.#app?.server.closeAllConnections());
    // The system bounds its steps itself.
    lifecycle.add('system', () => this.#closeSystem(), this.#config.shutdownSeconds * 1_000 + CLOSING_MILLISECONDS);
    lifecycle.add('start', () => starting.catch(() => undefined));
    try {
      await lifecycle.close();
      this.#logger.info({}, 'closed');
      return [];
    } catch (error) {
      this.#logger.error({ err: messageOf(error), lost_rows: await this.lost() }, 'closing failed');
      return stepsOf(error);
    }
  }

  /** Prediction rows that are not known to be durable. */
  async lost(): Promise<number> {
    const waiting = await this.#system?.metrics.ledgerQueueRows.get();
    return waiting?.values[0]?.value ?? 0;
  }

  async #closeSystem(): Promise<void> {
    // One that could not be created has closed itself.
    const system = await this.#creating?.catch(() => null);
    await system?.close();
  }
}

/** Also the steps within a step. */
function stepsOf(error: unknown): readonly string[] {
  if (!(error instanceof ClosingError)) return [];
  return [...error.steps, ...error.errors.flatMap(stepsOf)];
}

/** The URL as people can open it. */
function urlOf(app: FastifyInstance): string {
  const [address] = app.addresses();
  if (address === undefined || typeof address === 'string') throw new Error('the server has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
