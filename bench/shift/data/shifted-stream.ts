import { createRandom } from '../../../src/meta/training/random.js';
import { addNoise } from '../../quality/data/noise.js';
import { splitStream, staysInMix } from '../../quality/data/split.js';
import { takeRows } from '../../quality/data/stream.js';
import type { StreamData, StreamRows } from '../../quality/data/stream.js';
import type { ShiftUnit } from '../run/units.js';

const SHIFT_STREAM = 0x95;
/** Predictions of a day of stream. */
export const DAY_ROWS = 1000;
/** Predictions before the shift. */
export const ROWS_BEFORE = 2000;
/** Predictions from the shift to its 500th label. */
export const ROWS_UNTIL_RETRAINED = 1000;
/** Days after the retraining, as many of them as the data have. */
const MOST_DAYS = 3;

/** The rows of one unit in order of time, none twice. */
export interface ShiftedStream {
  /** Train the base model; they come from where the rows before the shift come from. */
  readonly base: StreamRows;
  readonly before: StreamRows;
  /** Those of the first day, until the retraining, and whole days after it. */
  readonly after: StreamRows;
}

/** Every second prediction gets its ground truth: the places of those among the first `rows`. */
export function labelledPlaces(rows: number): Int32Array {
  return Int32Array.from({ length: Math.floor(rows / 2) }, (_, at) => 2 * at + 1);
}

/** Places after the shift, cut to whole days. */
function placesAfter({ truths, rows }: StreamRows, classes: number, { shift, seed }: Pick<ShiftUnit, 'shift' | 'seed'>): Int32Array {
  const random = createRandom(seed, SHIFT_STREAM);
  const later = Int32Array.from({ length: rows - ROWS_BEFORE }, (_, at) => ROWS_BEFORE + at);
  const kept = shift === 'mix' ? later.filter((row) => staysInMix(truths[row] ?? 0, classes, random)) : later;
  const days = Math.min(MOST_DAYS, Math.floor((kept.length - ROWS_UNTIL_RETRAINED) / DAY_ROWS));
  if (days < 1) throw new RangeError(`the data leave ${kept.length} rows after the shift: too few for a day after the retraining`);
  return kept.subarray(0, ROWS_UNTIL_RETRAINED + days * DAY_ROWS);
}

/** Draws the stream of a unit. Without a shift and with noise the rows are the same. Throws a RangeError where the data have too few rows. */
export function shiftedStream(data: StreamData, { baseRows, shift, seed }: Pick<ShiftUnit, 'baseRows' | 'shift' | 'seed'>): ShiftedStream {
  const { base, live } = splitStream(data, { baseRows, liveRows: data.rows - baseRows, scenario: 'plain', seed });
  const pick = (places: Int32Array): StreamRows => takeRows({ ...data, ...live }, places);
  const before = pick(Int32Array.from({ length: ROWS_BEFORE }, (_, row) => row));
  const after = pick(placesAfter(live, data.classes, { shift, seed }));
  if (shift !== 'noise') return { base, before, after };
  return { base, before, after: addNoise(after, base, data.shape.length > 1, createRandom(seed, SHIFT_STREAM)) };
}
