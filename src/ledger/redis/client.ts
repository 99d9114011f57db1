import { createHash } from 'node:crypto';
import type { Logger } from '../../core/logger.js';
import { messageOf } from '../../core/errors.js';
import { connect, type ConnectionOptions, type Purpose, type RedisConnection } from './connection.js';
import { translateRedisError } from './errors.js';
import { keyBase } from './layout.js';

export interface RedisClientOptions extends ConnectionOptions {
  /** First part of every key. */
  readonly prefix: string;
  readonly logger: Logger;
}

export type RedisArgument = string | number | Buffer;

/** Runs a script; bulk replies are Buffers. All keys must have one hash tag. */
export type RedisScript = (keys: readonly string[], values: readonly RedisArgument[]) => Promise<unknown>;

/** The connections of one process to Redis, and what every adapter needs of them. */
export class RedisClient {
  readonly prefix: string;
  /** Fails at once while Redis is away. */
  readonly commands: RedisConnection;
  readonly #options: RedisClientOptions;
  readonly #connections: RedisConnection[] = [];

  constructor(options: RedisClientOptions) {
    this.#options = options;
    this.prefix = options.prefix;
    this.commands = this.connect('commands');
  }

  get connected(): boolean {
    return this.commands.status === 'ready';
  }

  /** Where the keys of a model begin; `tag` is the six-character tag of its prediction ids. */
  keyBase(tag: string): string {
    return keyBase(this.prefix, tag);
  }

  /** A further connection, closed with the client. */
  connect(purpose: Purpose): RedisConnection {
    const connection = connect({ ...this.#options, name: `${this.#options.name}-${purpose}` }, purpose);
    // Without a listener ioredis prints it; the state is told by `connected`.
    connection.on('error', (error: Error) => this.#options.logger.debug({ err: messageOf(error) }, 'redis connection failed'));
    this.#connections.push(connection);
    return connection;
  }

  /** Resolves with true once connected, or with false after the time. */
  async whenConnected(milliseconds: number): Promise<boolean> {
    if (this.connected) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(false), milliseconds);
      const onReady = () => end(true);
      const end = (connected: boolean) => {
        clearTimeout(timer);
        this.commands.off('ready', onReady);
        resolve(connected);
      };
      this.commands.on('ready', onReady);
    });
  }

  /** A Lua script, sent whole only where the server does not have it yet. */
  script(lua: string): RedisScript {
    const sha = createHash('sha1').update(lua).digest('hex');
    return async (keys, values) => {
      const rest: (string | number | Buffer)[] = [keys.length, ...keys, ...values];
      try {
        return await this.commands.callBuffer('EVALSHA', sha, ...rest);
      } catch (error) {
        if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
        return this.commands.callBuffer('EVAL', lua, ...rest);
      }
    };
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
}
