import type { ScanBatch } from '../ledger/ledger.js';
import { scanRow } from '../ledger/scan-row.js';
import { answeredRow } from './answered-fields.js';
import { lineWithInputs, turnedInto } from './lines.js';

/** Rows of the ledger as NDJSON, in texts of whole lines. */
export async function* ledgerLines(batches: AsyncIterable<ScanBatch>, features: boolean): AsyncGenerator<string> {
  for await (const batch of batches) {
    yield* turnedInto(batch.count, (i) => lineWithInputs({ ...answeredRow(scanRow(batch, i)), ...(features && featuresOf(batch, i)) }, batch.inputs[i] ?? null));
  }
}

function featuresOf(batch: ScanBatch, i: number) {
  const vector = batch.features[i] ?? null;
  return { feature_schema: batch.featureSchemas[i], features: vector === null ? null : Array.from(vector) };
}
