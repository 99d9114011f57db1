import { modelTag } from '../../core/ids.js';
import type { ModelKey } from '../ledger.js';
import { createAppend } from './append.js';
import { createCallers } from './callers.js';
import { createRowCounter } from './counts.js';
import type { Database } from './database.js';
import { createJoin } from './join.js';
import { createKeys } from './keys.js';
import { createLabelledReader } from './labelled.js';
import { createPending } from './pending.js';
import { createPredictionReader } from './prediction.js';
import { createPruner } from './prune.js';
import { createRecord } from './record.js';
import { createScanner } from './scan.js';

/**
 * The ledger over one connection, synchronous: every method is one transaction or read, and long readings are cut into pages. It
 * runs in the thread that owns the connection; `createLedgerFacade` makes a `Ledger` of it.
 */
export function createLedgerCore(db: Database) {
  const keys = createKeys(db);
  const pending = createPending(db);
  const callers = createCallers(db);
  const join = createJoin(db, callers);
  const labelled = createLabelledReader(db, keys);
  const scanner = createScanner(db, keys);
  const prune = createPruner(db, keys);
  return {
    append: createAppend(db, { keys, pending, callers, join }),
    record: createRecord(db, keys, pending, join),
    prediction: createPredictionReader(db, keys),
    selectLabelled: labelled.select,
    readLabelled: labelled.read,
    newestPlace: scanner.newest,
    scanPage: scanner.page,
    countRows: createRowCounter(db, keys),
    /** Pending and expired ground truths of a model. */
    countPending: (model: string) => pending.counts(modelTag(model)),
    labelSequence: (key: ModelKey): number => {
      const numbers = keys.find(key);
      return numbers === null ? 0 : keys.labelSequence(numbers.keyId);
    },
    expirePending: pending.expire,
    excessRows: prune.excess,
    pruneRows: prune.rows,
    pruneInputs: prune.inputs,
  };
}

export type LedgerCore = ReturnType<typeof createLedgerCore>;
