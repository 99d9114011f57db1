import { expectedCalibrationError, reliabilityBins } from '../../../src/meta/evaluation/calibration-error.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import type { Random } from '../../../src/meta/training/random.js';

/** Largest difference of expected and observed failures, as a share of the observed ones. */
export const TOLERANCE = 0.1;
const DAY_DRAWS = 2000;
const ECE_DRAWS = 100;

/** Whether expected failures are within 10 % of the observed ones. */
export function isWithin(expected: number, observed: number): boolean {
  return Math.abs(expected - observed) <= TOLERANCE * observed;
}

/** Failures that come with just these probabilities. */
function draw(probabilities: Float64Array, random: Random): Uint8Array {
  return Uint8Array.from(probabilities, (p) => (random.uniform() < p ? 1 : 0));
}

/** How often a day of predictions is within 10 % when every failure probability is right, by simulation. */
export function withinByChance(probabilities: Float64Array, random: Random): number {
  const expected = probabilities.reduce((sum, p) => sum + p, 0);
  let within = 0;
  for (let i = 0; i < DAY_DRAWS; i++) {
    const observed = probabilities.reduce((sum, p) => sum + (random.uniform() < p ? 1 : 0), 0);
    if (isWithin(expected, observed)) within++;
  }
  return within / DAY_DRAWS;
}

/** Expected calibration error over 15 bins of equal mass. */
export function eceOf(probabilities: Float64Array, failures: Uint8Array): number {
  return expectedCalibrationError(reliabilityBins(tieGroups(probabilities, failures))) ?? NaN;
}

/** The mean ECE when every failure probability is right: what the number of rows alone makes of it. */
export function eceByChance(probabilities: Float64Array, random: Random): number {
  let sum = 0;
  for (let i = 0; i < ECE_DRAWS; i++) sum += eceOf(probabilities, draw(probabilities, random));
  return sum / ECE_DRAWS;
}
