import t from 'tap';
import { calibrationDrift } from '../../src/meta/drift/calibration-drift.js';
import { createRandom } from '../../src/meta/training/random.js';
import { near } from '../support/evaluation-data.js';
import { driftStream, firstAlarm } from '../support/drift-streams.js';

const SHIFTS = [0.1, 0.2, 0.4, 0.8, 1.6];
const HOUR = 3_600_000;
const rowsOf = (rows: readonly (readonly [hour: number, p: number, failure: number])[]) => ({
  createdAt: Float64Array.from(rows, ([hour]) => hour * HOUR),
  failureProbabilities: Float64Array.from(rows, ([, p]) => p),
  failures: Uint8Array.from(rows, ([, , failure]) => failure),
});

/** The e-value by its definition: beginning j, at hour j - 1, has the weight 1 / (j (j + 1)). */
function byHand(rows: readonly (readonly [number, number, number])[], { skipped = 0 } = {}): number {
  let sum = 0;
  for (const sign of [1, -1]) {
    for (const shift of SHIFTS) {
      for (let j = 1 + skipped; j <= 1000; j++) {
        const product = rows.filter(([hour]) => hour >= j - 1).reduce((value, [, p, failure]) => {
          const q = Math.min(1, (1 + 0.1 * sign) * p);
          return (value * Math.exp(sign * shift * failure)) / (1 - q + q * Math.exp(sign * shift));
        }, 1);
        sum += product / (j * (j + 1));
      }
      sum += 1 / 1001;
    }
  }
  return Math.log(sum / 10);
}

t.test('the evidence is that of its definition', async (t) => {
  const rows = [[0.1, 0.2, 1], [0.9, 0.5, 0], [1, 0.05, 1], [3.5, 0.95, 1], [3.6, 0.3, 0], [7, 0.4, 1]] as const;
  const { logEvidence, expected, observed, drifted, direction } = calibrationDrift(rowsOf(rows), 0);
  near(t, logEvidence, byHand(rows));
  near(t, expected, 2.4);
  t.same([observed, drifted, direction], [4, false, null]);
  // Where older rows are missing, the hour of the oldest that is left is not whole.
  near(t, calibrationDrift(rowsOf(rows.slice(1)), 0, { complete: false }).logEvidence, byHand(rows.slice(1), { skipped: 1 }));
  near(t, calibrationDrift(rowsOf([]), 0).logEvidence, 0);
});

t.test('rows of one hour have no order', async (t) => {
  const random = createRandom(2);
  const rows = Array.from({ length: 50 }, () => [0.5, random.uniform(), random.int(2)] as const);
  near(t, calibrationDrift(rowsOf(rows), 0).logEvidence, calibrationDrift(rowsOf([...rows].reverse()), 0).logEvidence);
});

t.test('both directions, and far drifts without overflow', async (t) => {
  const all = (p: number, failure: number) => rowsOf(Array.from({ length: 20_000 }, () => [1, p, failure] as const));
  t.match(calibrationDrift(all(0.1, 1), 0), { drifted: true, direction: 'more_failures', rows: 20_000, observed: 20_000 });
  t.match(calibrationDrift(all(0.9, 0), 0), { drifted: true, direction: 'fewer_failures' });
  t.ok(Number.isFinite(calibrationDrift(all(1, 1), 0).logEvidence));
  t.ok(Number.isFinite(calibrationDrift(all(0, 1), 0).logEvidence));
});

t.test('calibrated streams are seldom called drifted, however often they are looked at', async (t) => {
  const streams = 100;
  const alarms = (factor: number) =>
    Array.from({ length: streams }, (_, seed) => firstAlarm(driftStream({ rows: 4000, rowsPerHour: 100, mean: -2, from: 0, factor }, seed), 200, 0.05)).filter((alarm) => alarm !== null).length;
  // At most 5 of 100 are expected; 12 and more have a chance of 0.4 %.
  t.ok(alarms(1) < 12);
  t.ok(alarms(1.1) < 12, 'failures that are 10 % more are within the tolerance');
});

t.test('a drift is found, at once or after a long calibrated time', async (t) => {
  const delay = (from: number, factor: number, seed: number) => (firstAlarm(driftStream({ rows: from + 4000, rowsPerHour: 100, mean: -2, from, factor }, seed), 100) ?? Infinity) - from;
  const median = (from: number, factor: number) => Array.from({ length: 15 }, (_, seed) => delay(from, factor, seed)).sort((a, b) => a - b)[7] ?? Infinity;
  t.ok(median(0, 1.5) < 1500);
  t.ok(median(2000, 1.5) < 3000);
  t.ok(median(2000, 2) < 1000);
  t.ok(median(2000, 0.4) < 1500);
});
