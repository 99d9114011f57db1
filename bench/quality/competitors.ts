import type { Baseline } from './baseline.js';
import { labelFree, labelGiven } from './baselines/all.js';

/** Every baseline, those that need no labels first. */
export function competitors(): readonly Baseline[] {
  return [...labelFree(), ...labelGiven()];
}
