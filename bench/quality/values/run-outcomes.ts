import type { Options } from '../run/options.js';
import { runPool } from '../run/pool.js';
import { ResultsFile } from '../run/results-file.js';
import type { OutcomeOrder } from './child.js';
import type { OutcomeResult } from './run-outcome-unit.js';
import { LABELS, OUTCOME_SETTINGS, outcomeSettingName, outcomeUnitName, type OutcomeUnit } from './units.js';
import { say } from '../run/say.js';

/** Runs the settings without classes that are not in the results file yet. Gives the number of units that failed. */
export async function runOutcomes({ only, seeds, sizes, jobs, out }: Pick<Options, 'only' | 'seeds' | 'sizes' | 'jobs' | 'out'>): Promise<number> {
  const file = new ResultsFile<OutcomeUnit, OutcomeResult>(out, outcomeUnitName);
  const known = new Set(file.read().map(({ unit }) => outcomeUnitName(unit)));
  const settings = OUTCOME_SETTINGS.filter((setting) => only.test(outcomeSettingName(setting)));
  const all = Array.from({ length: seeds }, (_, index) => settings.map((setting): OutcomeUnit => ({ setting, seed: index + 1 }))).flat();
  const units = all.filter((unit) => !known.has(outcomeUnitName(unit)));
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${jobs} processes`);
  let [done, failed] = [0, 0];
  await runPool<OutcomeUnit, OutcomeResult>(units, jobs, {
    child: new URL('./child.js', import.meta.url),
    order: (unit): OutcomeOrder => ({ unit, sizes: LABELS.filter((labels) => sizes.includes(labels)) }),
    nameOf: outcomeUnitName,
    onResult(result) {
      file.append(result);
      say(`${++done}/${units.length} ${outcomeUnitName(result.unit)}`);
    },
    onFailure(_unit, reason) {
      failed++;
      say(`FAILED: ${reason}`);
    },
  });
  return failed;
}
