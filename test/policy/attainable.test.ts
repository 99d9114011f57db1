import t from 'tap';
import { attainableCoverage } from '../../bench/risk-policy-bound.js';
import { populationOf, recalibrate, resampled } from '../support/policy-simulation.js';
import { createRandom } from '../../src/meta/training/random.js';

const TARGET = { targetRisk: 0.05, delta: 0.1 };

/** Ranks of rows whose first half never fails, and of whose second half every tenth does: the target is reached by all of them. */
const halves = (rows: number) => ({
  scores: Float64Array.from({ length: rows }, (_, row) => row / rows),
  failures: Uint8Array.from({ length: rows }, (_, row) => (row >= rows / 2 && row % 10 === 9 ? 1 : 0)),
});

t.test('nearly no rows: what is not certain is accepted with probability delta', async (t) => {
  const bound = attainableCoverage(populationOf(halves(10_000)), 1, TARGET);
  t.ok(Math.abs(bound - 0.55) < 0.01, String(bound));
});

t.test('the same where failures come by chance, so that few thresholds have only higher rates after them', async (t) => {
  const random = createRandom(3);
  const { scores } = halves(10_000);
  const failures = Uint8Array.from({ length: 10_000 }, (_, row) => (row >= 5_000 && random.uniform() < 0.1 ? 1 : 0));
  const bound = attainableCoverage(populationOf({ scores, failures }), 1, TARGET);
  t.ok(Math.abs(bound - 0.55) < 0.05, String(bound));
});

t.test('so many rows that every rate shows: all of the oracle\'s coverage', async (t) => {
  t.ok(attainableCoverage(populationOf(halves(10_000)), 10_000_000, TARGET) > 0.99);
});

t.test('no failure at all, and nothing but failures', async (t) => {
  const { scores } = halves(1_000);
  t.equal(attainableCoverage(populationOf({ scores, failures: new Uint8Array(1_000) }), 100, TARGET), 1);
  t.ok(Number.isNaN(attainableCoverage(populationOf({ scores, failures: new Uint8Array(1_000).fill(1) }), 100, TARGET)));
});

t.test('what recalibrations reach stays below', async (t) => {
  const world = resampled('halves', halves(10_000));
  for (const rows of [300, 3_000]) {
    const [compared] = recalibrate(world, rows, [TARGET], 100, createRandom(rows));
    const bound = attainableCoverage(world.population, rows, TARGET);
    t.ok((compared?.sequence.coverage ?? 1) < bound + 0.02, `${rows} rows: ${compared?.sequence.coverage} of at most ${bound}`);
  }
});
