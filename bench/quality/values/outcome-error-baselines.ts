import { MOST_ERROR } from '../../../src/meta/fit/fit-error-kernel.js';
import { nearestRows } from '../baselines/nearest-rows.js';
import { bestNeighbours, constant, onColumns, type OutcomeBaseline } from './outcome-columns.js';
import { fitRidge } from './ridge.js';

/** Of ridge regression on standardized columns. */
const PENALTY = 1;

const sizesOf = (errors: Float32Array): Float64Array => Float64Array.from(errors, (error) => Math.min(MOST_ERROR, Math.abs(error)));

/** A baseline of regressions alone: it looks at how large an error was. Elsewhere it says the failure rate. */
function ofErrors(own: OutcomeBaseline): OutcomeBaseline {
  return { name: own.name, fit: (labelled, seed) => (labelled.errors === undefined ? constant : own).fit(labelled, seed) };
}

/** Means of the first k of each row's neighbours. `nearest` is rows x stride. */
export function neighbourMeans(nearest: Int32Array, stride: number, k: number, values: Float64Array): Float64Array {
  return Float64Array.from({ length: nearest.length / stride }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += values[nearest[row * stride + j]!]!;
    return sum / k;
  });
}

/** The mean size of the errors of the nearest labelled rows, as many as say it best of those left out, by squared error. */
export const nearestErrors = ofErrors(onColumns('errors of the nearest rows', async (stored, { errors }) => {
  const values = sizesOf(errors!);
  const size = await bestNeighbours(stored, (others, stride, each) => neighbourMeans(others, stride, each, values).reduce((sum, mean, row) => sum + (mean - values[row]!) ** 2, 0));
  return async (queries) => ({ scores: neighbourMeans(await nearestRows(queries, stored, size, false), size, size, values), areProbabilities: false });
}));

/** Direct loss estimation (as NannyML calls it) with a linear model: ridge regression of the size of the error on inputs and outputs. */
export const ridgeOfErrors = ofErrors(onColumns('ridge on the size of the error', async (points, { errors }) => {
  const weights = fitRidge(points.data, points.width, sizesOf(errors!), PENALTY);
  return async ({ rows, width, data }) => ({
    scores: Float64Array.from({ length: rows }, (_, row) => {
      let sum = weights[width]!;
      for (let j = 0; j < width; j++) sum += weights[j]! * data[row * width + j]!;
      return sum;
    }),
    areProbabilities: false,
  });
}));
