import type { PoolWeights } from '../linear/multinomial-pool.js';
import { clipScore, failureLogitOf } from '../linear/numerics.js';
import type { ColumnSet } from './column-set.js';

/** Rows as the base model answered them. */
export interface AnsweredRows {
  readonly rows: number;
  readonly classes: number;
  readonly logProbabilities: ColumnSet;
  readonly predicted: Int32Array;
}

/** Failure logit of each row's predicted class under base model and opinion together. `logs`: rows x classes, logarithms of what the opinion gives the classes. */
export function opinionScores({ rows, classes, logProbabilities, predicted }: AnsweredRows, logs: Float32Array, pool: PoolWeights): Float32Array {
  const logits = new Float64Array(classes);
  return Float32Array.from({ length: rows }, (_, row) => {
    for (let k = 0; k < classes; k++) {
      const at = row * classes + k;
      logits[k] = pool.logProbability * logProbabilities.data[at]! + pool.affinity * logs[at]!;
    }
    return clipScore(failureLogitOf(logits, predicted[row]!));
  });
}
