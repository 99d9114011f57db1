import type { Logger } from '../../core/logger.js';
import { messageOf } from '../../core/errors.js';
import { Absence } from './absence.js';
import { connect, type ConnectionOptions, type Purpose, type RedisConnection } from './connection.js';
import { isRefusal, translateRedisError } from './errors.js';
import { probe, readDurability, unusable, type RedisDurability } from './health.js';
import { keyBase } from './layout.js';
import { ScriptRunner, type RedisScript } from './scripts.js';

export type { RedisArgument, RedisScript } from './scripts.js';

export interface RedisClientOptions extends ConnectionOptions {
  /** First part of every key. */
  readonly prefix: string;
  readonly logger: Logger;
}

/** The connections of one process to Redis, and what every adapter needs of them. */
export class RedisClient {
  readonly prefix: string;
  readonly logger: Logger;
  /** No call takes longer. */
  readonly timeoutMilliseconds: number;
  /** Fails at once while Redis is away. */
  readonly commands: RedisConnection;
  readonly #options: RedisClientOptions;
  readonly #connections: RedisConnection[] = [];
  readonly #scripts: ScriptRunner;
  /** Why Redis refused the last connection; null when it did not. */
  #refusal: Error | null = null;
  readonly #absence = new Absence();

  /** Begins to connect. @throws MetaErrError CONFIG_INVALID for a malformed URL. */
  constructor(options: RedisClientOptions) {
    this.#options = options;
    this.prefix = options.prefix;
    this.logger = options.logger;
    this.timeoutMilliseconds = options.timeoutMilliseconds;
    this.commands = this.connect('commands');
    this.#scripts = new ScriptRunner(this.commands);
    this.commands.on('ready', () => this.#arrived());
  }

  get connected(): boolean {
    return this.commands.status === 'ready';
  }

  /** In words why there is no connection; null where there is one. */
  get away(): string | null {
    return this.connected ? null : this.#absence.words;
  }

  /** Where the keys of a model begin; `tag` is the six-character tag of its prediction ids. */
  keyBase(tag: string): string {
    return keyBase(this.prefix, tag);
  }

  /** A further connection, closed with the client. */
  connect(purpose: Purpose): RedisConnection {
    const connection = connect({ ...this.#options, name: `${this.#options.name}-${purpose}` }, purpose);
    // Without a listener ioredis prints it.
    const onError = (error: Error) => this.#failed(error, connection === this.commands);
    connection.on('error', onError);
    connection.on('node error', onError);
    this.#connections.push(connection);
    return connection;
  }

  /** One warning for each reason: every connection tries again several times a second. */
  #failed(error: Error, tells: boolean): void {
    if (tells && isRefusal(error)) this.#refusal = error;
    if (tells && this.#absence.add(error)) this.logger.warn({ err: messageOf(error) }, 'Redis cannot be reached, and is tried again and again');
    else this.logger.debug({ err: messageOf(error) }, 'redis connection failed');
  }

  #arrived(): void {
    this.#refusal = null;
    if (this.#absence.end()) this.logger.info({}, 'Redis is reached again');
  }

  /** Resolves with true once connected, or with false after the time. */
  async whenConnected(milliseconds: number): Promise<boolean> {
    return this.#settled(milliseconds, () => false);
  }

  /**
   * Whether Redis can be used: credentials, rights, version, and that a cluster is named as one. A Redis that is not reached within the
   * time-out passes: it may come later.
   * @throws MetaErrError REDIS_UNUSABLE that says what is wrong.
   */
  async check(): Promise<void> {
    const connected = await this.#settled(this.timeoutMilliseconds, () => this.#refusal !== null);
    if (this.#refusal !== null) throw unusable(this.#refusal);
    if (!connected) return;
    try {
      // What belongs to the models, and what to the queues.
      await probe(this.commands, this.#scripts, [this.keyBase('check'), `{${this.prefix}}:check:`]);
    } catch (error) {
      if (translateRedisError(error, 'STORE_UNAVAILABLE') === error) throw error;
    }
  }

  /** How far Redis keeps what it has acknowledged. Rejects with STORE_UNAVAILABLE where it cannot be asked now. */
  durability(): Promise<RedisDurability> {
    return this.attempt('STORE_UNAVAILABLE', () => readDurability(this.commands));
  }

  /** A Lua script, sent whole only where the server does not have it yet. */
  script(lua: string): RedisScript {
    return this.#scripts.script(lua);
  }

  /** Runs calls of an adapter; a Redis that cannot be used now becomes `code`. */
  async attempt<T>(code: 'LEDGER_UNAVAILABLE' | 'STORE_UNAVAILABLE', call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw translateRedisError(error, code);
    }
  }

  /** Closes every connection; what is under way is rejected. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.disconnect();
  }

  /** Waits until connected, until `given up` or for the time; resolves with whether connected. */
  async #settled(milliseconds: number, givenUp: () => boolean): Promise<boolean> {
    if (this.connected || givenUp()) return this.connected;
    const events = ['ready', 'error', 'node error'];
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(), milliseconds);
      const onEvent = () => {
        if (this.connected || givenUp()) end();
      };
      const end = () => {
        clearTimeout(timer);
        for (const event of events) this.commands.off(event, onEvent);
        resolve(this.connected);
      };
      for (const event of events) this.commands.on(event, onEvent);
    });
  }
}
