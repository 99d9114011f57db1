import { netPlan } from '../../../src/meta/experts/net-plan.js';
import { fitSecondOpinion } from '../../../src/meta/experts/second-opinion.js';
import { designOf } from '../../../src/meta/linear/design.js';
import { divide } from '../../../src/meta/linear/folds.js';
import { fitLogistic } from '../../../src/meta/linear/logistic.js';
import { logit, sigmoid } from '../../../src/meta/linear/numerics.js';
import { evaluateNets } from '../../../src/meta/training/net-evaluation.js';
import { trainNets } from '../../../src/meta/training/net-trainer.js';
import type { NetTask } from '../../../src/meta/training/net-types.js';
import { createRandom } from '../../../src/meta/training/random.js';
import type { Points } from './distances.js';

/** Below so many rows of either outcome a fold would be judged on none of them. */
export const LEAST_OF_EACH_OUTCOME = 5;
const LEARNING_RATE = 2e-3;
/** Decoupled, that of the product's net with a sigmoid head. */
const WEIGHT_DECAY = 1.5;
const STREAM = 0xfa11;

/** Failure probabilities of rows x width numbers. */
export type FailureNet = (inputs: Float32Array, rows: number) => Promise<Float64Array>;

/**
 * One net with a hidden ReLU layer that tells failures from successes. Five fold nets choose the number of steps by held-out log
 * loss and, from the same held-out logits, a slope and an intercept that calibrate; the net that serves is then trained on all
 * rows. Sizes and steps are those that the product plans for as many rows. It starts at the failure rate.
 */
export async function fitFailureNet({ rows, width, data }: Points, failures: Uint8Array, seed: number): Promise<FailureNet> {
  const rate = failures.reduce((sum, failure) => sum + failure, 0) / rows;
  const offset = logit(rate);
  const offsets = new Float32Array(rows).fill(offset);
  const task: NetTask = { head: 'sigmoid', inputs: data, rows, width, outputs: 1, offsets, targets: Int32Array.from(failures) };
  const plan = { ...netPlan(rows), repeats: 1 };
  const folds = await fitSecondOpinion({ task, failures, predicted: null }, divide(failures, 1, createRandom(seed, STREAM)), plan, seed, {});
  const { steps } = folds;
  const [weights] = await trainNets(task, [Int32Array.from({ length: rows }, (_, row) => row)], {
    hidden: plan.hidden, batchSize: plan.batchSize, steps, snapshots: [steps],
    learningRate: LEARNING_RATE, weightDecay: WEIGHT_DECAY, zeroOutput: true, seed,
  });
  const [intercept, slope] = calibration(folds.outOfFold, failures);
  return async (inputs, count) => {
    const outputs = await evaluateNets(weights!, inputs, count);
    return Float64Array.from(outputs, (output) => sigmoid(intercept + slope * (output + offset)));
  };
}

/** Intercept and slope by the rule under which the steps were chosen. */
function calibration(outOfFold: Float64Array, failures: Uint8Array): readonly [number, number] {
  const design = designOf(outOfFold.length, [{ width: 1, data: outOfFold }]);
  const { coefficients } = fitLogistic(design, failures, { mean: Float64Array.of(0, 1), precision: Float64Array.of(1, 4) });
  return [coefficients[0]!, coefficients[1]!];
}
