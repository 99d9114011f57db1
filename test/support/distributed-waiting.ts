import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Redis } from 'ioredis';
import { modelTag } from '../../src/core/ids.js';

/** A ground truth that the store keeps until its prediction comes. */
export interface WaitingTruth {
  /** Prediction id or caller key. */
  readonly id: string;
  readonly source: string | null;
}

/** Reads all that wait in the store itself, since no request tells which they are. */
export type WaitingReader = () => Promise<readonly WaitingTruth[]>;

const SCAN_COUNT = 10_000;

/** Of a model in Redis; the layout is that of src/ledger/redis/layout.ts. */
export function waitingInRedis(url: string, model: string): WaitingReader {
  return async () => {
    const redis = new Redis(url);
    try {
      const base = `metaerr:{${modelTag(model)}}:w:`;
      const keys = new Set<string>();
      for await (const found of redis.scanStream({ match: `${base}*`, count: SCAN_COUNT })) for (const key of found as string[]) keys.add(key);
      const waiting: WaitingTruth[] = [];
      for (const key of keys) {
        for (const item of await redis.lrangeBuffer(key, 0, -1)) waiting.push({ id: key.slice(base.length), source: sourceOf(item) });
      }
      return waiting;
    } finally {
      redis.disconnect();
    }
  };
}

function sourceOf(item: Buffer): string | null {
  return item.readUInt8(21) === 0 ? null : item.toString('utf8', 28 + item.readUInt32LE(24));
}

/** Of a model in the data folder of an embedded server, which may run. */
export function waitingInFolder(dataFolder: string, model: string): WaitingReader {
  return async () => {
    const database = new DatabaseSync(join(dataFolder, 'metaerr.db'), { readOnly: true });
    try {
      const rows = database.prepare('SELECT id, source FROM pending').all() as unknown as WaitingTruth[];
      return rows.filter(({ id }) => id.startsWith(`${modelTag(model)}_`));
    } finally {
      database.close();
    }
  };
}
