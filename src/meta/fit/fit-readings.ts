import type { InputTransform, StandardizedInputs } from '../experts/input-transform.js';
import { standardize, type Standardizer } from '../experts/standardizer.js';
import { fitInputTransform, type FeatureRows } from './fit-input-transform.js';
import { scoresOf, shapeOf, type ColumnShape } from './fit-normal-scores.js';
import type { StageHooks } from './staged-run.js';

/** Below this likeness to a normal distribution a column is read by the order of its values too. */
const LEAST_LIKENESS = 0.9;
/** Of each of two readings of a column: together they count as one. */
const HALF = Math.SQRT1_2;

/** How a column becomes numbers. */
type Reading = 'standardized' | 'both' | 'order';

/** How the inputs of rows can be read. */
export interface InputReadings {
  readonly plain: InputTransform;
  /** Null where no column is read by the order of its values. */
  readonly ordered: StandardizedInputs | null;
}

/** Fits both readings on the input features of rows, labelled or not, in one pass. */
export async function fitReadings(rows: FeatureRows, hooks: StageHooks): Promise<InputReadings> {
  const shapes: ColumnShape[] = [];
  const plain = await fitInputTransform(rows, hooks, (rule, sorted) => shapes.push(shapeOf(sorted, (value) => standardize(rule, value))));
  return { plain, ordered: plain.kind === 'standardized' ? readByOrder(plain, shapes) : null };
}

/**
 * The same inputs with the order of their values: long tails hide in a few far values what most rows differ by, so a column that is far from normal
 * has its normal scores beside it, each at half of the squared distance; either alone loses, for scores close the gaps between clusters. A column of
 * two values has the scores alone: standardizing makes the rare value of an indicator the largest number of a row. Null where that is no column.
 */
function readByOrder({ standardizer: every }: StandardizedInputs, shapes: readonly ColumnShape[]): StandardizedInputs | null {
  const readings = shapes.map(readingOf);
  const ordered = indexesWhere(readings, (reading) => reading !== 'standardized');
  if (ordered.length === 0) return null;
  const left = indexesWhere(readings, (reading) => reading !== 'order');
  const scores = scoresOf(ordered.map((k) => every.kept[k]!), ordered.map((k) => shapes[k]!.line), ordered.map((k) => (readings[k] === 'both' ? HALF : 1)));
  const weights = Float32Array.from(left, (k) => (readings[k] === 'both' ? HALF : 1));
  return { kind: 'standardized', standardizer: only(every, left), ordered: { scores, weights } };
}

function readingOf({ levels, likeness }: ColumnShape): Reading {
  if (levels <= 2) return 'order';
  return likeness < LEAST_LIKENESS ? 'both' : 'standardized';
}

function indexesWhere<T>(values: readonly T[], test: (value: T) => boolean): number[] {
  return values.flatMap((value, index) => (test(value) ? [index] : []));
}

/** The standardizer of some of its columns. */
function only({ inputWidth, kept, mean, scale }: Standardizer, places: readonly number[]): Standardizer {
  const pick = (values: Float32Array): Float32Array => Float32Array.from(places, (k) => values[k]!);
  return { inputWidth, kept: Int32Array.from(places, (k) => kept[k]!), mean: pick(mean), scale: pick(scale) };
}
