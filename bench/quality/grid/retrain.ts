import { eaurc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import { trainBase } from '../bases/train-base.js';
import { firstRows, joinRows } from '../data/stream.js';
import type { StreamData, StreamRows } from '../data/stream.js';
import { failureCount, withTruths } from '../product/logged-rows.js';
import { serveModel } from '../product/served-model.js';
import type { RetrainedResult } from './results.js';
import type { Unit } from './units.js';

/** With fewer labels for each base-training row, the new base model would be the old one. */
const LEAST_RHO = 0.05;

/** Trains the base model again, on its rows and the first labelled ones, and lets its confidence tell its failures. */
export async function retrainBase(data: StreamData, unit: Unit, base: StreamRows, labelled: StreamRows, labels: number, test: StreamRows): Promise<RetrainedResult | null> {
  if (labels < LEAST_RHO * unit.baseRows) return null;
  const rows = joinRows(base, firstRows(labelled, labels));
  const model = await serveModel(await trainBase(unit.family, { ...data, rows, seed: unit.seed }), data.shape, data.classes);
  try {
    const logged = withTruths(await model.log(test.values, test.rows), test.truths);
    return { errorRate: failureCount(logged) / logged.rows, eaurc: eaurc(tieGroups(logged.coldStart, logged.failures)) };
  } finally {
    await model.release();
  }
}
