import { ResultsFile } from '../../quality/run/results-file.js';
import { runMissing } from '../../quality/run/run-missing.js';
import { unitsBySeed } from '../../quality/run/units-by-seed.js';
import { currentCommit } from './commit.js';
import type { ShiftOptions } from './options.js';
import type { ShiftResult } from './results.js';
import { SHIFT_SETTINGS, shiftSettingName, shiftUnitName, type ShiftUnit } from './units.js';

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export function runShifts(options: ShiftOptions): Promise<number> {
  const commit = currentCommit();
  const settings = SHIFT_SETTINGS.filter((setting) => options.only.test(shiftSettingName(setting)));
  return runMissing<ShiftUnit, Omit<ShiftResult, 'commit'>, ShiftResult>({
    all: unitsBySeed(settings, options.seeds, (setting, seed) => ({ ...setting, seed })),
    jobs: options.jobs,
    file: new ResultsFile<ShiftUnit, ShiftResult>(options.out, shiftUnitName),
    child: new URL('./child.js', import.meta.url),
    order: (unit) => unit,
    nameOf: shiftUnitName,
    weightOf: () => 1,
    isComplete: () => true,
    toResult: (sent) => ({ ...sent, commit }),
  });
}
