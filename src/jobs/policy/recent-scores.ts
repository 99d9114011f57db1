import type { Ledger, ModelKey, ScanBatch } from '../../ledger/ledger.js';

/** Looking back ends with so many failure probabilities. */
const ENOUGH = 2_000;
/** Rows read of one stretch of time. */
const MOST_ROWS = 10_000;
/** Stretches of time before now, in milliseconds; the next is looked at where one holds too little. */
const STRETCHES = [60_000, 600_000, 7_200_000, 86_400_000, 1_209_600_000];

/**
 * Failure probabilities of recent predictions of one meta-model version, labelled or not: of the last minute, or of as long a time as holds
 * 2,000 of them. At most 10,000 rows are read of each stretch of time, so a look costs about the same at any traffic.
 */
export async function recentScores(ledger: Pick<Ledger, 'scan'>, key: ModelKey, metaVersion: number, now: number): Promise<Float64Array> {
  let found: Float64Array = new Float64Array(0);
  for (const stretch of STRETCHES) {
    const query = { model: key.model, version: key.version, labelled: null, from: now - stretch, to: null, features: false, inputs: false };
    const { scores, complete } = await scoresOf(ledger.scan(query), key, metaVersion);
    found = scores;
    if (found.length >= ENOUGH || !complete) break;
  }
  return found;
}

/** `complete`: every row of the stretch was read. */
async function scoresOf(batches: AsyncIterable<ScanBatch>, key: ModelKey, metaVersion: number): Promise<{ readonly scores: Float64Array; readonly complete: boolean }> {
  const scores = new Float64Array(MOST_ROWS);
  let [count, read] = [0, 0];
  for await (const batch of batches) {
    for (let row = 0; row < batch.count && read < MOST_ROWS; row++, read++) {
      const score = batch.failureProbabilities[row] ?? NaN;
      const own = batch.metaVersions[row] === metaVersion && batch.keys[batch.keyOf[row] ?? -1]?.digest === key.digest;
      if (own && !Number.isNaN(score)) scores[count++] = score;
    }
    if (read >= MOST_ROWS) return { scores: scores.slice(0, count), complete: false };
  }
  return { scores: scores.slice(0, count), complete: true };
}
