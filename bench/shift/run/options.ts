import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { positiveOption } from '../../quality/run/positive-option.js';

export const USAGE = `npm run bench:shift -- [options]

  (none)          runs every setting and appends each seed's figures to the results file; what is there is not run again
  --seeds N       seeds 1 to N of every setting (3)
  --only REGEX    settings whose name matches, such as '^letter/net' or 'noise'
  --jobs N        child processes, one core each (as many as there are cores)
  --out DIR       folder of the results file (data/bench-shift); start a new one after a change of the code
  --report DIR    reads the results of DIR and writes docs/shifts.md and docs/shifts/results.json`;

export interface ShiftOptions {
  readonly mode: 'run' | 'report';
  readonly seeds: number;
  readonly only: RegExp;
  readonly jobs: number;
  readonly out: string;
}

/** Throws a RangeError that names the option. */
export function readShiftOptions(args: readonly string[]): ShiftOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { seeds: text, only: text, jobs: text, out: text, report: text } });
  return {
    mode: values.report === undefined ? 'run' : 'report',
    seeds: positiveOption('seeds', values.seeds ?? '3'),
    only: new RegExp(values.only ?? ''),
    jobs: positiveOption('jobs', values.jobs ?? String(availableParallelism())),
    out: values.report ?? values.out ?? 'data/bench-shift',
  };
}
