import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeResults } from '../grid/merge-results.js';
import type { Options } from '../run/options.js';
import { ResultsFile } from '../run/results-file.js';
import { runUnits } from '../run/run-units.js';
import { say } from '../run/say.js';
import { consoleTable } from './console-table.js';
import { writeOwnData } from './own-data.js';
import { OwnFault } from './own-fault.js';
import { OwnFolder } from './own-folder.js';
import type { OwnFacts } from './own-folder.js';
import { writeOwnReport } from './own-report.js';
import { testRowsOf } from './own-split.js';
import { summarizeOwn } from './own-summary.js';
import { readOwnSettings } from './settings-file.js';
import { ownUnitName } from './units.js';
import type { OwnOrder, OwnResult, OwnUnit } from './units.js';

type OwnOptions = Pick<Options, 'seeds' | 'sizes' | 'jobs'>;
type OwnFile = ResultsFile<OwnUnit, OwnResult>;
/** What a shuffle lacks. */
type Lack = Omit<OwnOrder, 'data'>;

/** Most labels that the rows leave beside the test rows. */
const mostLabels = ({ rows }: OwnFacts): number => rows - testRowsOf(rows);

/** The numbers of labels that the rows reach. */
function reachedSizes(facts: OwnFacts, sizes: readonly number[]): number[] {
  const most = mostLabels(facts);
  const reached = sizes.filter((size) => size <= most);
  if (reached.length === 0) throw new OwnFault('--sizes', null, `expected a number of labels of at most ${most}, which ${facts.rows} rows leave beside the test rows`);
  return reached;
}

/** What each shuffle of these rows, model and settings lacks. */
function lacksOf(facts: OwnFacts, file: OwnFile, options: Pick<OwnOptions, 'seeds' | 'sizes'>): Lack[] {
  const sizes = reachedSizes(facts, options.sizes);
  const wanted = new Map(file.read().map((result) => [ownUnitName(result.unit), result.wanted]));
  return Array.from({ length: options.seeds }, (_, index): Lack => {
    const unit = { digest: facts.digest, seed: index + 1 };
    const done = wanted.get(ownUnitName(unit)) ?? [];
    return { unit, sizes: sizes.filter((size) => !done.includes(size)) };
  }).filter(({ sizes: missing }) => missing.length > 0);
}

function sayFacts(facts: OwnFacts, sizes: readonly number[]): void {
  facts.notes.forEach((note) => say(`assumed: ${note}`));
  const most = mostLabels(facts);
  const beyond = sizes.filter((size) => size > most);
  if (beyond.length > 0) say(`left out: ${beyond.join(', ')} labels; ${facts.rows} rows leave ${most} beside the test rows`);
}

/** Reads a folder, and writes the answers of its model to the file `data` where a shuffle lacks anything: no other process runs it. */
async function prepare(folder: string, data: string, file: OwnFile, options: OwnOptions): Promise<{ readonly facts: OwnFacts; readonly lacks: readonly Lack[] }> {
  const own = await OwnFolder.open(folder);
  try {
    const lacks = lacksOf(own.facts, file, options);
    if (lacks.length > 0) writeOwnData(data, await own.answers());
    return { facts: own.facts, lacks };
  } finally {
    await own.close();
  }
}

/** Measures what is lacking, from the file `data`. Gives the number of shuffles that failed. */
async function measure(lacks: readonly Lack[], data: string, file: OwnFile, { seeds, jobs }: OwnOptions): Promise<number> {
  const known = new Map(file.read().map((result) => [ownUnitName(result.unit), result]));
  say(`shuffles: ${seeds}, of which ${seeds - lacks.length} are in ${file.path} already; processes: ${jobs}`);
  return runUnits<Lack, OwnResult>({
    units: lacks,
    jobs,
    child: new URL('./child.js', import.meta.url),
    order: (lack): OwnOrder => ({ data, ...lack }),
    nameOf: ({ unit }) => `seed ${unit.seed}`,
    weightOf: ({ sizes }) => sizes.length,
    keep: (result) => file.append(mergeResults(known.get(ownUnitName(result.unit)), result)),
  });
}

async function run(folder: string, options: OwnOptions, print: (text: string) => void): Promise<number> {
  const settings = readOwnSettings(folder);
  const file: OwnFile = new ResultsFile(folder, ownUnitName);
  const scratch = mkdtempSync(join(tmpdir(), 'metaerr-own-data-'));
  try {
    const data = join(scratch, 'data');
    const { facts, lacks } = await prepare(folder, data, file, options);
    sayFacts(facts, options.sizes);
    const failed = await measure(lacks, data, file, options);
    const report = summarizeOwn(settings, facts, file.read());
    if (report === null) return 1;
    const written = writeOwnReport(folder, report);
    print(`${consoleTable(report)}\n\n${written}\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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
