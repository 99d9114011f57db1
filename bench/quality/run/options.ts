import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SIZES } from '../grid/sizes.js';
import { positiveOption } from './positive-option.js';

/** Seeds of a folder of one's own. */
const OWN_SEEDS = 5;
const GRID_SEEDS = 10;

export const USAGE = `npm run bench:quality -- [options]

  (none)          runs the grid and appends each unit's figures to the results file; what is there is not run again
  --seeds N       seeds 1 to N of every setting (${GRID_SEEDS})
  --only REGEX    settings whose name matches, such as '^letter/net' or 'forest'
  --sizes A,B,... numbers of labels (${SIZES.join(',')}); others that are there already stay
  --jobs N        child processes, one core each (as many as there are cores)
  --out DIR       folder of the results file (data/bench-quality); start a new one after a change of the code
  --report DIR    reads the results of DIR and writes docs/quality.md, its pictures and its cells as JSON
  --keep          with --report: cells of docs/quality.md that DIR lacks stay as an earlier version measured them, and the page says so
  --outcomes      the settings without classes (regression, custom) in place of the grid; with --report it writes docs/quality-outcomes.md
  --own FOLDER    your own model and data in place of the grid: would MetaErr help? FOLDER has model.onnx, rows.csv (or rows.csv.gz) with the true
                  class in the column \`label\`, and metaerr.yaml and own.json ({"name": ..., "base_rows": N}) where you like; no row must have
                  trained the model. With --seeds (${OWN_SEEDS}), --sizes and --jobs; results.jsonl and report.md are written into FOLDER
  --quick         a few cells of one seed against the recorded levels; ends with 1 where they are not held
  --record        with --quick: writes the levels instead`;

export interface Options {
  readonly mode: 'run' | 'report' | 'quick' | 'record' | 'own';
  /** Whether the settings are those without classes. */
  readonly outcomes: boolean;
  readonly seeds: number;
  readonly only: RegExp;
  readonly sizes: readonly number[];
  readonly jobs: number;
  /** Whether a report keeps the cells of the one before that it has not measured again. */
  readonly keepsEarlier: boolean;
  /** Folder of the results; in mode `own` that of model and data. */
  readonly out: string;
}

/** What only the grid has. */
const GRID_OPTIONS = ['only', 'out', 'report', 'keep', 'quick', 'record', 'outcomes'] as const;

function sizesOf(text: string): number[] {
  const sizes = text.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 0)) throw new RangeError(`--sizes: expected integers from 0 with commas between, got '${text}'`);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { seeds: text, only: text, sizes: text, jobs: text, out: text, report: text, own: text, keep: flag, quick: flag, record: flag, outcomes: flag } as const;
  return parseArgs({ args: [...args], options }).values;
}

type Values = ReturnType<typeof parse>;

function refuseMixtures(values: Values): void {
  if (values.record && !values.quick) throw new RangeError('--record: goes with --quick');
  if (values.quick && values.outcomes) throw new RangeError('--outcomes: has no quick version');
  if (values.keep && (values.report === undefined || values.outcomes)) throw new RangeError('--keep: goes with --report, without --outcomes');
  const beside = values.own === undefined ? undefined : GRID_OPTIONS.find((name) => values[name] !== undefined && values[name] !== false);
  if (beside !== undefined) throw new RangeError(`--${beside}: does not go with --own`);
}

function modeOf({ own, report, quick, record }: Values): Options['mode'] {
  if (own !== undefined) return 'own';
  if (report !== undefined) return 'report';
  if (record) return 'record';
  return quick ? 'quick' : 'run';
}

/** Throws a RangeError that names the option. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  refuseMixtures(values);
  return {
    mode: modeOf(values),
    outcomes: values.outcomes,
    seeds: positiveOption('seeds', values.seeds ?? String(values.own === undefined ? GRID_SEEDS : OWN_SEEDS)),
    only: new RegExp(values.only ?? ''),
    sizes: sizesOf(values.sizes ?? SIZES.join(',')),
    jobs: positiveOption('jobs', values.jobs ?? String(availableParallelism())),
    keepsEarlier: values.keep,
    out: values.own ?? values.report ?? values.out ?? (values.outcomes ? 'data/bench-quality-outcomes' : 'data/bench-quality'),
  };
}
