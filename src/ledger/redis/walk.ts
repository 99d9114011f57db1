import type { RowRange } from '../ledger.js';
import type { RedisArgument, RedisClient } from './client.js';
import { ledgerScript } from './ledger-script.js';
import type { NumberTable } from './number-table.js';
import { listOf } from './script-reply.js';

/** A walk as its page script takes it (LUA_WALK): from the oldest reply of the query's time to the one that was the newest when it began. */
export interface Walk {
  readonly base: string;
  /** Key of the model's replies by time. */
  readonly index: string;
  readonly numbers: NumberTable;
  /** Where a page begins. */
  readonly start: readonly RedisArgument[];
  /** The first arguments of a page that begins there. */
  readonly argumentsOf: (cursor: readonly RedisArgument[], rows: number) => readonly RedisArgument[];
}

const NEWEST = `return redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', 0, 1)`;

/** Begins walks; null where there is no row. */
export function createWalks(client: RedisClient, readNumbers: (base: string) => Promise<NumberTable>) {
  const newest = ledgerScript(client, NEWEST);

  return async ({ model, version, from, to }: RowRange, base: string): Promise<Walk | null> => {
    const table = await readNumbers(base);
    const m = table.model(model);
    if (m === null) return null;
    const index = `${base}x:${m}`;
    const [id, createdAt] = listOf(await newest([index], [to === null ? '+inf' : `(${to}`])) as readonly Buffer[];
    if (id === undefined || createdAt === undefined) return null;
    // A key may have got its number between the two readings; rows up to the end may have it.
    const numbers = await readNumbers(base);
    const wanted = numbers.keysOf(m, version).join(',');
    return {
      base,
      index,
      numbers,
      start: [from ?? '', '', 0],
      argumentsOf: (cursor, rows) => [base, ...cursor, createdAt, id, rows, wanted],
    };
  };
}

/** Where the next page begins; null at the end. */
export function nextOf(next: unknown): readonly RedisArgument[] | null {
  return next === null ? null : (listOf(next) as readonly RedisArgument[]);
}
