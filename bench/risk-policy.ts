/**
 * Measures the risk policy: how often its promise is broken, and how much it accepts. Writes docs/risk-policy.md.
 * Run: npm run bench:policy (some minutes on one core).
 */
import { writeFileSync } from 'node:fs';
import { MOST_CALIBRATION_ROWS } from '../src/jobs/policy/answered-rows.js';
import { calibrationTable } from '../src/meta/policy/calibration-table.js';
import { riskThreshold } from '../src/meta/policy/risk-threshold.js';
import { createRandom } from '../src/meta/training/random.js';
import { syntheticWorlds } from '../test/support/policy-worlds.js';
import { measureBeginnings } from './risk-policy-beginning.js';
import { policyPage } from './risk-policy-page.js';
import { measureWorlds } from './risk-policy-worlds.js';

const TIMED_RUNS = 51;

/** Median milliseconds of one calibration from rows in memory, for the most rows that the service takes. */
function calibrationMilliseconds(): number {
  const [world] = syntheticWorlds();
  if (world === undefined) throw new Error('no world');
  const random = createRandom(1);
  const times = Array.from({ length: TIMED_RUNS }, () => {
    const { scores, failures } = world.draw(MOST_CALIBRATION_ROWS, random);
    const begin = performance.now();
    riskThreshold(calibrationTable(scores, failures), { targetRisk: 0.01, delta: 0.05 });
    return performance.now() - begin;
  });
  return times.sort((a, b) => a - b)[TIMED_RUNS >> 1] ?? NaN;
}

const begin = performance.now();
const milliseconds = calibrationMilliseconds();
const page = policyPage({ worlds: await measureWorlds(), beginnings: await measureBeginnings(), calibrationMilliseconds: milliseconds });
writeFileSync('docs/risk-policy.md', page);
process.stderr.write(`${Math.round((performance.now() - begin) / 1000)} s\n`);
