import { pickTruths, withTruths } from '../../quality/product/logged-rows.js';
import type { LoggedRows } from '../../quality/product/logged-rows.js';
import { windowOf } from '../../quality/product/metaerr.js';
import { DEFAULT_STORED_ROWS } from '../../../src/inference/config/file-schema.js';
import { fitMetaModel } from '../../../src/meta/fit/fit.js';
import { scoreWindow } from '../../../src/meta/fit/score-window.js';
import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { UnlabelledRows } from '../../../src/meta/training/window.js';
import type { FilterInput } from '../filters/filter.js';
import { outOfFold } from '../teacher/out-of-fold.js';
import type { Division } from '../teacher/teachers.js';
import { logitsOf, meanOf, probabilitiesOf } from './probabilities.js';

const FLOOR = 1e-6;

/** A meta-model that the product's own training fitted to what the nets of a division got wrong of the rows they had not seen. */
export interface FoldMetaModel {
  /** The labels that those nets gave the labelled rows, and whether they are wrong. */
  readonly labels: Int32Array;
  readonly failures: Uint8Array;
  /** Out-of-fold failure logits of the labelled rows. */
  readonly budget: Float64Array;
  readonly onnx: Uint8Array;
}

/** With `unlabelled` it learns from those predictions too. */
export async function fitFoldMetaModel({ teachers, labelled, seed }: FilterInput, division: Division, unlabelled: UnlabelledRows | null): Promise<FoldMetaModel> {
  const rows = withTruths(outOfFold(division), labelled.truths);
  const { onnx, outOfFold: scores } = await fitMetaModel(windowOf(rows), { behaviour: teachers.behaviour, seed, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled });
  return { labels: rows.predicted, failures: rows.failures, budget: logitsOf(scores, FLOOR), onnx };
}

/** Failure logits of rows, whose truths nobody knows; of all of them unless some are named. */
export async function scoreRows(onnx: Uint8Array, logged: LoggedRows, named: Int32Array | null = null): Promise<Float64Array> {
  const rows = withTruths(logged, new Int32Array(logged.rows).fill(-1));
  return logitsOf(await scoreWindow(onnx, windowOf(named === null ? rows : pickTruths(rows, named))), FLOOR);
}

/**
 * Failure logits of the pseudo-labels: the mean over the nets of the division, each of which was as little trained as those whose failures
 * the meta-model learned. Where such a net has another label with failure probability f, the pseudo-label is right with a probability of f
 * times its share of what the net leaves to other labels.
 */
export async function scorePool(onnx: Uint8Array, { nets }: Division, labels: Int32Array, classes: number): Promise<Float64Array> {
  const logits: Float64Array[] = [];
  for (const { unlabelled } of nets) {
    const scores = sigmoids(await scoreRows(onnx, unlabelled));
    const probabilities = probabilitiesOf(unlabelled);
    const own = scores.map((score, row) => {
      const [label, given] = [labels[row]!, unlabelled.predicted[row]!];
      if (label === given) return score;
      const share = probabilities[row * classes + label]! / Math.max(FLOOR, 1 - probabilities[row * classes + given]!);
      return 1 - score * Math.min(1, share);
    });
    logits.push(logitsOf(own, FLOOR));
  }
  return meanOf(logits);
}
