import { modelTag } from '../../core/ids.js';
import type { Ledger, Retention } from '../ledger.js';
import type { RedisArgument, RedisClient } from './client.js';
import { ledgerScript } from './ledger-script.js';
import type { NumberTable } from './number-table.js';
import { PRUNE_BOUND, PRUNE_INPUTS, PRUNE_ROWS } from './lua/prune.js';
import { integerOf, listOf } from './script-reply.js';

export interface PrunePages {
  /** Replies looked at in one step of counting what is kept. */
  readonly keep: number;
  /** Rows, or raw inputs, that one step deletes. */
  readonly prune: number;
}

type Place = readonly RedisArgument[];
const NOWHERE: Place = ['', '', 0];

/** `prune` of the ledger in small steps; what a step deletes follows from the rows' places alone, so others may prune at the same time. */
export function createPruner(client: RedisClient, numbers: (base: string) => Promise<NumberTable>, pages: PrunePages): Ledger['prune'] {
  const findBound = ledgerScript(client, PRUNE_BOUND);
  const pruneRows = ledgerScript(client, PRUNE_ROWS);
  const pruneInputs = ledgerScript(client, PRUNE_INPUTS);

  /** The place before which there are more rows than may be kept: from the newest back. */
  const boundOf = async (index: string, base: string, maxRows: number): Promise<Place> => {
    let from: Place = [maxRows, pages.keep, '', ''];
    for (;;) {
      const [state, found] = listOf(await findBound([index], [base, ...from]));
      if (state === 2) return NOWHERE;
      const place = listOf(found) as Place;
      if (state === 1) return place;
      const [left = 0, createdAt = '', id = ''] = place;
      from = [left, pages.keep, createdAt, id];
    }
  };

  return async ({ model, rowsBefore, maxRows, inputsBefore }: Retention) => {
    const base = client.keyBase(modelTag(model));
    const m = (await numbers(base)).model(model);
    if (m === null) return { rows: 0, inputs: 0 };
    const [index, inputs] = [`${base}x:${m}`, `${base}xi:${m}`];
    const bound = await boundOf(index, base, maxRows);
    return {
      rows: await untilDone(() => pruneRows([index, inputs], [base, pages.prune, rowsBefore, ...bound])),
      inputs: await untilDone(() => pruneInputs([inputs], [base, inputsBefore, pages.prune])),
    };
  };
}

/** Repeats a step until it says that there is no more; the sum of what the steps deleted. */
async function untilDone(step: () => Promise<unknown>): Promise<number> {
  for (let sum = 0; ; ) {
    const [deleted, more] = listOf(await step());
    sum += integerOf(deleted);
    if (more === 0) return sum;
  }
}
