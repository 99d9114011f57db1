import type { LoadedModel } from '../../inference/contracts.js';
import type { LabelledBatch, Ledger } from '../../ledger/ledger.js';
import { calibrationDrift, type AnsweredOutcomes, type CalibrationDrift } from '../../meta/drift/calibration-drift.js';
import { isLabelFree, type MetaModelRegistry } from '../../meta/registry.js';
import { answersSince } from '../clocks-apart.js';

/** At most the newest so many labelled rows of a meta-model are looked at. */
const MOST_ROWS = 50_000;

/** How the failure probabilities of the meta-model that serves compare with what became of them. */
export interface DriftView extends CalibrationDrift {
  readonly metaVersion: number;
}

export interface DriftPorts {
  readonly ledger: Pick<Ledger, 'labelled'>;
  readonly registry: Pick<MetaModelRegistry, 'get'>;
}

/**
 * Tests the meta-model that serves by the labelled rows that it answered; null in the cold start and for a label-free one. Computed from the ledger alone, so it is the
 * same in every process and after a restart, and no row can count twice. Only rows
 * created before `until` count (null: all).
 */
export async function measureDrift({ ledger, registry }: DriftPorts, { key, meta }: Pick<LoadedModel, 'key' | 'meta'>, until: number | null): Promise<DriftView | null> {
  if (meta === null) return null;
  const record = await registry.get(key.model, meta.version);
  // A level that was taken over from the confidences is no promise that failures could break.
  if (record === null || isLabelFree(record)) return null;
  const query = { key, featureSchema: null, from: answersSince(record), to: until, metaVersion: meta.version, newest: MOST_ROWS, features: false };
  const batches: LabelledBatch[] = [];
  for await (const batch of ledger.labelled(query)) batches.push(batch);
  const { rows, read } = scoredRows(batches);
  return { metaVersion: meta.version, ...calibrationDrift(rows, record.createdAt, { complete: read < MOST_ROWS }) };
}

/** Rows that were answered with a failure probability, and how many rows there were in all. */
function scoredRows(batches: readonly LabelledBatch[]): { readonly rows: AnsweredOutcomes; readonly read: number } {
  const read = batches.reduce((sum, { count }) => sum + count, 0);
  const rows = { createdAt: new Float64Array(read), failureProbabilities: new Float64Array(read), failures: new Uint8Array(read) };
  let at = 0;
  for (const batch of batches) {
    for (let row = 0; row < batch.count; row++) {
      const score = batch.failureProbabilities[row] ?? NaN;
      if (Number.isNaN(score)) continue;
      rows.createdAt[at] = batch.createdAt[row] ?? 0;
      rows.failureProbabilities[at] = score;
      rows.failures[at++] = batch.failures[row] ?? 0;
    }
  }
  const { createdAt, failureProbabilities, failures } = rows;
  return { rows: { createdAt: createdAt.subarray(0, at), failureProbabilities: failureProbabilities.subarray(0, at), failures: failures.subarray(0, at) }, read };
}
