import type { BehaviourLayout } from '../../src/meta/features/layout.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';

export interface SyntheticOptions {
  readonly rows: number;
  /** Input features. */
  readonly inputWidth: number;
  readonly classes: number;
  readonly seed: number;
  /** Distance of the class centres in units of the noise; smaller makes more failures. */
  readonly separation?: number;
  /** Inputs that the base model reads (from the first); it is blind to the others. */
  readonly seen?: number;
}

export interface SyntheticWindow {
  readonly window: TrainingWindow;
  readonly behaviour: BehaviourLayout;
}

/**
 * Gaussian classes, and a base model that knows their centres but sees only some of the inputs: what it misses, labelled
 * neighbours and nets can learn. Rows are one second apart; the cold start was served.
 */
export function syntheticWindow({ rows, inputWidth, classes, seed, separation = 1.2, seen = Math.ceil(inputWidth / 2) }: SyntheticOptions): SyntheticWindow {
  const random = createRandom(seed, 7);
  const width = inputWidth + classes;
  const centres = Float64Array.from({ length: classes * inputWidth }, () => (separation * random.normal()) / Math.sqrt(inputWidth / 8));
  const features = new Float32Array(rows * width);
  const failures = new Uint8Array(rows);
  const predictions = new Int32Array(rows);
  const truths = new Int32Array(rows);
  const coldStart = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const truth = random.int(classes);
    const row = features.subarray(i * width, (i + 1) * width);
    for (let j = 0; j < inputWidth; j++) row[j] = centres[truth * inputWidth + j]! + random.normal();
    const logs = row.subarray(inputWidth);
    for (let k = 0; k < classes; k++) logs[k] = squaredDistance(row, centres, k, inputWidth, seen) * -0.8;
    const predicted = normalize(logs);
    let others = 0;
    for (let k = 0; k < classes; k++) if (k !== predicted) others += Math.exp(logs[k]!);
    predictions[i] = predicted;
    truths[i] = truth;
    failures[i] = predicted === truth ? 0 : 1;
    coldStart[i] = others;
  }
  const createdAt = Float64Array.from({ length: rows }, (_, i) => 1000 * (i + 1));
  return {
    window: { rows, inputWidth, width, features, failures, classes: predictions, truths, coldStartProbabilities: coldStart, failureProbabilities: coldStart.slice(), createdAt, weights: null },
    behaviour: { kind: 'classes', classes },
  };
}

function squaredDistance(row: Float32Array, centres: Float64Array, k: number, inputWidth: number, seen: number): number {
  let sum = 0;
  for (let j = 0; j < seen; j++) sum += (row[j]! - centres[k * inputWidth + j]!) ** 2;
  return sum;
}

/** Makes log-probabilities of logits, clipped at ln 1e-9; returns the index of the largest. */
function normalize(logs: Float32Array): number {
  for (let round = 0; round < 2; round++) {
    const largest = Math.max(...logs);
    let sum = 0;
    for (const value of logs) sum += Math.exp(value - largest);
    for (let k = 0; k < logs.length; k++) logs[k] = Math.max(Math.log(1e-9), logs[k]! - largest - Math.log(sum));
  }
  return logs.indexOf(Math.max(...logs));
}
