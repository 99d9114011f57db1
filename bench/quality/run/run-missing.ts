import type { ResultsFile } from './results-file.js';
import { runUnits, type UnitsRun } from './run-units.js';
import { say } from './say.js';

/** Units to run, and what a process sends of each (`Sent`) becomes a line of the results file (`Result`). */
export interface MissingUnits<Unit, Sent, Result extends { readonly unit: Unit }> extends Omit<UnitsRun<Unit, Sent>, 'units' | 'keep' | 'order'> {
  readonly all: readonly Unit[];
  readonly file: ResultsFile<Unit, Result>;
  /** Whether a line has all that is wanted of its unit. */
  isComplete(known: Result): boolean;
  /** What a process is asked for; `known`: the line of the unit that is there already. */
  order(unit: Unit, known: Result | undefined): object;
  toResult(sent: Sent, knownOf: (unit: Unit) => Result | undefined): Result;
}

/** Runs the units that are not in the results file yet. Gives the number of those that failed. */
export async function runMissing<Unit, Sent, Result extends { readonly unit: Unit }>(
  { all, file, isComplete, order, toResult, ...run }: MissingUnits<Unit, Sent, Result>,
): Promise<number> {
  const known = new Map(file.read().map((result) => [run.nameOf(result.unit), result]));
  const knownOf = (unit: Unit): Result | undefined => known.get(run.nameOf(unit));
  const units = all.filter((unit) => {
    const result = knownOf(unit);
    return result === undefined || !isComplete(result);
  });
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${run.jobs} processes`);
  return runUnits<Unit, Sent>({ ...run, units, order: (unit) => order(unit, knownOf(unit)), keep: (sent) => file.append(toResult(sent, knownOf)) });
}
