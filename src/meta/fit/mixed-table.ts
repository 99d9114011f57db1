import type { FeatureRows } from './feature-rows.js';

/** Of the columns that vary: so many indicators make a table one of numbers and categories. */
const LEAST_INDICATORS = 0.2;

/**
 * Whether rows are those of a table of numbers and categories: at least a fifth of the input features that vary take two values, as the columns do that
 * categories are spread over. No picture, embedding or row of measurements has so many.
 */
export function isMixedTable({ rows, inputWidth, width, features }: FeatureRows): boolean {
  let [varying, indicators] = [0, 0];
  for (let column = 0; column < inputWidth; column++) {
    const values = countValues(features, column, rows * width, width);
    if (values > 1) varying++;
    if (values === 2) indicators++;
  }
  return varying > 0 && indicators >= LEAST_INDICATORS * varying;
}

/** Different known values of a column, counted up to three. */
function countValues(features: Float32Array, from: number, to: number, stride: number): number {
  const seen: number[] = [];
  for (let at = from; at < to && seen.length < 3; at += stride) {
    const value = features[at]!;
    if (!Number.isNaN(value) && !seen.includes(value)) seen.push(value);
  }
  return seen.length;
}
