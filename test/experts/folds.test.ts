import fc from 'fast-check';
import t from 'tap';
import { divide } from '../../src/meta/linear/folds.js';
import { heldOutScores } from '../../src/meta/linear/out-of-fold.js';
import { createRandom } from '../../src/meta/training/random.js';

t.test('folds part the rows, of equal size and with equal shares of the failures', (t) => {
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 300 }), fc.integer({ min: 0, max: 1e9 }), (outcomes, seed) => {
    const failures = Uint8Array.from(outcomes, Number);
    return divide(failures, 2, createRandom(seed)).every(({ training, heldOut }) => {
      const all = heldOut.flatMap((rows) => [...rows]).sort((a, b) => a - b);
      const sizes = heldOut.map((rows) => rows.length);
      const failed = heldOut.map((rows) => rows.reduce((sum, row) => sum + failures[row]!, 0));
      return all.length === failures.length && all.every((row, i) => row === i)
        && Math.max(...sizes) - Math.min(...sizes) <= 1 && Math.max(...failed) - Math.min(...failed) <= 1
        && training.every((rows, k) => rows.length + sizes[k]! === failures.length && rows.every((row) => !heldOut[k]!.includes(row)));
    });
  }), { numRuns: 40 });
  t.end();
});

t.test('the seed decides, and repeats differ', (t) => {
  const failures = Uint8Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const [a, b] = divide(failures, 2, createRandom(5));
  t.same(a, divide(failures, 1, createRandom(5))[0]);
  t.notSame(a, b);
  t.notSame(a, divide(failures, 1, createRandom(6))[0]);
  t.end();
});

t.test('a held-out score is the mean over the repeats', (t) => {
  const divisions = divide(Uint8Array.from({ length: 20 }, (_, i) => i % 2), 2, createRandom(1));
  const scores = heldOutScores(20, divisions, (division, k, write) => {
    for (const row of division.heldOut[k]!) write(row, divisions.indexOf(division) === 0 ? row : row + 10);
  });
  t.same([...scores], Array.from({ length: 20 }, (_, row) => row + 5));
  t.end();
});
