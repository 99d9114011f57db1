import { fitPool, type PoolPrior, type PoolWeights } from '../linear/multinomial-pool.js';
import { clipScore, failureLogitOf } from '../linear/numerics.js';
import type { ColumnSet } from './column-set.js';
import { knownRows } from './known-rows.js';

/** Rows as the base model answered them. */
export interface AnsweredRows {
  readonly rows: number;
  readonly classes: number;
  readonly logProbabilities: ColumnSet;
  readonly predicted: Int32Array;
  /** True class of each row; negative where it is not known. */
  readonly labels: Int32Array;
}

/** The pool of base model and opinion, and the failure logit of each row's predicted class under it. */
export interface PooledOpinion {
  readonly pool: PoolWeights;
  readonly scores: Float32Array;
}

/** Pools an opinion on the classes with the base model. `logs`: rows x classes, logarithms of what the opinion gives the classes, out of fold. */
export function poolOpinion(answered: AnsweredRows, logs: Float32Array, prior: PoolPrior): PooledOpinion {
  const { classes, logProbabilities, labels } = answered;
  const pool = fitPool({ classes, logProbabilities: logProbabilities.data, affinities: logs, truths: labels, rows: knownRows(labels) }, prior);
  return { pool, scores: pooledScores(answered, logs, pool) };
}

function pooledScores({ rows, classes, logProbabilities, predicted }: AnsweredRows, logs: Float32Array, pool: PoolWeights): Float32Array {
  const logits = new Float64Array(classes);
  return Float32Array.from({ length: rows }, (_, row) => {
    for (let k = 0; k < classes; k++) {
      const at = row * classes + k;
      logits[k] = pool.logProbability * logProbabilities.data[at]! + pool.affinity * logs[at]!;
    }
    return clipScore(failureLogitOf(logits, predicted[row]!));
  });
}
