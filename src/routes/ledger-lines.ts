import { isoTime } from '../core/clock.js';
import { STATUSES, type ScanBatch } from '../ledger/ledger.js';

/** Characters after which a text is handed on: some milliseconds of work, so that other requests get their turn. */
const TEXT_CHARACTERS = 131_072;

/** Rows of the ledger as NDJSON: texts of whole lines, none of them much longer than a bound or one line. */
export async function* ledgerLines(batches: AsyncIterable<ScanBatch>, features: boolean): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = '';
    for (let i = 0; i < batch.count; i++) {
      text += lineOf(batch, i, features);
      if (text.length < TEXT_CHARACTERS) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
}

function lineOf(batch: ScanBatch, i: number, features: boolean): string {
  const line = JSON.stringify({ ...answered(batch, i), ...known(batch, i), ...(features && featuresOf(batch, i)) });
  const inputs = batch.inputs[i] ?? null;
  // They are JSON text already; reading them would cost digits of long integers. A line break in JSON is white space.
  return `${line.slice(0, -1)},"inputs":${inputs === null ? 'null' : inputs.replace(/[\r\n]+/g, ' ')}}\n`;
}

function answered(batch: ScanBatch, i: number) {
  return {
    prediction_id: batch.ids[i],
    row: batch.rows[i],
    version: String(batch.keys[batch.keyOf[i] ?? -1]?.version),
    meta_version: batch.metaVersions[i],
    metaerr_status: STATUSES[batch.statuses[i] ?? -1],
    created_at: isoTime(batch.createdAt[i] ?? NaN),
    label: batch.labels[i],
    // JSON writes NaN as null.
    value: batch.values[i],
    confidence: batch.confidences[i],
    failure_probability: batch.failureProbabilities[i],
    decision: batch.reviews[i] === 1 ? 'review' : 'accept',
  };
}

function known(batch: ScanBatch, i: number) {
  const failure = batch.failures[i] ?? -1;
  const truth = batch.truths[i] ?? null;
  return {
    failure: failure === -1 ? null : failure === 1,
    ground_truth: truth === null ? null : { kind: truth.kind, value: truth.value, observed_at: isoTime(truth.observedAt) },
  };
}

function featuresOf(batch: ScanBatch, i: number) {
  const vector = batch.features[i] ?? null;
  return { feature_schema: batch.featureSchemas[i], features: vector === null ? null : Array.from(vector) };
}
