import type { Random } from '../../../src/meta/training/random.js';
import type { StreamRows } from './stream.js';

/** Deviation of the noise on a table's column, in deviations of that column. */
const TABLE_NOISE = 0.3;
/** Deviation of the noise on a pixel; pixels are from 0 to 1. */
const PIXEL_NOISE = 0.2;

/** Deviation of each column over the rows. */
export function columnDeviations({ values, rows }: StreamRows): Float64Array {
  const width = values.length / rows;
  return Float64Array.from({ length: width }, (_, column) => {
    let sum = 0;
    let squares = 0;
    for (let at = column; at < values.length; at += width) {
      const value = values[at] ?? 0;
      sum += value;
      squares += value * value;
    }
    return Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2));
  });
}

/** The rows with normal noise on every input. Pixels stay from 0 to 1; `training` gives the scale of a table's columns. */
export function addNoise(rows: StreamRows, training: StreamRows, isImage: boolean, random: Random): StreamRows {
  if (isImage) return { ...rows, values: rows.values.map((pixel) => Math.min(1, Math.max(0, pixel + PIXEL_NOISE * random.normal()))) };
  const deviations = columnDeviations(training);
  const width = deviations.length;
  return { ...rows, values: rows.values.map((value, at) => value + TABLE_NOISE * (deviations[at % width] ?? 0) * random.normal()) };
}
