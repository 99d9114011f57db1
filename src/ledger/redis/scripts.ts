import { createHash } from 'node:crypto';
import { Cluster } from 'ioredis';
import { messageOf } from '../../core/errors.js';
import type { RedisConnection } from './connection.js';

export type RedisArgument = string | number | Buffer;

/** Runs a script; bulk replies are Buffers. All keys must have one hash tag. */
export type RedisScript = (keys: readonly string[], values: readonly RedisArgument[]) => Promise<unknown>;

/**
 * Runs Lua scripts on a connection. The first call after a connection sends the text, later ones its digest: the calls of one tick reach
 * Redis in their order, which they would not if each first call had to be sent again for NOSCRIPT.
 */
export class ScriptRunner {
  readonly #connection: RedisConnection;
  /** Digests, in a cluster with the hash tag, of the scripts that the server has. */
  #sent = new Set<string>();

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    const forget = () => this.#sent.clear();
    connection.on('close', forget);
    if (connection instanceof Cluster) for (const event of ['+node', '-node']) connection.on(event, forget);
  }

  script(lua: string): RedisScript {
    const digest = createHash('sha1').update(lua).digest('hex');
    return async (keys, values) => {
      const rest: RedisArgument[] = [keys.length, ...keys, ...values];
      if (this.#isFirst(digest, keys)) return this.#connection.callBuffer('EVAL', lua, ...rest);
      try {
        return await this.#connection.callBuffer('EVALSHA', digest, ...rest);
      } catch (error) {
        if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
        return this.#connection.callBuffer('EVAL', lua, ...rest);
      }
    };
  }

  #isFirst(digest: string, [key = '']: readonly string[]): boolean {
    if (this.#connection.status !== 'ready') return false;
    const name = this.#connection instanceof Cluster ? `${digest} ${/\{(.+?)\}/.exec(key)?.[1] ?? key}` : digest;
    if (this.#sent.has(name)) return false;
    this.#sent.add(name);
    return true;
  }
}
