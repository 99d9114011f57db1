import type { NetWeights } from './net-types.js';
import { createRandom } from './random.js';
import type { Random } from './random.js';

/** First stream of the seed that initial weights draw from; member m uses this plus m. */
const FIRST_STREAM = 0x2000;

function fillNormal(values: Float32Array, random: Random, deviation: number): void {
  for (let index = 0; index < values.length; index++) values[index] = random.normal() * deviation;
}

/** Sizes and the seed of untrained nets. */
export interface InitialOptions {
  readonly members: number;
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly zeroOutput: boolean;
  readonly seed: number;
}

/**
 * Untrained nets: weights normal with variance 2 / inputs of the layer (He et al. 2015, for ReLU), biases zero, and the
 * output layer zero where asked. A member's weights depend on the seed and its index only.
 */
export function initialWeights(options: InitialOptions): NetWeights {
  const { members, width, hidden, outputs } = options;
  const w1 = new Float32Array(members * width * hidden);
  const w2 = new Float32Array(members * hidden * outputs);
  for (let member = 0; member < members; member++) {
    const random = createRandom(options.seed, FIRST_STREAM + member);
    const first = width * hidden;
    const second = hidden * outputs;
    fillNormal(w1.subarray(member * first, (member + 1) * first), random, Math.sqrt(2 / width));
    if (!options.zeroOutput) fillNormal(w2.subarray(member * second, (member + 1) * second), random, Math.sqrt(2 / hidden));
  }
  return { members, width, hidden, outputs, w1, b1: new Float32Array(members * hidden), w2, b2: new Float32Array(members * outputs) };
}
