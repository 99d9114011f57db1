import { fitScaledColumns } from '../baselines/scaled-columns.js';
import { LEAST_OF_EACH_OUTCOME } from '../baselines/failure-net.js';
import type { Scores } from '../baseline.js';
import type { Points } from '../baselines/distances.js';
import { NEIGHBOURS } from '../baselines/nearest-failures.js';
import { nearestRows } from '../baselines/nearest-rows.js';
import type { OutcomeRows } from './outcome-rows.js';

/** A way to tell failures of a task without classes; it sees what MetaErr sees. */
export interface OutcomeBaseline {
  readonly name: string;
  fit(labelled: OutcomeRows, seed: number): Promise<(rows: OutcomeRows) => Promise<Scores>>;
}

type Fitted = (points: Points) => Promise<Scores>;

export function failureRate({ failures, rows }: OutcomeRows): number {
  return (failures.reduce((sum, failure) => sum + failure, 0) + 1) / (rows + 2);
}

/** What is known without looking at a row: Laplace's estimate of the failure rate. */
export const constant: OutcomeBaseline = {
  name: 'failure rate',
  async fit(labelled) {
    const rate = failureRate(labelled);
    return async ({ rows }) => ({ scores: new Float64Array(rows).fill(rate), areProbabilities: true });
  },
};

/** A baseline on scaled columns; the failure rate where too few of either outcome are labelled or nothing varies. */
export function onColumns(name: string, fit: (points: Points, labelled: OutcomeRows, seed: number) => Promise<Fitted>): OutcomeBaseline {
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

/** How many of the nearest stored rows say best what became of one that is left out: of those tried, the one of least loss. `lossOf`: by rows x stride nearest others. */
export async function bestNeighbours(stored: Points, lossOf: (others: Int32Array, stride: number, size: number) => number): Promise<number> {
  const sizes = NEIGHBOURS.filter((size) => size < stored.rows);
  const most = sizes[0] ?? 1;
  const others = await nearestRows(stored, stored, most, true);
  const losses = sizes.map((size) => lossOf(others, most, size));
  return sizes[losses.indexOf(Math.min(...losses))] ?? most;
}
