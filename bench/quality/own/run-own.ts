import { ResultsFile } from '../run/results-file.js';
import { runUnits } from '../run/run-units.js';
import type { Options } from '../run/options.js';
import { consoleTable } from './console-table.js';
import { readOwnData } from './own-data.js';
import type { OwnData } from './own-data.js';
import { OwnFault } from './own-fault.js';
import { testRowsOf } from './own-split.js';
import { writeOwnReport } from './own-report.js';
import { summarizeOwn } from './own-summary.js';
import { readOwnSettings } from './settings-file.js';
import { mergeResults, ownUnitName } from './units.js';
import type { OwnOrder, OwnResult, OwnUnit } from './units.js';
import { say } from '../run/say.js';

type OwnOptions = Pick<Options, 'seeds' | 'sizes' | 'jobs'>;

/** The numbers of labels that the rows reach. */
function reachedSizes({ rows }: OwnData, sizes: readonly number[]): number[] {
  const most = rows.rows - testRowsOf(rows.rows);
  const beyond = sizes.filter((size) => size > most);
  if (beyond.length > 0) say(`left out: ${beyond.join(', ')} labels; ${rows.rows} rows leave ${most} beside the test rows`);
  const reached = sizes.filter((size) => size <= most);
  if (reached.length === 0) throw new OwnFault('--sizes', null, `expected a number of labels of at most ${most}, which ${rows.rows} rows leave beside the test rows`);
  return reached;
}

/** What each shuffle lacks. */
function ordersOf(folder: string, digest: string, known: ReadonlyMap<string, OwnResult>, { seeds, sizes }: OwnOptions): OwnOrder[] {
  return Array.from({ length: seeds }, (_, index): OwnOrder => {
    const unit = { digest, seed: index + 1 };
    const done = known.get(ownUnitName(unit))?.wanted ?? [];
    return { folder, unit, sizes: sizes.filter((size) => !done.includes(size)) };
  }).filter(({ sizes: missing }) => missing.length > 0);
}

/** Measures what the folder lacks. Gives the number of shuffles that failed. */
async function measure(folder: string, { digest }: OwnData, file: ResultsFile<OwnUnit, OwnResult>, options: OwnOptions): Promise<number> {
  const known = new Map(file.read().map((result) => [ownUnitName(result.unit), result]));
  const units = ordersOf(folder, digest, known, options);
  say(`shuffles: ${options.seeds}, of which ${options.seeds - units.length} are in ${file.path} already; processes: ${options.jobs}`);
  return runUnits<OwnOrder, OwnResult>({
    units,
    jobs: options.jobs,
    child: new URL('./child.js', import.meta.url),
    order: (order) => order,
    nameOf: ({ unit }) => `seed ${unit.seed}`,
    weightOf: ({ sizes }) => sizes.length,
    keep(result) {
      file.append(mergeResults(known.get(ownUnitName(result.unit)), result));
    },
  });
}

async function run(folder: string, options: OwnOptions, print: (text: string) => void): Promise<number> {
  const settings = readOwnSettings(folder);
  const data = await readOwnData(folder);
  data.notes.forEach((note) => say(`assumed: ${note}`));
  const file = new ResultsFile<OwnUnit, OwnResult>(folder, ownUnitName);
  const failed = await measure(folder, data, file, { ...options, sizes: reachedSizes(data, options.sizes) });
  const report = summarizeOwn(settings, data, file.read());
  if (report === null) return 1;
  const written = writeOwnReport(folder, report);
  print(`${consoleTable(report)}\n\n${written}\n`);
  return failed === 0 ? 0 : 1;
}

/**
 * Measures MetaErr beside the baselines on the rows and the base model of a folder, writes its report there and prints it in short.
 * Gives the exit code: 1 where a shuffle failed, 2 (and one line on standard error) where the folder is not as it must be.
 */
export async function runOwn(folder: string, options: OwnOptions, print: (text: string) => void): Promise<number> {
  try {
    return await run(folder, options, print);
  } catch (error) {
    if (!(error instanceof OwnFault)) throw error;
    say(error.message);
    return 2;
  }
}
