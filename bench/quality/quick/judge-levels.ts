import type { Level } from './levels.js';

/** By how much E-AURC may be above the recorded level: rounding differs from one kind of processor to the next. */
export const MOST_MEAN_RATIO = 1.1;
export const MOST_CELL_RATIO = 1.25;

/** E-AURC of the product by cell. */
export type Recorded = Readonly<Record<string, number>>;

/** What is wrong with levels against the recorded ones; empty where they hold. */
export function fallenBehind(levels: readonly Level[], recorded: Recorded): string[] {
  const faults: string[] = [];
  let logarithms = 0;
  for (const { cell, metaerr } of levels) {
    const level = recorded[cell];
    if (level === undefined) {
      faults.push(`${cell}: no level is recorded; run with --record`);
      continue;
    }
    const ratio = metaerr / level;
    logarithms += Math.log(ratio);
    if (!(ratio <= MOST_CELL_RATIO)) faults.push(`${cell}: E-AURC ${metaerr.toPrecision(3)} is ${ratio.toFixed(2)} times the recorded ${level.toPrecision(3)}`);
  }
  const names = new Set(levels.map(({ cell }) => cell));
  for (const cell of Object.keys(recorded)) if (!names.has(cell)) faults.push(`${cell}: recorded, but not run`);
  const mean = Math.exp(logarithms / Math.max(1, levels.length));
  if (!(mean <= MOST_MEAN_RATIO)) faults.push(`the geometric mean of all cells is ${mean.toFixed(3)} times the recorded level`);
  return faults;
}
