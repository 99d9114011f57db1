import { ResultsFile } from '../../quality/run/results-file.js';
import { runMissing } from '../../quality/run/run-missing.js';
import { currentCommit } from './commit.js';
import type { ShiftOptions } from './options.js';
import type { ShiftResult } from './results.js';
import { SHIFT_SETTINGS, shiftSettingName, shiftUnitName, type ShiftUnit } from './units.js';

/** All settings of the first seed before those of the second, so that a run that is cut off has seen every setting. */
function unitsOf({ seeds, only }: ShiftOptions): ShiftUnit[] {
  const settings = SHIFT_SETTINGS.filter((setting) => only.test(shiftSettingName(setting)));
  return Array.from({ length: seeds }, (_, index) => settings.map((setting) => ({ ...setting, seed: index + 1 }))).flat();
}

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export function runShifts(options: ShiftOptions): Promise<number> {
  const commit = currentCommit();
  return runMissing<ShiftUnit, Omit<ShiftResult, 'commit'>, ShiftResult>({
    all: unitsOf(options),
    jobs: options.jobs,
    file: new ResultsFile<ShiftUnit, ShiftResult>(options.out, shiftUnitName),
    child: new URL('./child.js', import.meta.url),
    nameOf: shiftUnitName,
    toResult: (sent) => ({ ...sent, commit }),
  });
}
