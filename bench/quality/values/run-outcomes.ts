import type { Options } from '../run/options.js';
import { ResultsFile } from '../run/results-file.js';
import { runMissing } from '../run/run-missing.js';
import { unitsBySeed } from '../run/units-by-seed.js';
import type { OutcomeOrder } from './child.js';
import type { OutcomeResult } from './run-outcome-unit.js';
import { LABELS, OUTCOME_SETTINGS, outcomeSettingName, outcomeUnitName, type OutcomeUnit } from './units.js';

/** Runs the settings without classes that are not in the results file yet. Gives the number of units that failed. */
export function runOutcomes({ only, seeds, sizes, jobs, out }: Pick<Options, 'only' | 'seeds' | 'sizes' | 'jobs' | 'out'>): Promise<number> {
  const settings = OUTCOME_SETTINGS.filter((setting) => only.test(outcomeSettingName(setting)));
  const wanted = LABELS.filter((labels) => sizes.includes(labels));
  return runMissing<OutcomeUnit, OutcomeResult, OutcomeResult>({
    all: unitsBySeed(settings, seeds, (setting, seed): OutcomeUnit => ({ setting, seed })),
    jobs,
    file: new ResultsFile<OutcomeUnit, OutcomeResult>(out, outcomeUnitName),
    child: new URL('./child.js', import.meta.url),
    order: (unit): OutcomeOrder => ({ unit, sizes: wanted }),
    nameOf: outcomeUnitName,
    weightOf: () => 1,
    isComplete: () => true,
    toResult: (result) => result,
  });
}
