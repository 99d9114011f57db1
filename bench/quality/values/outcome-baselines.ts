import { logLosses, mean } from '../../../src/meta/evaluation/losses.js';
import { designLogits, designOf } from '../../../src/meta/linear/design.js';
import { fitLogistic } from '../../../src/meta/linear/logistic.js';
import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Points } from '../baselines/distances.js';
import { squaredDistances } from '../baselines/distances.js';
import { fitFailureNet } from '../baselines/failure-net.js';
import { failureShares } from '../baselines/nearest-failures.js';
import { nearestRows } from '../baselines/nearest-rows.js';
import { bestNeighbours, constant, failureRate, onColumns, type OutcomeBaseline } from './outcome-columns.js';
import { nearestErrors, ridgeOfErrors } from './outcome-error-baselines.js';

/** Of ridge logistic regression on standardized columns. */
const PRECISION = 1;
const FIFTH = 4;

const nearest = onColumns('nearest labelled rows', async (stored, labelled) => {
  const { failures } = labelled;
  const rate = failureRate(labelled);
  const size = await bestNeighbours(stored, (others, stride, each) => mean(logLosses(failureShares(others, stride, each, failures, rate), failures)) ?? Infinity);
  return async (queries) => ({ scores: failureShares(await nearestRows(queries, stored, size, false), size, size, failures, rate), areProbabilities: true });
});

const logistic = onColumns('logistic on inputs and outputs', async (points, { failures }) => {
  const design = (rows: Points) => designOf(rows.rows, [{ width: rows.width, data: rows.data }]);
  const size = points.width + 1;
  const prior = { mean: new Float64Array(size), precision: new Float64Array(size).fill(PRECISION) };
  const { coefficients } = fitLogistic(design(points), failures, prior);
  return async (rows) => ({ scores: sigmoids(designLogits(design(rows), coefficients)), areProbabilities: true });
});

const net = onColumns('net on inputs and outputs', async (points, { failures }, seed) => {
  const fitted = await fitFailureNet(points, failures, seed);
  return async (rows) => ({ scores: await fitted(rows.data, rows.rows), areProbabilities: true });
});

/** How far away the fifth labelled row is: unlike what is known. */
const distance = onColumns('distance to labelled rows', async (stored) => async (queries) => {
  const scores = new Float64Array(queries.rows);
  for await (const { start, queries: count, squared } of squaredDistances(queries, stored)) {
    for (let q = 0; q < count; q++) scores[start + q] = squared.slice(q * stored.rows, (q + 1) * stored.rows).sort()[FIFTH] ?? 0;
  }
  return { scores, areProbabilities: false };
});

export const OUTCOME_BASELINES: readonly OutcomeBaseline[] = [constant, nearest, logistic, net, distance, nearestErrors, ridgeOfErrors];
