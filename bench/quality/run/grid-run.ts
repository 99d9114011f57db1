import { hasFullFashion } from '../data/full-fashion.js';
import type { UnitResult } from '../grid/results.js';
import { SETTINGS, settingName, unitName } from '../grid/units.js';
import type { Setting, Unit } from '../grid/units.js';
import type { Options } from './options.js';
import type { UnitOrder } from './child.js';
import { runPool } from './pool.js';
import { Progress } from './progress.js';
import { ResultsFile } from './results-file.js';
import { say } from './say.js';

/** Settings that match and whose data is there. */
function settingsFor(only: RegExp): Setting[] {
  const matching = SETTINGS.filter((setting) => only.test(settingName(setting)));
  const missing = hasFullFashion() ? [] : matching.filter(({ data }) => data === 'fashion-full');
  if (missing.length > 0) say(`SKIPPED: ${missing.map(settingName).join(', ')}: Debian's package dataset-fashion-mnist is not installed`);
  return matching.filter((setting) => !missing.includes(setting));
}

/** All units of the first seed before those of the second, so that a run that is cut off has seen every setting. */
function unitsOf(settings: readonly Setting[], seeds: number): Unit[] {
  return Array.from({ length: seeds }, (_, index) => settings.map((setting) => ({ ...setting, seed: index + 1 }))).flat();
}

function isDone(unit: Unit, results: ReadonlyMap<string, UnitResult>, sizes: readonly number[]): boolean {
  const result = results.get(unitName(unit));
  return result !== undefined && sizes.every((size) => result.wanted.includes(size));
}

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export async function runGrid({ only, seeds, sizes, jobs, out }: Options): Promise<number> {
  const file = new ResultsFile<Unit, UnitResult>(out, unitName);
  const known = new Map(file.read().map((result) => [unitName(result.unit), result]));
  const all = unitsOf(settingsFor(only), seeds);
  const units = all.filter((unit) => !isDone(unit, known, sizes));
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${jobs} processes`);
  const progress = new Progress(units, Date.now());
  let failed = 0;
  await runPool<Unit, UnitResult>(units, jobs, {
    child: new URL('./child.js', import.meta.url),
    order: (unit): UnitOrder => ({ unit, options: { sizes, everything: true } }),
    nameOf: unitName,
    onResult(result) {
      file.append(result);
      say(progress.after(result.unit, Date.now()));
    },
    onFailure(unit, reason) {
      failed++;
      say(`FAILED: ${reason}`);
      say(progress.after(unit, Date.now()));
    },
  });
  return failed;
}
