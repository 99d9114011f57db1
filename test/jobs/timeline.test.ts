import fc from 'fast-check';
import t from 'tap';
import { planBuckets } from '../../src/jobs/timeline/buckets.js';
import type { TimelineQuery } from '../../src/jobs/timeline/contracts.js';
import { createTimeline } from '../../src/jobs/timeline/timeline.js';
import type { Ledger, RowRange } from '../../src/ledger/ledger.js';
import { onBothLedgers } from '../support/both-ledgers.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { batchOf, labelItem, newId } from '../support/ledger-data.js';
import { ManualClock } from '../support/manual-clock.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const MINUTE = 60_000;
const KEY = { model: 'm', version: 1, digest: 'd' };
const QUERY: TimelineQuery = { model: 'm', version: null, from: null, to: null, buckets: 60, fit: false };

/** A timeline over a ledger whose counts are seen. */
function timelineOf(ledger: Ledger, clock = new ManualClock(NOW)) {
  const counted: RowRange[] = [];
  const watched = { counts: (query: RowRange) => (counted.push(query), ledger.counts(query)), scan: ledger.scan };
  return { counted, clock, timelines: createTimeline({ ledger: watched, catalogue: catalogueOf([loadedModel()], []), clock }) };
}

t.test('buckets cover the range without gaps, are no more than asked for, and begin at multiples of their width', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 2e12 }), fc.integer({ min: 1, max: 500 }), (from, length, most) => {
      const { widthMilliseconds: width, starts } = planBuckets(from, from + length, most);
      const [first = NaN] = starts;
      return starts.length <= most && first <= from && first + width > from && (starts.at(-1) ?? NaN) < from + length && (starts.at(-1) ?? NaN) + width >= from + length
        && starts.every((start, i) => start % width === 0 && (i === 0 || start - (starts[i - 1] ?? NaN) === width));
    }),
  );
});

t.test('the width is the smallest that people read easily', async (t) => {
  t.equal(planBuckets(0, 60_000, 60).widthMilliseconds, 1_000);
  t.equal(planBuckets(0, 61_000, 60).widthMilliseconds, 2_000);
  t.equal(planBuckets(0, 24 * 60 * MINUTE, 96).widthMilliseconds, 15 * MINUTE);
});

await onBothLedgers(t, async (t, open) => {
  await t.test('each bucket counts its own rows, and the total all of them', async (t) => {
    const ledger = await open(t);
    const at = (minutes: number, failureProbability: number) => ({ id: newId('m'), createdAt: NOW - minutes * MINUTE, failureProbability });
    const [a, b, c, d] = [at(30, 0.25), at(29.5, NaN), at(10, 0.5), at(0, 0.75)];
    await ledger.append(batchOf({ key: KEY, replies: [a, b, c] }));
    await ledger.append(batchOf({ key: { ...KEY, version: 2 }, replies: [d] }));
    await ledger.append(batchOf({ key: KEY, replies: [at(24 * 60 + 1, 1)] }));
    await ledger.record([labelItem(a.id, '1'), labelItem(b.id, '9'), labelItem(d.id, '9')]);
    const { timelines } = timelineOf(ledger);

    const day = await timelines.timeline({ ...QUERY, buckets: 96 });
    t.equal(day.widthMilliseconds, 30 * MINUTE, 'a day and a millisecond');
    t.same([day.from, day.to], [NOW + 1 - 86_400_000, NOW + 1]);
    t.match(day.total, { predictions: 4, scored: 3, expectedFailures: 1.5, labelled: 3, failures: 1, labelledScored: 2, labelledExpectedFailures: 1 });
    t.same(day.buckets.filter(({ predictions }) => predictions > 0).map(({ from, predictions, expectedFailures, labelled, failures, labelledExpectedFailures }) => [from, predictions, expectedFailures, labelled, failures, labelledExpectedFailures]), [
      [NOW - 30 * MINUTE, 3, 0.75, 2, 1, 0.25],
      [NOW, 1, 0.75, 1, 0, 0.75],
    ]);

    const fitted = await timelines.timeline({ ...QUERY, fit: true });
    t.same([fitted.from, fitted.widthMilliseconds, fitted.buckets.length], [NOW - 30 * MINUTE, MINUTE, 31]);
    t.match(fitted.buckets[0], { from: NOW - 30 * MINUTE, predictions: 2, labelled: 2 });
    t.match((await timelines.timeline({ ...QUERY, fit: true, version: 2 })).total, { predictions: 1, labelled: 1 });

    const part = await timelines.timeline({ ...QUERY, from: NOW - 29.5 * MINUTE, to: NOW - 10 * MINUTE });
    t.match(part.total, { predictions: 1, scored: 0, expectedFailures: 0, labelled: 1, labelledScored: 0 }, 'a range that begins inside a bucket counts what is in the range');
  });

  await t.test('nothing predicted yet', async (t) => {
    const { timelines } = timelineOf(await open(t));
    t.match(await timelines.timeline({ ...QUERY, fit: true }), { total: { predictions: 0, scored: 0 } });
  });
});

await onBothLedgers(t, async (t, open) => {
  await t.test('old buckets are counted again only now and then', async (t) => {
    const ledger = await open(t);
    const id = newId('m');
    await ledger.append(batchOf({ key: KEY, replies: [{ id, createdAt: NOW - 50 * MINUTE }] }));
    const { timelines, counted, clock } = timelineOf(ledger);
    const query = { ...QUERY, from: NOW - 60 * MINUTE, to: NOW };
    t.match((await timelines.timeline(query)).total, { predictions: 1, labelled: 0 });
    t.equal(counted.length, 60);
    await ledger.record([labelItem(id, '9')]);
    t.match((await timelines.timeline(query)).total, { labelled: 0 }, 'within a tenth of its age');
    t.equal(counted.length, 61, 'what has just ended is counted again');
    clock.advance(6 * MINUTE);
    t.match((await timelines.timeline(query)).total, { labelled: 1 });
  });
});

t.test('a count that could not be read is asked for again; an unknown model is refused', async (t) => {
  let calls = 0;
  const ledger = {
    scan: () => { throw new Error('not asked for'); },
    counts: () => (calls++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve({ predictions: 1, labelled: 0, failures: 0, pending: 0, expired: 0, duplicates: 0, conflicts: 0, expectedFailures: 0, scored: 0, labelledExpectedFailures: 0, labelledScored: 0 })),
  };
  const timelines = createTimeline({ ledger, catalogue: catalogueOf([loadedModel()], []), clock: new ManualClock(NOW) });
  const query = { ...QUERY, from: NOW - 3_600_000, to: NOW - 3_000_000, buckets: 1 };
  await t.rejects(timelines.timeline(query), /away/);
  t.equal((await timelines.timeline(query)).total.predictions, 1);
  t.equal((await timelines.timeline(query)).total.predictions, 1);
  t.equal(calls, 2);
  await t.rejects(timelines.timeline({ ...QUERY, model: 'nobody' }), { code: 'MODEL_NOT_FOUND' });
});
