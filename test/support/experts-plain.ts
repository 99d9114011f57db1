/** The recipe's formulas in plain float64 JavaScript, written from its text and not from the graphs. */
import type { NormalScores } from '../../src/meta/experts/normal-scores.js';
import type { ClassTrees } from '../../src/meta/trees/class-trees.js';
import type { DistanceMetric } from '../../src/meta/experts/distance-metric.js';

export interface PlainBehaviour {
  readonly anchor: number;
  /** The anchor of the sorted layout. */
  readonly blend: number;
  readonly figures: number[];
  readonly centred: number[];
  readonly logs: number[];
  readonly predicted: number;
}

const clip = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** `given`: the predicted class, where that is not the one of the largest probability. */
export function plainBehaviour(logProbabilities: readonly number[], given: number | null = null): PlainBehaviour {
  const probabilities = logProbabilities.map(Math.exp);
  const predicted = given ?? probabilities.indexOf(Math.max(...probabilities));
  const first = probabilities[predicted]!;
  const others = probabilities.filter((_, k) => k !== predicted);
  const second = Math.max(...others);
  const rest = sum(others);
  const s = clip(Math.log(rest / first), -16, 16);
  const g = clip(Math.log((rest + second) / Math.max(first - second, 1e-4)), -16, 10);
  const entropy = -sum(probabilities.map((p) => p * Math.log(p)));
  const logs = probabilities.map((p) => Math.log(Math.max(p, 1e-6)));
  const mean = sum(logs) / logs.length;
  return {
    anchor: s,
    blend: 0.7 * s + 0.3 * g,
    figures: [s, g, Math.log(second / first), Math.log(entropy + 1e-8), entropy],
    centred: logs.map((value) => clip(value - mean, -14, 14)),
    logs,
    predicted,
  };
}

/** Class logits of boosted trees. */
export function plainTrees(inputs: readonly number[], { classes, start, rounds }: ClassTrees): number[] {
  const logits = Array.from({ length: classes }, (_, k) => (start.length === 1 ? k * start[0]! : start[k]!));
  for (const round of rounds) {
    round.forEach(({ columns, borders, values }, o) => {
      let node = 0;
      while (node < 7) node = 2 * node + (columns[node]! >= 0 && inputs[columns[node]!]! > borders[node]! ? 2 : 1);
      logits[start.length === 1 ? 1 : o]! += 0.1 * values[node - 7]!;
    });
  }
  return logits;
}

export interface PlainNeighbours {
  readonly affinities: number[];
  readonly spread: number;
}

/** Distances of one point to stored points with classes, with `signs` to the nearer of each and its mirror image; `own` is left out. */
export function plainNeighbours(point: readonly number[], stored: readonly (readonly number[])[], labels: readonly number[], classes: number, { own = -1, signs = null }: { readonly own?: number; readonly signs?: Float32Array | null } = {}): PlainNeighbours {
  const distances = (from: readonly number[]) => stored.map((other) => sum(other.map((value, j) => (value - from[j]!) ** 2)));
  const mirrored = signs === null ? null : distances(point.map((value, j) => value * signs[j]!));
  const squared = distances(point).map((distance, i) => Math.min(distance, mirrored?.[i] ?? Infinity));
  const all = squared.filter((_, i) => i !== own).sort((a, b) => a - b);
  const fifth = Math.max(1e-6, all[Math.min(5, all.length) - 1]!);
  const logs = Array.from({ length: classes }, (_, k) => {
    const mine = squared.filter((_, i) => labels[i] === k && i !== own);
    return mine.length === 0 ? null : 0.5 * Math.log(Math.min(...mine) + 1e-4 * fifth + 1e-9);
  });
  const known = logs.filter((value) => value !== null).sort((a, b) => a - b);
  const median = (known[(known.length - 1) >> 1]! + known[known.length >> 1]!) / 2;
  const complete = logs.map((value) => value ?? median);
  const mean = sum(complete) / classes;
  return { affinities: complete.map((value) => mean - value), spread: 0.5 * Math.log(fifth) };
}

export function plainTrust(affinities: readonly number[], predicted: number): number {
  return clip(Math.max(...affinities.filter((_, k) => k !== predicted)) - affinities[predicted]!, -3, 3);
}

export function plainFailureLogit(logits: readonly number[], label: number): number {
  return clip(Math.log(sum(logits.filter((_, k) => k !== label).map(Math.exp))) - logits[label]!, -16, 16);
}

/** Kept columns of one row, standardized. */
export function plainStandardized(row: readonly number[], kept: ArrayLike<number>, mean: ArrayLike<number>, scale: ArrayLike<number>): number[] {
  return Array.from(kept, (column, j) => clip((row[column]! - mean[j]!) * scale[j]!, -5, 5));
}

/** Pieces of lines, each a part of the rise between two knots. */
export function plainNormalScores(row: readonly number[], { columns, pieces, starts, steepness, rises, offsets }: NormalScores): number[] {
  return Array.from(columns, (column, c) => Array.from({ length: pieces }, (_, k) => {
    const at = c * pieces + k;
    return clip((row[column]! - starts[at]!) * steepness[at]!, 0, 1) * rises[at]!;
  }).reduce((sum, part) => sum + part, offsets[c]!));
}

/** One net: relu(x w1 + b1) w2 + b2, for member m of row-major weights. */
/** Where a row lies under a metric. */
export function plainPoint(xi: readonly number[], metric: DistanceMetric | null): readonly number[] {
  if (metric === null) return xi;
  return xi.map((_, c) => xi.reduce((sum, value, j) => sum + value * metric.projection[j * metric.width + c]!, 0));
}

export function plainNet(
  x: readonly number[], weights: { hidden: number; outputs: number; w1: Float32Array; b1: Float32Array; w2: Float32Array; b2: Float32Array }, m: number,
): number[] {
  const { hidden, outputs, w1, b1, w2, b2 } = weights;
  const layer = Array.from({ length: hidden }, (_, h) => Math.max(0, b1[m * hidden + h]! + sum(x.map((value, j) => value * w1[(m * x.length + j) * hidden + h]!))));
  return Array.from({ length: outputs }, (_, c) => b2[m * outputs + c]! + sum(layer.map((value, h) => value * w2[(m * hidden + h) * outputs + c]!)));
}

export interface PlainKernel {
  readonly centres: Float32Array;
  readonly gamma: number;
  readonly signs: Float32Array | null;
  readonly coefficients: Float32Array;
  readonly classes: number;
}

/** What a kernel regression gives for one point: sum_m exp(-gamma |x - z_m|^2) c_m, for each class; with `signs` the same of the mirror image is added. */
export function plainKernel(x: readonly number[], { centres, gamma, signs, coefficients, classes }: PlainKernel): number[] {
  const count = coefficients.length / classes;
  const gaussian = (point: readonly number[], m: number) => Math.exp(-gamma * sum(point.map((value, j) => (value - centres[m * x.length + j]!) ** 2)));
  const weights = Array.from({ length: count }, (_, m) => gaussian(x, m) + (signs === null ? 0 : gaussian(x.map((value, j) => value * signs[j]!), m)));
  return Array.from({ length: classes }, (_, k) => sum(weights.map((weight, m) => weight * coefficients[m * classes + k]!)));
}
