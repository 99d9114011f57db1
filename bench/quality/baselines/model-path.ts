import { divide } from '../../../src/meta/linear/folds.js';
import { meanLogLoss } from '../../../src/meta/linear/numerics.js';
import { pickRows } from '../../../src/meta/training/pick-rows.js';
import { createRandom } from '../../../src/meta/training/random.js';
import type { Points } from './distances.js';

/** Failure logits of rows. */
export type FailureModel = (points: Points) => Float64Array;

/** Fits the same rows with every setting of a path, from the most to the least restrained. */
export type FitPath = (points: Points, failures: Uint8Array) => readonly FailureModel[];

const STREAM = 0x9a74;

/**
 * The model of all rows with the setting of the least five-fold log loss; of equals the most restrained. A model that gives all
 * rows the same logit ranks nothing, so it is never chosen, however cautious; null where every setting gives one.
 */
export function chooseFromPath(points: Points, failures: Uint8Array, fitPath: FitPath, seed: number): FailureModel | null {
  const models = fitPath(points, failures);
  let best: { readonly model: FailureModel | null; readonly loss: number } = { model: null, loss: Infinity };
  heldOutLogits(points, failures, fitPath, seed).forEach((logits, setting) => {
    const model = models[setting]!;
    const loss = meanLogLoss(logits, failures);
    if (loss < best.loss && tellsRowsApart(model, points)) best = { model, loss };
  });
  return best.model;
}

function tellsRowsApart(model: FailureModel, points: Points): boolean {
  const logits = model(points);
  return logits.some((logit) => logit !== logits[0]);
}

/** settings x rows: logits of each row by models that were fitted without it. */
function heldOutLogits(points: Points, failures: Uint8Array, fitPath: FitPath, seed: number): readonly Float64Array[] {
  const settings: Float64Array[] = [];
  for (const division of divide(failures, 1, createRandom(seed, STREAM))) {
    division.training.forEach((training, k) => {
      const heldOut = division.heldOut[k]!;
      const models = fitPath(pointsAt(points, training), Uint8Array.from(training, (row) => failures[row]!));
      const judged = pointsAt(points, heldOut);
      models.forEach((model, setting) => {
        const all = (settings[setting] ??= new Float64Array(points.rows));
        const logits = model(judged);
        heldOut.forEach((row, at) => (all[row] = logits[at]!));
      });
    });
  }
  return settings;
}

function pointsAt({ width, data }: Points, rows: Int32Array): Points {
  return { rows: rows.length, width, data: pickRows(data, width, rows) };
}
