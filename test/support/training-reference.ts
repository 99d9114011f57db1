import type { NetHead, NetOptions, NetTask, NetWeights, PerParameter } from '../../src/meta/training/net-types.js';
import { PARAMETERS, mapParameters } from '../../src/meta/training/net-types.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { Random } from '../../src/meta/training/random.js';

/** Textbook arithmetic in float64, loop by loop, to compare the training graph with. */
export type Parameters = PerParameter<Float64Array>;

export interface Sizes {
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
}

const at = (values: ArrayLike<number>, index: number): number => {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index}`);
  return value;
};

/** Outputs of one net on one row, without an offset. */
export function forward(parameters: PerParameter<ArrayLike<number>>, sizes: Sizes, row: ArrayLike<number>): Float64Array {
  const { width, hidden, outputs } = sizes;
  const logits = Float64Array.from({ length: outputs }, (_, output) => at(parameters.b2, output));
  for (let unit = 0; unit < hidden; unit++) {
    let activation = at(parameters.b1, unit);
    for (let feature = 0; feature < width; feature++) activation += at(row, feature) * at(parameters.w1, feature * hidden + unit);
    if (activation <= 0) continue;
    for (let output = 0; output < outputs; output++) logits[output] = at(logits, output) + activation * at(parameters.w2, unit * outputs + output);
  }
  return logits;
}

/** Loss of one row: -ln of the probability of the target. */
export function rowLoss(head: NetHead, logits: Float64Array, target: number): number {
  if (head === 'sigmoid') return Math.log1p(Math.exp(target === 1 ? -at(logits, 0) : at(logits, 0)));
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return Math.log(sum) + most - at(logits, target);
}

export function meanLoss(task: NetTask, rows: ArrayLike<number>, parameters: PerParameter<ArrayLike<number>>, hidden: number): number {
  const { width, outputs } = task;
  let sum = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = at(rows, index);
    const logits = forward(parameters, { width, hidden, outputs }, task.inputs.subarray(row * width, (row + 1) * width));
    const offsets = task.offsets?.subarray(row * outputs, (row + 1) * outputs);
    sum += rowLoss(task.head, offsets === undefined ? logits : logits.map((logit, output) => logit + at(offsets, output)), at(task.targets, row));
  }
  return sum / rows.length;
}

/** Gradients by central differences of the loss. */
export function numericGradients(task: NetTask, rows: ArrayLike<number>, parameters: Parameters, hidden: number): Parameters {
  const step = 1e-6;
  return mapParameters((name) => {
    const values = parameters[name];
    return values.map((value, index) => {
      values[index] = value + step;
      const above = meanLoss(task, rows, parameters, hidden);
      values[index] = value - step;
      const below = meanLoss(task, rows, parameters, hidden);
      values[index] = value;
      return (above - below) / (2 * step);
    });
  });
}

/** Adam as its paper writes it, with decoupled weight decay on the matrices; changes the parameters in place. */
export class ReferenceAdam {
  readonly #parameters: Parameters;
  readonly #first: Parameters;
  readonly #second: Parameters;
  readonly #options: Pick<NetOptions, 'learningRate' | 'weightDecay'>;
  #step = 0;

  constructor(parameters: Parameters, options: Pick<NetOptions, 'learningRate' | 'weightDecay'>) {
    this.#parameters = parameters;
    this.#first = mapParameters((name) => new Float64Array(parameters[name].length));
    this.#second = mapParameters((name) => new Float64Array(parameters[name].length));
    this.#options = options;
  }

  step(gradients: Parameters): void {
    this.#step++;
    const { learningRate, weightDecay } = this.#options;
    for (const name of PARAMETERS) {
      const decay = name === 'w1' || name === 'w2' ? 1 - learningRate * weightDecay : 1;
      for (let index = 0; index < gradients[name].length; index++) {
        const gradient = at(gradients[name], index);
        const first = 0.9 * at(this.#first[name], index) + 0.1 * gradient;
        const second = 0.999 * at(this.#second[name], index) + 0.001 * gradient * gradient;
        this.#first[name][index] = first;
        this.#second[name][index] = second;
        const corrected = first / (1 - 0.9 ** this.#step) / (Math.sqrt(second / (1 - 0.999 ** this.#step)) + 1e-8);
        this.#parameters[name][index] = at(this.#parameters[name], index) * decay - learningRate * corrected;
      }
    }
  }
}

/** One member's parameters in float64. */
export function memberParameters(weights: NetWeights, member: number): Parameters {
  return mapParameters((name) => {
    const size = weights[name].length / weights.members;
    return Float64Array.from(weights[name].subarray(member * size, (member + 1) * size));
  });
}

export function randomValues(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}

/** A task of random numbers, which no net can learn. */
export function randomTask(options: Pick<NetTask, 'head' | 'rows' | 'width' | 'outputs'> & { hasOffsets: boolean; seed: number }): NetTask {
  const { head, rows, width, outputs } = options;
  const random = createRandom(options.seed, 7);
  const classes = head === 'softmax' ? outputs : 2;
  return {
    head,
    rows,
    width,
    outputs,
    inputs: randomValues(random, rows * width),
    offsets: options.hasOffsets ? randomValues(random, rows * outputs) : null,
    targets: Int32Array.from({ length: rows }, () => random.int(classes)),
  };
}

/** Points in a square; the class is the ring around the origin that they lie in (0 inside), which no linear model finds. */
export function ringTask(rows: number, classes: number, seed: number): NetTask {
  const random = createRandom(seed, 8);
  const inputs = Float32Array.from({ length: rows * 2 }, () => 2 * random.uniform() - 1);
  const ringOf = (radius: number): number => Math.min(classes - 1, Math.floor(radius * classes));
  const targets = Int32Array.from({ length: rows }, (_, row) => ringOf(Math.hypot(at(inputs, 2 * row), at(inputs, 2 * row + 1))));
  return { head: 'softmax', rows, width: 2, outputs: classes, inputs, offsets: null, targets };
}

export function allRows(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}
