import { MAX_STANDARDIZED, type InputTransform, type StandardizedInputs } from '../experts/input-transform.js';
import { standardize, type ColumnListener, type Standardizer } from '../experts/standardizer.js';
import { fitInputTransform, standardizeInputs } from './fit-input-transform.js';
import type { FeatureRows } from './feature-rows.js';
import { scoresOf, shapeOf, type ColumnShape, type ScoreLine } from './fit-normal-scores.js';
import { isMixedTable } from './mixed-table.js';
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
  /** Whether the second reads at least a fifth of its columns so. */
  readonly isUneven: boolean;
}

type OrderReading = Pick<InputReadings, 'ordered' | 'isUneven'>;

/** Of the columns that vary: fewer that are read by the order of their values do not make a table of unlike columns. */
const LEAST_ORDERED = 0.2;

/** Fits both readings on the input features of rows, labelled or not. */
export async function fitReadings(rows: FeatureRows, hooks: StageHooks): Promise<InputReadings> {
  const shapes: ColumnShape[] = [];
  const plain = await fitInputTransform(rows, hooks, addShapes(shapes));
  return { plain, ...(plain.kind === 'principal' ? readWide(rows) : readByOrder(plain, shapes)) };
}

/** How inputs are read where no label can choose: as they always are, but for the principal components of a table of numbers and categories. */
export async function fitOnlyReading(rows: FeatureRows, hooks: StageHooks): Promise<InputTransform> {
  const wide = rows.inputWidth > MAX_STANDARDIZED ? readWide(rows).ordered : null;
  return wide ?? fitInputTransform(rows, hooks);
}

/** The columns of a wide table of numbers and categories: its principal components are those of whatever has the largest unit. None of other inputs. */
function readWide(rows: FeatureRows): OrderReading {
  const shapes: ColumnShape[] = [];
  return readByOrder(isMixedTable(rows) ? standardizeInputs(rows, addShapes(shapes)) : null, shapes);
}

function addShapes(shapes: ColumnShape[]): ColumnListener {
  return (rule, sorted) => shapes.push(shapeOf(sorted, (value) => standardize(rule, value)));
}

/**
 * The same inputs with the order of their values: long tails hide in a few far values what most rows differ by, so a column that is far from normal
 * has its normal scores beside it, each at half of the squared distance; either alone loses, for scores close the gaps between clusters. A column of
 * two values has the scores alone: standardizing makes the rare value of an indicator the largest number of a row. In a table of unlike columns its two
 * values are the root of a half apart, so that another category, which changes two indicators, counts as one standard deviation of a number does.
 */
function readByOrder(every: InputTransform | null, shapes: readonly ColumnShape[]): OrderReading {
  const readings = shapes.map(readingOf);
  const ordered = indexesWhere(readings, (reading) => reading !== 'standardized');
  if (every?.kind !== 'standardized' || ordered.length === 0) return { ordered: null, isUneven: false };
  const isUneven = ordered.length >= LEAST_ORDERED * shapes.length;
  const left = indexesWhere(readings, (reading) => reading !== 'order');
  const weightOf = (k: number): number => (readings[k] === 'both' ? HALF : isUneven ? HALF / gapOf(shapes[k]!.line) : 1);
  const scores = scoresOf(ordered.map((k) => every.standardizer.kept[k]!), ordered.map((k) => shapes[k]!.line), ordered.map(weightOf));
  const weights = Float32Array.from(left, (k) => (readings[k] === 'both' ? HALF : 1));
  return { ordered: { kind: 'standardized', standardizer: only(every.standardizer, left), ordered: { scores, weights } }, isUneven };
}

/** Between the scores of the first value and the last. */
function gapOf({ scores }: ScoreLine): number {
  return scores.at(-1)! - scores[0]!;
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
