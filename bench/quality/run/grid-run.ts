import { hasFullFashion } from '../data/full-fashion.js';
import { mergeResults } from '../grid/merge-results.js';
import type { UnitResult } from '../grid/results.js';
import { SETTINGS, settingName, unitName } from '../grid/units.js';
import type { Setting, Unit } from '../grid/units.js';
import type { UnitOrder } from './child.js';
import type { Options } from './options.js';
import { ResultsFile } from './results-file.js';
import { runMissing } from './run-missing.js';
import { say } from './say.js';
import { unitsBySeed } from './units-by-seed.js';

/** Settings that match and whose data is there. */
function settingsFor(only: RegExp): Setting[] {
  const matching = SETTINGS.filter((setting) => only.test(settingName(setting)));
  const missing = hasFullFashion() ? [] : matching.filter(({ data }) => data === 'fashion-full');
  if (missing.length > 0) say(`SKIPPED: ${missing.map(settingName).join(', ')}: Debian's package dataset-fashion-mnist is not installed`);
  return matching.filter((setting) => !missing.includes(setting));
}

/** Rows that a unit handles, roughly: units of large data sets take longer. */
function weightOf({ data, baseRows }: Unit): number {
  return (data === 'digits' ? 1 : data === 'satellite' ? 3 : 10) + baseRows / 2000;
}

/** Runs what is not in the results file yet; of a unit that is there the numbers of labels that it lacks. Gives the number of units that failed. */
export function runGrid({ only, seeds, sizes, jobs, out }: Options): Promise<number> {
  const lacking = (known: UnitResult | undefined): number[] => sizes.filter((size) => known?.wanted.includes(size) !== true);
  return runMissing<Unit, UnitResult, UnitResult>({
    all: unitsBySeed(settingsFor(only), seeds, (setting, seed) => ({ ...setting, seed })),
    jobs,
    file: new ResultsFile<Unit, UnitResult>(out, unitName),
    child: new URL('./child.js', import.meta.url),
    order: (unit, known): UnitOrder => ({ unit, options: { sizes: lacking(known), everything: true } }),
    nameOf: unitName,
    weightOf,
    isComplete: (known) => lacking(known).length === 0,
    toResult: (sent, knownOf) => mergeResults(knownOf(sent.unit), sent),
  });
}
