import fc from 'fast-check';
import type { Test } from 'tap';
import type { TrainingMarks } from '../../src/jobs/training-marks.js';
import type { ModelKey } from '../../src/ledger/ledger.js';

/** Marks of a store of its own, and the same store as seen by another process, or after it was opened again. */
export interface MarksUnderTest {
  readonly marks: TrainingMarks;
  again(): Promise<TrainingMarks>;
}

/** Opens an empty store; everything it takes is given back in a teardown of the test. */
export type MarksFactory = (t: Test) => Promise<MarksUnderTest>;

const KEY: ModelKey = { model: 'm', version: 1, digest: 'a' };

/** What the `TrainingMarks` port says, on one adapter. */
export async function trainingMarksContract(t: Test, factory: MarksFactory): Promise<void> {
  await t.test('there is none at first; one that was set is there, for others and after a restart too', async (t) => {
    const { marks, again } = await factory(t);
    t.equal(await marks.trainingMark(KEY), null);
    await marks.setTrainingMark(KEY, { labelSequence: 12, rows: 7 });
    t.same(await marks.trainingMark(KEY), { labelSequence: 12, rows: 7 });
    t.same(await (await again()).trainingMark(KEY), { labelSequence: 12, rows: 7 });
  });

  await t.test('each key has its own', async (t) => {
    const { marks } = await factory(t);
    const keys = [KEY, { ...KEY, version: 2 }, { ...KEY, digest: 'b' }, { ...KEY, model: 'm 1' }, { model: 'm', version: 1, digest: 'a 1"}{' }];
    for (const [i, key] of keys.entries()) await marks.setTrainingMark(key, { labelSequence: i, rows: 10 * i });
    t.same(await Promise.all(keys.map((key) => marks.trainingMark(key))), keys.map((_, i) => ({ labelSequence: i, rows: 10 * i })));
  });

  await t.test('law 1: one of a lower sequence, or of the same and no more rows, changes nothing', async (t) => {
    const { marks } = await factory(t);
    await marks.setTrainingMark(KEY, { labelSequence: 10, rows: 5 });
    await marks.setTrainingMark(KEY, { labelSequence: 10, rows: 4 });
    await marks.setTrainingMark(KEY, { labelSequence: 9, rows: 7 });
    t.same(await marks.trainingMark(KEY), { labelSequence: 10, rows: 5 });
    await marks.setTrainingMark(KEY, { labelSequence: 10, rows: 11 });
    t.same(await marks.trainingMark(KEY), { labelSequence: 10, rows: 11 });
    await marks.setTrainingMark(KEY, { labelSequence: 100, rows: 4 });
    t.same(await marks.trainingMark(KEY), { labelSequence: 100, rows: 4 }, 'as numbers, not as texts');
    await marks.setTrainingMark(KEY, { labelSequence: 2 ** 40 + 1, rows: 3 });
    t.same(await marks.trainingMark(KEY), { labelSequence: 2 ** 40 + 1, rows: 3 });
  });

  await t.test('of many at the same time the highest stays, whole', async (t) => {
    const { marks, again } = await factory(t);
    const other = await again();
    const order = fc.sample(fc.shuffledSubarray(Array.from({ length: 50 }, (_, i) => i), { minLength: 50 }), 1)[0] ?? [];
    await Promise.all(order.map((n) => (n % 2 === 0 ? marks : other).setTrainingMark(KEY, { labelSequence: n, rows: 2 * n })));
    t.same(await marks.trainingMark(KEY), { labelSequence: 49, rows: 98 });
  });

  await t.test('tests of being better are counted one by one, and the same labels are counted once', async (t) => {
    const { marks, again } = await factory(t);
    t.equal(await marks.promotionAttempt(KEY, 100), 1);
    t.equal(await marks.countAttempt(KEY, 2, 100), false, 'not the next one');
    t.equal(await marks.countAttempt(KEY, 1, 100), true);
    t.equal(await marks.promotionAttempt(KEY, 100), 1, 'the same labels are no further chance');
    t.equal(await marks.countAttempt(KEY, 1, 100), true);
    t.equal(await marks.promotionAttempt(KEY, 101), 2);
    t.equal(await (await again()).promotionAttempt(KEY, 2 ** 40 + 1), 2, 'for others and after a restart too');
    t.equal(await marks.countAttempt(KEY, 1, 101), false, 'its place is taken');
    t.equal(await marks.countAttempt(KEY, 2, 2 ** 40 + 1), true);
    t.equal(await marks.promotionAttempt(KEY, 2 ** 40 + 1), 2);
    t.equal(await marks.promotionAttempt({ ...KEY, digest: 'b' }, 100), 1, 'each key has its own');
    await marks.renewAttempts({ ...KEY, version: 2 });
    t.equal(await marks.promotionAttempt(KEY, 7), 3);
    await marks.renewAttempts(KEY);
    t.equal(await marks.promotionAttempt(KEY, 2 ** 40 + 1), 1);
  });

  await t.test('the mark of a drift is what was set last', async (t) => {
    const { marks, again } = await factory(t);
    t.equal(await marks.driftMark(KEY), null);
    await marks.setDriftMark(KEY, 4);
    await marks.setDriftMark({ ...KEY, digest: 'b' }, 9);
    t.equal(await (await again()).driftMark(KEY), 4);
    await marks.setDriftMark(KEY, 3);
    t.equal(await marks.driftMark(KEY), 3);
  });

  await t.test('of many that count the same number at the same time one does', async (t) => {
    const { marks, again } = await factory(t);
    const other = await again();
    const counted = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? marks : other).countAttempt(KEY, 1, 10 + i)));
    t.equal(counted.filter(Boolean).length, 1);
    t.equal(await marks.promotionAttempt(KEY, 50), 2);
  });
}
