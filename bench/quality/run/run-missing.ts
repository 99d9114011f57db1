import type { ResultsFile } from './results-file.js';
import { runUnits, type UnitsRun } from './run-units.js';
import { say } from './say.js';

/** Units to run, and what a process sends of each (`Sent`) becomes a line of the results file (`Result`). */
export interface MissingUnits<Unit, Sent, Result extends { readonly unit: Unit }> extends Omit<UnitsRun<Unit, Sent>, 'units' | 'keep'> {
  readonly all: readonly Unit[];
  readonly file: ResultsFile<Unit, Result>;
  /** Whether a line has all that is wanted of its unit. */
  isComplete(known: Result): boolean;
  toResult(sent: Sent): Result;
}

/** Runs the units that are not in the results file yet. Gives the number of those that failed. */
export async function runMissing<Unit, Sent, Result extends { readonly unit: Unit }>(
  { all, file, isComplete, toResult, ...run }: MissingUnits<Unit, Sent, Result>,
): Promise<number> {
  const complete = new Set(file.read().filter(isComplete).map(({ unit }) => run.nameOf(unit)));
  const units = all.filter((unit) => !complete.has(run.nameOf(unit)));
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${run.jobs} processes`);
  return runUnits<Unit, Sent>({ ...run, units, keep: (sent) => file.append(toResult(sent)) });
}
