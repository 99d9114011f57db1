import type { PoolTask } from './pool.js';
import type { ResultsFile } from './results-file.js';
import { runUnits } from './run-units.js';
import { say } from './say.js';

/** Units to run, and what a process sends of each (`Sent`) becomes a line of the results file (`Result`). */
export interface MissingUnits<Unit, Sent, Result extends { readonly unit: Unit }> extends Pick<PoolTask<Unit, Sent>, 'child' | 'nameOf'> {
  readonly all: readonly Unit[];
  readonly jobs: number;
  readonly file: ResultsFile<Unit, Result>;
  toResult(sent: Sent): Result;
}

/** Runs the units that are not in the results file yet, each ordered from its process as it is. Gives the number of those that failed. */
export async function runMissing<Unit extends object, Sent, Result extends { readonly unit: Unit }>(
  { all, jobs, file, child, nameOf, toResult }: MissingUnits<Unit, Sent, Result>,
): Promise<number> {
  const known = new Set(file.read().map(({ unit }) => nameOf(unit)));
  const units = all.filter((unit) => !known.has(nameOf(unit)));
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${jobs} processes`);
  return runUnits<Unit, Sent>({
    units, jobs, child, nameOf,
    order: (unit) => unit,
    keep(sent) {
      const result = toResult(sent);
      file.append(result);
      return nameOf(result.unit);
    },
  });
}
