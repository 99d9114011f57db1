import t from 'tap';
import { scaleNets } from '../../src/meta/fit/scale-nets.js';
import { divide } from '../../src/meta/linear/folds.js';
import { meanLogLoss, sigmoid } from '../../src/meta/linear/numerics.js';
import { createRandom } from '../../src/meta/training/random.js';

const ROWS = 60;

/** Failures that come as `truth` says, nets whose logits are six times too large, and an anchor that knows the failure rate. */
function noisyTable(seed: number) {
  const random = createRandom(seed);
  const truth = Float64Array.from({ length: ROWS }, () => -0.5 + 1.5 * random.normal());
  const failures = Uint8Array.from(truth, (z) => (random.uniform() < sigmoid(z) ? 1 : 0));
  return {
    truth, failures, nets: truth.map((z) => 6 * (z + random.normal())), anchor: new Float64Array(ROWS).fill(-0.4),
    divisions: divide(failures, 2, createRandom(seed, 1)),
  };
}

t.test('nets that are far too sure are brought down where no other expert learnt anything', (t) => {
  for (const seed of [1, 2, 3]) {
    const { failures, nets, anchor, divisions } = noisyTable(seed);
    const scaled = scaleNets(nets, { anchor, others: [anchor.map((z) => z + 0.01)] }, { failures, weights: null }, divisions);
    t.ok(scaled !== null && scaled.coefficients[1]! > 0.05 && scaled.coefficients[1]! < 0.35, `slope ${scaled?.coefficients[1]}`);
    t.ok(meanLogLoss(scaled!.outOfFold, failures) < 0.6 * meanLogLoss(nets, failures));
    t.ok(scaled!.fitted.every((z, row) => Math.abs(z - (scaled!.coefficients[0]! + scaled!.coefficients[1]! * nets[row]!)) < 1e-9), 'only intercept and slope');
  }
  t.end();
});

t.test('they are left alone where an expert is three nats better than the anchor, each row counted by its weight', (t) => {
  const { truth, failures, nets, anchor, divisions } = noisyTable(1);
  const gain = ROWS * (meanLogLoss(anchor, failures) - meanLogLoss(truth, failures));
  t.ok(gain > 3, `the truth gains ${gain} nats`);
  t.equal(scaleNets(nets, { anchor, others: [anchor, truth] }, { failures, weights: null }, divisions), null);
  const light = new Float64Array(ROWS).fill(2.9 / gain);
  t.not(scaleNets(nets, { anchor, others: [anchor, truth] }, { failures, weights: light }, divisions), null, 'rows that count a fraction teach a fraction');
  const enough = new Float64Array(ROWS).fill(3.1 / gain);
  t.equal(scaleNets(nets, { anchor, others: [anchor, truth] }, { failures, weights: enough }, divisions), null);
  t.end();
});

t.test('and where another size would not be better', (t) => {
  const failures = Uint8Array.from({ length: ROWS }, (_, row) => row % 2);
  const right = Float64Array.from(failures, (failure, row) => (row % 10 < 8 ? 1 : -1) * (failure === 1 ? 1.4 : -1.4));
  const anchor = new Float64Array(ROWS);
  t.equal(scaleNets(right, { anchor, others: [anchor] }, { failures, weights: null }, divide(failures, 2, createRandom(4))), null);
  t.end();
});
