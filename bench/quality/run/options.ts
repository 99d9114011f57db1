import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SIZES } from '../grid/sizes.js';
import { positiveOption } from './positive-option.js';

export const USAGE = `npm run bench:quality -- [options]

  (none)          runs the grid and appends each unit's figures to the results file; what is there is not run again
  --seeds N       seeds 1 to N of every setting (10)
  --only REGEX    settings whose name matches, such as '^letter/net' or 'forest'
  --sizes A,B,... numbers of labels (${SIZES.join(',')})
  --jobs N        child processes, one core each (as many as there are cores)
  --out DIR       folder of the results file (data/bench-quality); start a new one after a change of the code
  --report DIR    reads the results of DIR and writes docs/quality.md and its pictures
  --outcomes      the settings without classes (regression, custom) in place of the grid; with --report it writes docs/quality-outcomes.md
  --quick         a few cells of one seed against the recorded levels; ends with 1 where they are not held
  --record        with --quick: writes the levels instead`;

export interface Options {
  readonly mode: 'run' | 'report' | 'quick' | 'record';
  /** Whether the settings are those without classes. */
  readonly outcomes: boolean;
  readonly seeds: number;
  readonly only: RegExp;
  readonly sizes: readonly number[];
  readonly jobs: number;
  readonly out: string;
}

function sizesOf(text: string): number[] {
  const sizes = text.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 0)) throw new RangeError(`--sizes: expected integers from 0 with commas between, got '${text}'`);
  return sizes.sort((a, b) => a - b);
}

/** Throws a RangeError that names the option. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: text, only: text, sizes: text, jobs: text, out: text, report: text, quick: flag, record: flag, outcomes: flag },
  });
  if (values.record && !values.quick) throw new RangeError('--record: goes with --quick');
  if (values.quick && values.outcomes) throw new RangeError('--outcomes: has no quick version');
  const quick = values.record ? 'record' : 'quick';
  return {
    mode: values.report !== undefined ? 'report' : values.quick ? quick : 'run',
    outcomes: values.outcomes,
    seeds: positiveOption('seeds', values.seeds ?? '10'),
    only: new RegExp(values.only ?? ''),
    sizes: sizesOf(values.sizes ?? SIZES.join(',')),
    jobs: positiveOption('jobs', values.jobs ?? String(availableParallelism())),
    out: values.report ?? values.out ?? (values.outcomes ? 'data/bench-quality-outcomes' : 'data/bench-quality'),
  };
}
