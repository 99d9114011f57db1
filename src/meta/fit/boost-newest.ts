import { boostClasses, type BoostHooks, type BoostedClasses, type ClassProblem, type HeldOutFolds } from '../trees/boost-classes.js';
import { emitClassLogs } from '../trees/trees-graph.js';
import { concatenated } from '../training/pick-rows.js';
import { columns } from '../experts/operators.js';
import { runStage } from './staged-run.js';

const CHUNK = 4096;

/** Boosted trees on the newest `most` rows; `heldOut` is of all rows: those that are too old are told what the trees say, which have not seen them. */
export async function boostNewest(problem: ClassProblem, folds: HeldOutFolds, most: number, hooks: BoostHooks): Promise<BoostedClasses> {
  const older = Math.max(0, problem.points.rows - most);
  if (older === 0) return boostClasses(problem, folds, hooks);
  const { points: { width, stride, data } } = problem;
  const { trees, heldOut } = await boostClasses(newestOf(problem, older), newestFolds(folds, older), hooks);
  const { logs } = await runStage({
    rows: older, chunk: CHUNK, feeds: { rows: { width: stride, data: data.subarray(0, older * stride) } },
    emit: (graph, { rows }) => ({ logs: emitClassLogs(graph, columns(graph, rows!, 0, width), trees) }),
  }, { signal: hooks.signal });
  return { trees, heldOut: concatenated([logs!.data, heldOut]) };
}

function newestOf({ points, labels, predicted, failures, weights, ...rest }: ClassProblem, older: number): ClassProblem {
  return {
    ...rest,
    points: { ...points, rows: points.rows - older, data: points.data.subarray(older * points.stride) },
    labels: labels.subarray(older),
    predicted: predicted.subarray(older),
    failures: failures.subarray(older),
    weights: weights === null ? null : weights.subarray(older),
  };
}

function newestFolds({ fold, heldOut }: HeldOutFolds, older: number): HeldOutFolds {
  return { fold: fold.subarray(older), heldOut: heldOut.map((rows) => rows.filter((row) => row >= older).map((row) => row - older)) };
}
