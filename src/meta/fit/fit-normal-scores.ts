import { upperNormalQuantile } from '../evaluation/normal-quantile.js';
import type { NormalScores } from '../experts/normal-scores.js';

/** The line of one column through its knots. */
export interface ScoreLine {
  /** Ascending, two or more. */
  readonly values: readonly number[];
  /** Normal scores of the values, less their mean over the rows. */
  readonly scores: readonly number[];
}

/** Most pieces of a line: more are not told apart in distances. */
const MOST_PIECES = 32;
/** Knots that lie closer than this are one: the inverse is a float32 number. */
const LEAST_GAP = 1e-30;

/** A value that some rows share, and its normal score. */
interface Level {
  readonly value: number;
  readonly rows: number;
  readonly score: number;
  /** What the value becomes when it is standardized. */
  readonly standardized: number;
}

/** How the values of a column lie. */
export interface ColumnShape {
  /** Different values. */
  readonly levels: number;
  /** Correlation of standardized values, as they are clipped, and normal scores: 1 for normally distributed ones. */
  readonly likeness: number;
  readonly line: ScoreLine;
}

/**
 * Normal scores of a column's known values, ascending: the quantile of the standard normal distribution at the share of the rows below, half of the
 * equal ones counted (van der Waerden 1952), less their mean; as a line through at most 33 of the values. `standardized` is what a value becomes else.
 */
export function shapeOf(sorted: Float32Array, standardized: (value: number) => number): ColumnShape {
  const levels = levelsOf(sorted, standardized);
  const knots = knotsOf(levels);
  const mean = meanOf(levels, ({ score }) => score);
  return { levels: levels.length, likeness: likenessOf(levels, mean), line: { values: knots.map(({ value }) => value), scores: knots.map(({ score }) => score - mean) } };
}

/** Lines of columns, side by side; `weights`: what the scores of each are multiplied by. */
export function scoresOf(columns: readonly number[], lines: readonly ScoreLine[], weights: readonly number[]): NormalScores {
  const pieces = Math.max(...lines.map(({ values }) => values.length - 1));
  const [starts, steepness, rises] = [0, 0, 0].map(() => new Float32Array(columns.length * pieces));
  lines.forEach(({ values, scores }, c) => {
    for (let k = 0; k + 1 < values.length; k++) {
      const at = c * pieces + k;
      starts![at] = values[k]!;
      steepness![at] = 1 / (values[k + 1]! - values[k]!);
      rises![at] = weights[c]! * (scores[k + 1]! - scores[k]!);
    }
  });
  const offsets = Float32Array.from(lines, ({ scores }, c) => weights[c]! * scores[0]!);
  return { columns: Int32Array.from(columns), pieces, starts: starts!, steepness: steepness!, rises: rises!, offsets };
}

function levelsOf(sorted: Float32Array, standardized: (value: number) => number): Level[] {
  const levels: Level[] = [];
  const least = 0.5 / sorted.length;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    const share = Math.min(1 - least, Math.max(least, (from + to) / 2 / sorted.length));
    const score = share > 0.5 ? upperNormalQuantile(1 - share) : -upperNormalQuantile(share);
    levels.push({ value: sorted[from]!, rows: to - from, score, standardized: standardized(sorted[from]!) });
  }
  return levels;
}

/** All levels where they are few; else those that divide the range of the scores as evenly as they can. */
function knotsOf(levels: readonly Level[]): Level[] {
  const [first, last] = [levels[0]!, levels[levels.length - 1]!];
  const step = levels.length - 1 <= MOST_PIECES ? 0 : (last.score - first.score) / MOST_PIECES;
  const knots = [first];
  for (const level of levels) {
    const before = knots[knots.length - 1]!;
    const isNext = step === 0 || level === last || level.score >= first.score + step * Math.ceil((before.score - first.score) / step + 1e-9);
    if (isNext && level.value - before.value > LEAST_GAP) knots.push(level);
  }
  return knots;
}

function meanOf(levels: readonly Level[], of: (level: Level) => number): number {
  let [sum, count] = [0, 0];
  for (const level of levels) {
    sum += level.rows * of(level);
    count += level.rows;
  }
  return sum / count;
}

/** `y`: the mean of the scores. */
function likenessOf(levels: readonly Level[], y: number): number {
  const x = meanOf(levels, ({ standardized }) => standardized);
  const product = meanOf(levels, ({ standardized, score }) => (standardized - x) * (score - y));
  const squares = meanOf(levels, ({ standardized }) => (standardized - x) ** 2) * meanOf(levels, ({ score }) => (score - y) ** 2);
  return squares > 0 ? product / Math.sqrt(squares) : 1;
}
