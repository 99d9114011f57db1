import { runPool } from '../../quality/run/pool.js';
import { ResultsFile } from '../../quality/run/results-file.js';
import { currentCommit } from './commit.js';
import type { ShiftOptions } from './options.js';
import type { ShiftResult } from './results.js';
import { SHIFT_SETTINGS, shiftSettingName, shiftUnitName, type ShiftUnit } from './units.js';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** All settings of the first seed before those of the second, so that a run that is cut off has seen every setting. */
function unitsOf({ seeds, only }: ShiftOptions): ShiftUnit[] {
  const settings = SHIFT_SETTINGS.filter((setting) => only.test(shiftSettingName(setting)));
  return Array.from({ length: seeds }, (_, index) => settings.map((setting) => ({ ...setting, seed: index + 1 }))).flat();
}

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export async function runShifts(options: ShiftOptions): Promise<number> {
  const commit = currentCommit();
  const file = new ResultsFile<ShiftUnit, ShiftResult>(options.out, shiftUnitName);
  const known = new Set(file.read().map(({ unit }) => shiftUnitName(unit)));
  const all = unitsOf(options);
  const units = all.filter((unit) => !known.has(shiftUnitName(unit)));
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${options.jobs} processes`);
  const start = Date.now();
  let [done, failed] = [0, 0];
  const progress = (unit: ShiftUnit): void => {
    done++;
    const seconds = (Date.now() - start) / 1000;
    say(`${done}/${units.length} ${shiftUnitName(unit)}, ${Math.round(seconds)} s passed, about ${Math.round((seconds / done) * (units.length - done))} s left`);
  };
  await runPool<ShiftUnit, Omit<ShiftResult, 'commit'>>(units, options.jobs, {
    child: new URL('./child.js', import.meta.url),
    order: (unit) => unit,
    nameOf: shiftUnitName,
    onResult(result) {
      file.append({ ...result, commit });
      progress(result.unit);
    },
    onFailure(unit, reason) {
      failed++;
      say(`FAILED: ${reason}`);
      progress(unit);
    },
  });
  return failed;
}
