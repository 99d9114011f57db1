import type { NearestRows } from './neighbour-graph.js';

/** Edges of a symmetric graph in rows: those of row i are at `from[i]` to `from[i + 1] - 1`. */
export interface Graph {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float64Array;
}

/** Share of a row's scores that comes from its neighbours; the rest is its own label (Zhou et al. use .99 as well). */
const ALPHA = 0.99;
const STEPS = 60;

/**
 * Symmetric, normalized affinities D^-1/2 W D^-1/2 of a nearest-neighbour graph; W is Gaussian with the distance to the last neighbour of
 * either row as its scale (self-tuning: Zelnik-Manor and Perona 2004).
 */
export function affinityGraph({ rows, size, neighbours, squared }: NearestRows): Graph {
  const edges = new Map<number, number>();
  const scale = (row: number): number => Math.sqrt(Math.max(1e-12, squared[row * size + size - 1]!));
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < size; k++) {
      const other = neighbours[row * size + k]!;
      const weight = Math.exp(-squared[row * size + k]! / (scale(row) * scale(other)));
      edges.set(row * rows + other, weight);
      edges.set(other * rows + row, weight);
    }
  }
  const keys = Float64Array.from(edges.keys()).sort();
  const from = new Int32Array(rows + 1);
  const to = new Int32Array(keys.length);
  const weights = new Float64Array(keys.length);
  const degrees = new Float64Array(rows);
  keys.forEach((key, at) => {
    const row = Math.floor(key / rows);
    to[at] = key - row * rows;
    weights[at] = edges.get(key)!;
    degrees[row]! += weights[at];
    from[row + 1] = at + 1;
  });
  for (let row = 0; row < rows; row++) for (let at = from[row]!; at < from[row + 1]!; at++) weights[at]! /= Math.sqrt(degrees[row]! * degrees[to[at]!]!);
  return { from, to, weights };
}

/**
 * Label spreading (Zhou et al., NIPS 2003): F <- alpha S F + (1 - alpha) Y. `labels` holds the class of each row that has one, -1
 * elsewhere. Gives rows x classes shares that sum to 1; a row that no label reaches has equal ones. Each class's scores are first divided by
 * their sum and multiplied by the class's share of the labels (class mass normalization: Zhu et al. 2003).
 */
export function spreadLabels({ from, to, weights }: Graph, labels: Int32Array, classes: number): Float64Array {
  const rows = labels.length;
  let scores = new Float64Array(rows * classes);
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      for (let at = from[row]!; at < from[row + 1]!; at++) {
        const weight = ALPHA * weights[at]!;
        const source = to[at]! * classes;
        for (let k = 0; k < classes; k++) next[row * classes + k]! += weight * scores[source + k]!;
      }
      const label = labels[row]!;
      if (label >= 0) next[row * classes + label]! += 1 - ALPHA;
    }
    scores = next;
  }
  return normalized(scores, labels, classes);
}

function normalized(scores: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const mass = new Float64Array(classes);
  const known = new Float64Array(classes);
  scores.forEach((score, at) => (mass[at % classes]! += score));
  for (const label of labels) if (label >= 0) known[label]! += 1;
  const shares = new Float64Array(scores.length);
  for (let row = 0; row < labels.length; row++) {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const at = row * classes + k;
      shares[at] = mass[k] === 0 ? 0 : (scores[at]! * known[k]!) / mass[k]!;
      sum += shares[at];
    }
    for (let k = 0; k < classes; k++) shares[row * classes + k] = sum === 0 ? 1 / classes : shares[row * classes + k]! / sum;
  }
  return shares;
}
