import type { TensorMap } from '../engine/tensor.js';
import { concatRows } from './batching/tensor-rows.js';

/** Joins the outputs of several runs; what one of them lacks (an optional step failed there) is left out. Throws RowShapeError. */
export function joinRuns(runs: readonly TensorMap[]): TensorMap {
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) return only;
  const common = new Set(Object.keys(runs[0] ?? {}));
  for (const run of runs) for (const name of common) if (run[name] === undefined) common.delete(name);
  return concatRows(runs.map((run) => Object.fromEntries(Object.entries(run).filter(([name]) => common.has(name)))));
}
