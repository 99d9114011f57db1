import { logLosses, mean } from '../../../src/meta/evaluation/losses.js';
import { designLogits, designOf } from '../../../src/meta/linear/design.js';
import { fitLogistic } from '../../../src/meta/linear/logistic.js';
import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Scores } from '../baseline.js';
import type { Points } from '../baselines/distances.js';
import { squaredDistances } from '../baselines/distances.js';
import { fitFailureNet, LEAST_OF_EACH_OUTCOME } from '../baselines/failure-net.js';
import { failureShares } from '../baselines/nearest-failures.js';
import { nearestRows } from '../baselines/nearest-rows.js';
import { fitScaledColumns } from '../baselines/scaled-columns.js';
import type { OutcomeRows } from './outcome-rows.js';

/** A way to tell failures of a task without classes; it sees what MetaErr sees. */
export interface OutcomeBaseline {
  readonly name: string;
  fit(labelled: OutcomeRows, seed: number): Promise<(rows: OutcomeRows) => Promise<Scores>>;
}

type Fitted = (points: Points) => Promise<Scores>;

const NEIGHBOURS = [100, 50, 30, 20, 10, 5, 3, 2, 1] as const;
/** Of ridge logistic regression on standardized columns. */
const PRECISION = 1;
const FIFTH = 4;

function failureRate({ failures, rows }: OutcomeRows): number {
  return (failures.reduce((sum, failure) => sum + failure, 0) + 1) / (rows + 2);
}

/** What is known without looking at a row: Laplace's estimate of the failure rate. */
const constant: OutcomeBaseline = {
  name: 'failure rate',
  async fit(labelled) {
    const rate = failureRate(labelled);
    return async ({ rows }) => ({ scores: new Float64Array(rows).fill(rate), areProbabilities: true });
  },
};

/** A baseline on scaled columns; the failure rate where too few of either outcome are labelled or nothing varies. */
function onColumns(name: string, fit: (points: Points, labelled: OutcomeRows, seed: number) => Promise<Fitted>): OutcomeBaseline {
  return {
    name,
    async fit(labelled, seed) {
      const failed = labelled.failures.reduce((sum, failure) => sum + failure, 0);
      const columns = Math.min(failed, labelled.rows - failed) < LEAST_OF_EACH_OUTCOME ? null : fitScaledColumns(labelled.features, labelled.rows, labelled.width);
      if (columns === null) return constant.fit(labelled, seed);
      const scaled = async ({ rows, features }: OutcomeRows): Promise<Points> => ({ rows, width: columns.width, data: await columns.apply(features) });
      const fitted = await fit(await scaled(labelled), labelled, seed);
      return async (rows) => fitted(await scaled(rows));
    },
  };
}

const nearest = onColumns('nearest labelled rows', async (stored, labelled) => {
  const { failures } = labelled;
  const rate = failureRate(labelled);
  const sizes = NEIGHBOURS.filter((size) => size < stored.rows);
  const most = sizes[0] ?? 1;
  const others = await nearestRows(stored, stored, most, true);
  const lossOf = (size: number): number => mean(logLosses(failureShares(others, most, size, failures, rate), failures)) ?? Infinity;
  const size = sizes.reduce((best, each) => (lossOf(each) < lossOf(best) ? each : best), most);
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

export const OUTCOME_BASELINES: readonly OutcomeBaseline[] = [constant, nearest, logistic, net, distance];
