import { modelTag } from '../../core/ids.js';
import type { Ledger, ModelKey } from '../ledger.js';
import type { RedisClient } from './client.js';
import { createCounter, type CountPages } from './counts.js';
import { createLabelledReader, type LabelledPages } from './labelled.js';
import { ledgerScript } from './ledger-script.js';
import { createNumberReader, keyField } from './number-table.js';
import { createPredictionReader, type PredictionPages } from './prediction.js';
import { createPruner, type PrunePages } from './prune.js';
import { createScanner, type ScanPages } from './scan.js';
import { createWalks } from './walk.js';

export type ReaderPages = LabelledPages & ScanPages & CountPages & PredictionPages & PrunePages;

export type RedisReader = Pick<Ledger, 'prediction' | 'labelled' | 'scan' | 'counts' | 'prune' | 'labelSequence'>;

/** Each step is one script of about two milliseconds (3 to 8 microseconds a row): so long may a write of any server have to wait for it. */
const PAGES: ReaderPages = {
  select: 500,
  read: 256,
  readBytes: 1 << 20,
  scan: 256,
  scanBytes: 1 << 20,
  count: 500,
  reply: 256,
  replyBytes: 1 << 20,
  history: 500,
  keep: 500,
  prune: 100,
};

const SEQUENCE = `
local k = redis.call('HGET', KEYS[1], ARGV[1])
return k and redis.call('HGET', KEYS[2], k)
`;

/** The reading half of the ledger in Redis, and its retention. Smaller pages are for tests. */
export function createRedisReader(client: RedisClient, pages: ReaderPages = PAGES): RedisReader {
  const numbers = createNumberReader(client);
  const walks = createWalks(client, numbers);
  const sequence = ledgerScript(client, SEQUENCE);
  return {
    prediction: createPredictionReader(client, numbers, pages),
    labelled: createLabelledReader(client, numbers, pages),
    scan: createScanner(client, walks, pages),
    counts: createCounter(client, walks, pages),
    prune: createPruner(client, numbers, pages),
    async labelSequence(key: ModelKey) {
      const base = client.keyBase(modelTag(key.model));
      return Number(await sequence([`${base}numbers`, `${base}sequence`], [keyField(key)]) ?? 0);
    },
  };
}
