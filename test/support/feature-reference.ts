import type { ScoreKind } from '../../src/meta/features/layout.js';

/** What the behaviour of one row of class scores must be, in plain float64 arithmetic. */
export interface BehaviourReference {
  readonly predicted: number;
  readonly confidence: number;
  readonly coldStart: number;
  /** ln P, clipped at 1e-9 and normalized again. */
  readonly logs: readonly number[];
  /** s, g, ln(p2/p1), entropy. */
  readonly summary: readonly number[];
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const clip = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** Class weights of a row, up to a factor. */
function weights(scores: readonly number[], kind: ScoreKind): number[] {
  const [only = NaN] = scores;
  switch (kind) {
    case 'probabilities': {
      const known = scores.map((p) => (Number.isNaN(p) ? 0 : clip(p, 0, 1e30)));
      return sum(known) > 0 ? known : known.map(() => 1);
    }
    case 'logits': {
      const known = scores.map((z) => (Number.isNaN(z) ? -1e30 : clip(z, -1e30, 1e30)));
      return known.map((z) => Math.exp(z - Math.max(...known)));
    }
    case 'binary_probability': {
      const p = Number.isNaN(only) ? 0.5 : clip(only, 0, 1);
      return [1 - p, p];
    }
    case 'binary_logit':
      return Number.isNaN(only) ? [1, 1] : weights([0, only], 'logits');
  }
}

export function behaviourReference(scores: readonly number[], kind: ScoreKind): BehaviourReference {
  const w = weights(scores, kind);
  const predicted = w.indexOf(Math.max(...w));
  const p = clipped(w);
  return { predicted, confidence: (w[predicted] ?? NaN) / sum(w), coldStart: sum(others(w, predicted)) / sum(w), logs: p.map(Math.log), summary: summaryOf(p, predicted) };
}

/** The same of scores and those of the augmented row: the normalized geometric mean, of the class that the row's own scores predict. */
export function augmentedReference(own: readonly number[], augmented: readonly number[], kind: ScoreKind): BehaviourReference {
  const { predicted, confidence } = behaviourReference(own, kind);
  const [p, q] = [clipped(weights(own, kind)), clipped(weights(augmented, kind))];
  const mean = p.map((each, k) => Math.sqrt(each * (q[k] ?? NaN)));
  const both = mean.map((each) => each / sum(mean));
  return { predicted, confidence, coldStart: sum(others(both, predicted)), logs: both.map(Math.log), summary: summaryOf(both, predicted) };
}

function others(values: readonly number[], predicted: number): number[] {
  return values.filter((_, k) => k !== predicted);
}

function clipped(w: readonly number[]): number[] {
  const least = w.map((each) => Math.max(each / sum(w), 1e-9));
  return least.map((each) => each / sum(least));
}

function summaryOf(p: readonly number[], predicted: number): number[] {
  const p1 = p[predicted] ?? NaN;
  const p2 = Math.max(...others(p, predicted));
  const rest = sum(others(p, predicted));
  return [
    clip(Math.log(rest / p1), -16, 16),
    clip(Math.log((rest + p2) / Math.max(p1 - p2, 1e-4)), -16, 10),
    Math.log(p2 / p1),
    -sum(p.map((each) => each * Math.log(each))),
  ];
}

/** Whether a float32 value is the reference up to its rounding (and a cancellation of `absolute`). */
export function agrees(actual: number | undefined, expected: number, relative = 1e-5, absolute = 1e-9): boolean {
  return actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected) + absolute;
}
