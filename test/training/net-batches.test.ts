import fc from 'fast-check';
import t from 'tap';
import { createBatchSequence } from '../../src/meta/training/net-batches.js';

const rowsOf = (first: number, count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => first + index);

t.test('an epoch shows every row at most once and leaves out less than one batch', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.nat({ max: 30 }), fc.nat(), (batchSize, more, seed) => {
      const rows = rowsOf(100, batchSize + more);
      const perEpoch = Math.floor(rows.length / batchSize);
      const sequence = createBatchSequence([rows], batchSize, seed);
      for (let epoch = 0; epoch < 3; epoch++) {
        const seen = sequence.take(perEpoch);
        t.equal(new Set(seen).size, perEpoch * batchSize, 'no row twice');
        t.ok(seen.every((row) => rows.includes(row)));
      }
    }),
    { numRuns: 60 },
  );
});

t.test('epochs have different orders, and the rows left out change', async (t) => {
  const sequence = createBatchSequence([rowsOf(0, 19)], 6, 1);
  const epochs = Array.from({ length: 8 }, () => sequence.take(3));
  t.equal(new Set(epochs.map((epoch) => epoch.join())).size, 8);
  t.equal(new Set(epochs.flatMap((epoch) => [...epoch])).size, 19, 'every row has its turn');
});

t.test('members of different sizes keep to their own rows and their own order', async (t) => {
  const members = [rowsOf(0, 8), rowsOf(100, 21), rowsOf(0, 8)];
  const batches = createBatchSequence(members, 4, 2).take(6);
  const ofMember = (member: number): number[] => [...batches].filter((_, index) => Math.floor(index / 4) % 3 === member);
  t.ok(ofMember(0).every((row) => row < 8));
  t.ok(ofMember(1).every((row) => row >= 100));
  t.strictNotSame(ofMember(0), ofMember(2), 'the same rows in another order');
  t.strictSame(ofMember(0), [...createBatchSequence([rowsOf(0, 8)], 4, 2).take(6)], 'other members do not matter');
  t.strictSame([...members[0] ?? []], [...rowsOf(0, 8)], 'the given rows are not reordered');
});

t.test('how the steps are cut changes nothing', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), fc.nat(), (cuts, seed) => {
      const members = [rowsOf(0, 11), rowsOf(50, 7)];
      const parts = createBatchSequence(members, 3, seed);
      const total = cuts.reduce((sum, steps) => sum + steps, 0);
      t.strictSame(cuts.flatMap((steps) => [...parts.take(steps)]), [...createBatchSequence(members, 3, seed).take(total)]);
    }),
    { numRuns: 40 },
  );
});
