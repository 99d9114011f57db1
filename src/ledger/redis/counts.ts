import { modelTag } from '../../core/ids.js';
import type { LedgerCounts, RowRange } from '../ledger.js';
import type { RedisArgument, RedisClient } from './client.js';
import { ledgerScript } from './ledger-script.js';
import { COUNT_PAGE } from './lua/pages.js';
import { doublesOf } from './reply-decode.js';
import { bytesOf, bytesOrNull, listOf } from './script-reply.js';
import { sumStates } from './truth-decode.js';
import { nextOf, type Walk } from './walk.js';

export interface CountPages {
  /** Rows looked at in one step. */
  readonly count: number;
}

const WAITING = `return redis.call('HMGET', KEYS[1], 'pending', 'expired')`;

/** `counts` of the ledger, page by page in order of time; each row counts as it is when its page is read. */
export function createCounter(client: RedisClient, beginWalk: (query: RowRange, base: string) => Promise<Walk | null>, pages: CountPages) {
  const readPage = ledgerScript(client, COUNT_PAGE);
  const waiting = ledgerScript(client, WAITING);

  return async (query: RowRange): Promise<LedgerCounts> => {
    const base = client.keyBase(modelTag(query.model));
    const walk = await beginWalk(query, base);
    const counts = { predictions: 0, labelled: 0, failures: 0, duplicates: 0, conflicts: 0, expectedFailures: 0, scored: 0, labelledExpectedFailures: 0, labelledScored: 0 };
    let cursor: readonly RedisArgument[] | null = walk?.start ?? null;
    while (walk !== null && cursor !== null) {
      const [probabilities, states, labelled, next] = listOf(await readPage([walk.index], walk.argumentsOf(cursor, pages.count)));
      addProbabilities(counts, doublesOf(probabilities), bytesOf(labelled));
      addStates(counts, bytesOf(states));
      cursor = nextOf(next);
    }
    const [pending, expired] = bytesOrNull(await waiting([`${base}counters`], []));
    return { ...counts, pending: Number(pending ?? 0), expired: Number(expired ?? 0) };
  };
}

type Sums = { -readonly [C in Exclude<keyof LedgerCounts, 'pending' | 'expired'>]: number };

/** `labelled[i]` is 1 where row i has a ground truth. */
function addProbabilities(sums: Sums, probabilities: Float64Array, labelled: Uint8Array): void {
  sums.predictions += probabilities.length;
  // Page by page: a sum of sums loses less to rounding than one long sum.
  let [expected, labelledExpected] = [0, 0];
  probabilities.forEach((probability, row) => {
    if (Number.isNaN(probability)) return;
    expected += probability;
    sums.scored += 1;
    if (labelled[row] !== 1) return;
    labelledExpected += probability;
    sums.labelledScored += 1;
  });
  sums.expectedFailures += expected;
  sums.labelledExpectedFailures += labelledExpected;
}

function addStates(sums: Sums, states: Buffer): void {
  const { labelled, failures, duplicates, conflicts } = sumStates(states);
  sums.labelled += labelled;
  sums.failures += failures;
  sums.duplicates += duplicates;
  sums.conflicts += conflicts;
}
