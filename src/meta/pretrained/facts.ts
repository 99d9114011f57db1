import { sigmoid } from '../linear/numerics.js';
import { signalCount, signalIndex } from './signals.js';

/** What is known of the predictions whose signals are given. */
export interface FactSource {
  readonly rows: number;
  /** Rows that the consensus learnt from. */
  readonly learnt: number;
  readonly classes: number;
  /** Numbers that say where a row lies. */
  readonly width: number;
  /** Share of the rows for which the consensus names another class than the base model. */
  readonly disagreement: number;
  /** Signals of a single reach, by a consensus that did not learn from the rows. */
  readonly signals: Float32Array;
}

/** Columns of the signals, and where in them its reach is. */
const [WIDTH, CONSENSUS] = [signalCount(1), 0];

/** What the signals of a row are to be read by: how certain base model and consensus are on the whole, and how much they could learn from. */
export function factsOf({ rows, learnt, classes, width, disagreement, signals }: FactSource): Float32Array {
  const column = (at: number): Float32Array => Float32Array.from({ length: rows }, (_, row) => signals[row * WIDTH + at]!);
  const confidence = column(signalIndex('confidence'));
  const mean = meanOf(confidence);
  const ofConsensus = (['agreement nearby', 'density', 'divergence', 'pooled margin'] as const).map((name) => meanOf(column(signalIndex(name, CONSENSUS))));
  return Float32Array.of(
    Math.log(classes), Math.log(learnt), Math.sqrt(width), disagreement, meanOf(Float64Array.from(confidence, sigmoid)), mean,
    Math.sqrt(meanOf(confidence.map((value) => (value - mean) ** 2))), ...ofConsensus,
  );
}

function meanOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
