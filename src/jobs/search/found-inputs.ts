import type { Ledger } from '../../ledger/ledger.js';
import type { FoundPrediction } from './contracts.js';

const REPLIES_AT_ONCE = 8;

const placeOf = (id: string, row: number) => `${id} ${row}`;

/** The found rows with their raw inputs, which a search that looks at far more rows than it finds leaves out. */
export async function withInputs(ledger: Pick<Ledger, 'prediction'>, found: readonly FoundPrediction[]): Promise<readonly FoundPrediction[]> {
  const ids = [...new Set(found.map(({ id }) => id))];
  const inputs = new Map<string, string | null>();
  for (let at = 0; at < ids.length; at += REPLIES_AT_ONCE) {
    const replies = await Promise.all(ids.slice(at, at + REPLIES_AT_ONCE).map(async (id) => ({ id, records: await ledger.prediction(id) })));
    for (const { id, records } of replies) for (const { row, inputs: text } of records) inputs.set(placeOf(id, row), text);
  }
  return found.map((each) => ({ ...each, inputs: inputs.get(placeOf(each.id, each.row)) ?? null }));
}
