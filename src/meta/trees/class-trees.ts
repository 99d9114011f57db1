import type { Tree } from './tree.js';

/** Of what a tree says. */
export const LEARNING_RATE = 0.1;

/** Boosted trees on the classes: class logit = start + learning rate times the sum of its trees. Two classes have one logit, that of class 1. */
export interface ClassTrees {
  readonly classes: number;
  /** One a logit. */
  readonly start: Float64Array;
  /** One tree a logit in each round. */
  readonly rounds: readonly (readonly Tree[])[];
}

/** Logits that tell so many classes apart. */
export function logitCount(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/** ln softmax of every row's class logits, rows x classes. `logits`: rows x logitCount(classes). */
export function classLogs(logits: Float64Array, classes: number): Float32Array {
  const outputs = logitCount(classes);
  const rows = logits.length / outputs;
  const logs = new Float32Array(rows * classes);
  const own = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) own[classes - outputs + o] = logits[row * outputs + o]!;
    const total = logSumExp(own);
    for (let k = 0; k < classes; k++) logs[row * classes + k] = own[k]! - total;
  }
  return logs;
}

function logSumExp(logits: Float64Array): number {
  const largest = logits.reduce((most, z) => Math.max(most, z), -Infinity);
  return largest + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - largest), 0));
}
