import { netPlan, type NetPlan } from '../../../src/meta/experts/net-plan.js';
import { designLogits, designOf } from '../../../src/meta/linear/design.js';
import { divide } from '../../../src/meta/linear/folds.js';
import { fitLogistic } from '../../../src/meta/linear/logistic.js';
import { logit, meanLogLoss, sigmoid } from '../../../src/meta/linear/numerics.js';
import { evaluateMembers, evaluateNets } from '../../../src/meta/training/net-evaluation.js';
import { trainNets } from '../../../src/meta/training/net-trainer.js';
import type { NetTask, NetWeights } from '../../../src/meta/training/net-types.js';
import { createRandom } from '../../../src/meta/training/random.js';
import type { Points } from './distances.js';

/** Below so many rows of either outcome a fold would be judged on none of them. */
export const LEAST_OF_EACH_OUTCOME = 5;
const LEARNING_RATE = 2e-3;
/** Decoupled; of 0.1, 0.5 and 1.5 the best on two development sets. */
const WEIGHT_DECAY = 0.5;
const STREAM = 0xfa11;

/** Failure probabilities of rows x width numbers. */
export type FailureNet = (inputs: Float32Array, rows: number) => Promise<Float64Array>;

/** After how many steps to stop, and what makes the net's logits calibrated: intercept + slope * logit. */
interface Stop {
  readonly steps: number;
  readonly intercept: number;
  readonly slope: number;
}

/**
 * One net with a hidden ReLU layer that tells failures from successes. Five fold nets choose the number of steps by held-out log
 * loss, after a slope and an intercept that the same held-out logits calibrate; the net that serves is then trained on all
 * rows. Sizes and steps are those that the product plans for as many rows. It starts at the failure rate.
 */
export async function fitFailureNet({ rows, width, data }: Points, failures: Uint8Array, seed: number): Promise<FailureNet> {
  const rate = failures.reduce((sum, failure) => sum + failure, 0) / rows;
  const offset = logit(rate);
  const offsets = new Float32Array(rows).fill(offset);
  const task: NetTask = { head: 'sigmoid', inputs: data, rows, width, outputs: 1, offsets, targets: Int32Array.from(failures) };
  const plan = netPlan(rows);
  const { steps, intercept, slope } = await chooseStop(task, failures, plan, seed);
  const [weights] = await train(task, [Int32Array.from({ length: rows }, (_, row) => row)], plan, [steps], seed);
  return async (inputs, count) => {
    const outputs = await evaluateNets(weights!, inputs, count);
    return Float64Array.from(outputs, (output) => sigmoid(intercept + slope * (output + offset)));
  };
}

function train(task: NetTask, members: readonly Int32Array[], plan: NetPlan, snapshots: readonly number[], seed: number): Promise<readonly NetWeights[]> {
  const { hidden, batchSize } = plan;
  const steps = Math.max(...snapshots);
  return trainNets(task, members, { hidden, batchSize, steps, snapshots, learningRate: LEARNING_RATE, weightDecay: WEIGHT_DECAY, zeroOutput: true, seed });
}

async function chooseStop(task: NetTask, failures: Uint8Array, plan: NetPlan, seed: number): Promise<Stop> {
  const [division] = divide(failures, 1, createRandom(seed, STREAM));
  const { training, heldOut } = division!;
  let best: Stop & { readonly loss: number } = { steps: plan.steps, intercept: 0, slope: 1, loss: Infinity };
  for (const [at, weights] of (await train(task, training, plan, plan.snapshots, seed)).entries()) {
    const logits = new Float64Array(task.rows);
    (await evaluateMembers(weights, task.inputs, task.rows, heldOut)).forEach((outputs, member) => {
      heldOut[member]!.forEach((row, i) => (logits[row] = outputs[i]! + task.offsets![row]!));
    });
    const calibrated = calibrate(logits, failures);
    if (calibrated.loss < best.loss) best = { steps: plan.snapshots[at]!, ...calibrated };
  }
  return best;
}

/** Logistic regression on the logits with the product's prior for it, the identity. */
function calibrate(logits: Float64Array, failures: Uint8Array): { readonly intercept: number; readonly slope: number; readonly loss: number } {
  const design = designOf(logits.length, [{ width: 1, data: logits }]);
  const { coefficients } = fitLogistic(design, failures, { mean: Float64Array.of(0, 1), precision: Float64Array.of(1, 4) });
  return { intercept: coefficients[0]!, slope: coefficients[1]!, loss: meanLogLoss(designLogits(design, coefficients), failures) };
}
