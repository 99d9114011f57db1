import t from 'tap';
import { calibrationTable } from '../../src/meta/policy/calibration-table.js';
import { createRandom } from '../../src/meta/training/random.js';
import { byFixedSequence, oracleCoverage, Tally } from '../support/policy-simulation.js';
import { syntheticWorlds } from '../support/policy-worlds.js';

const RUNS = 400;

/** The promise: of many recalibrations at most the share delta is broken, but for chance (three standard errors). */
for (const world of syntheticWorlds()) {
  t.test(world.name, async (t) => {
    for (const [index, { rows, targetRisk, delta }] of [
      { rows: 300, targetRisk: 0.1, delta: 0.1 },
      { rows: 1_000, targetRisk: 0.05, delta: 0.1 },
      { rows: 3_000, targetRisk: 0.02, delta: 0.05 },
    ].entries()) {
      const random = createRandom(77, index);
      const sequence = new Tally();
      for (let run = 0; run < RUNS; run++) {
        const { scores, failures } = world.draw(rows, random);
        sequence.add(world.population, byFixedSequence(calibrationTable(scores, failures), { targetRisk, delta }), targetRisk);
      }
      const most = delta + 3 * Math.sqrt((delta * (1 - delta)) / RUNS);
      t.ok(sequence.broken <= most, `n ${rows}, r ${targetRisk}: ${sequence.broken} broken, at most ${most.toFixed(3)}`);
      t.comment(`coverage ${(sequence.coverage / oracleCoverage(world.population, targetRisk)).toFixed(3)} of the oracle's, ${sequence.refused} refused`);
    }
  });
}
