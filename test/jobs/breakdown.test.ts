import t from 'tap';
import { createBreakdown, MOST_BROKEN_DOWN_ROWS } from '../../src/jobs/breakdown/breakdown.js';
import { MOST_PAIRS } from '../../src/jobs/breakdown/classes.js';
import type { BreakdownQuery } from '../../src/jobs/breakdown/contracts.js';
import type { ScanBatch, ScanQuery } from '../../src/ledger/ledger.js';
import { onBothLedgers } from '../support/both-ledgers.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { batchOf, labelItem, newId } from '../support/ledger-data.js';
import { ManualClock } from '../support/manual-clock.js';

const NOW = Date.UTC(2026, 2, 1);
const KEY = { model: 'm', version: 1, digest: 'd' };
const QUERY: BreakdownQuery = { model: 'm', version: null, from: null, to: null };
const ports = { catalogue: catalogueOf([loadedModel()], []), clock: new ManualClock(NOW) };

await onBothLedgers(t, async (t, open) => {
  await t.test('rows by failure probability, by predicted class and by pair', async (t) => {
    const ledger = await open(t);
    const row = (label: string | null, failureProbability: number, truth: string | null) => ({ id: newId('m'), createdAt: NOW - 1_000, label, failureProbability, truth });
    const rows = [
      row('cat', 0.02, 'cat'), row('cat', 0.9, 'dog'), row('cat', 0.7, 'dog'), row('cat', 1, 'fox'), row('cat', NaN, 'dog'), row('cat', 0.049, null),
      row('dog', 0.05, 'dog'), row('dog', 0.95, 'cat'), row(null, 0.5, null),
    ];
    await ledger.append(batchOf({ key: KEY, replies: rows }));
    await ledger.record(rows.flatMap(({ id, truth }) => (truth === null ? [] : [labelItem(id, truth)])));
    const correct = newId('m');
    await ledger.append(batchOf({ key: KEY, replies: [{ id: correct, createdAt: NOW - 500_000, label: 'dog', failureProbability: 0.5, review: false }] }));
    await ledger.record([labelItem(correct, 'false', { kind: 'correct' })]);

    const found = await createBreakdown({ ledger, ...ports }).breakdown(QUERY);
    t.equal(found.histogram.length, 20);
    t.same(found.histogram.filter(({ predictions }) => predictions > 0).map(({ from, predictions, labelled, failures }) => [from, predictions, labelled, failures]), [
      [0, 2, 1, 0], [0.05, 1, 1, 0], [0.5, 2, 1, 1], [0.7, 1, 1, 1], [0.9, 1, 1, 1], [0.95, 2, 2, 2],
    ]);
    const [cat, dog] = found.classes;
    t.match(cat, { label: 'cat', predictions: 6, scored: 5, labelled: 5, failures: 4 });
    t.equal(cat?.expectedFailures.toFixed(9), (0.02 + 0.9 + 0.7 + 1 + 0.049).toFixed(9));
    t.match(dog, { label: 'dog', predictions: 3, scored: 3, expectedFailures: 1.5, labelled: 3, failures: 2 });
    t.same(found.classes.length, 2);
    t.match(found.pairs, [{ predicted: 'cat', actual: 'dog', failures: 3, meanFailureProbability: 0.8 }, { failures: 1 }, { failures: 1 }]);
    t.equal(found.pairs.length, 3, 'what is only known to be wrong is in no pair');
    t.same(found.statuses, { ok: 0, label_free: 0, cold_start: 10, degraded: 0 });
    t.equal(found.reviews, 9);
    t.match(found.searched, { rows: 10, complete: true, to: NOW + 1 });

    t.match((await createBreakdown({ ledger, ...ports }).breakdown({ ...QUERY, to: NOW - 2_000 })).searched, { rows: 1 });
    t.match(await createBreakdown({ ledger, ...ports }).breakdown({ ...QUERY, version: 2 }), { classes: [], pairs: [], searched: { rows: 0 } });
  });

  await t.test('at most some pairs, the most frequent', async (t) => {
    const ledger = await open(t);
    const wrong = Array.from({ length: 30 }, (_, i) => Array.from({ length: i < 3 ? 5 : 1 }, () => ({ id: newId('m'), createdAt: NOW - 1, label: `class ${i}` }))).flat();
    await ledger.append(batchOf({ key: KEY, replies: wrong }));
    await ledger.record(wrong.map(({ id }) => labelItem(id, 'other')));
    const { pairs, classes } = await createBreakdown({ ledger, ...ports }).breakdown(QUERY);
    t.equal(pairs.length, MOST_PAIRS);
    t.same(pairs.slice(0, 4).map(({ failures }) => failures), [5, 5, 5, 1]);
    t.equal(classes.length, 30);
  });
});

t.test('it goes no further back than a bound, and says how far', async (t) => {
  const rows = MOST_BROKEN_DOWN_ROWS / 2;
  const scan = async function* ({ to }: ScanQuery): AsyncGenerator<ScanBatch> {
    const floats = (value: number) => new Float64Array(rows).fill(value);
    yield {
      count: rows, keys: [KEY], keyOf: new Int32Array(rows), ids: Array<string>(rows).fill('x'), rows: new Int32Array(rows), createdAt: floats(Number(to) - 1),
      labels: Array<null>(rows).fill(null), values: floats(NaN), confidences: floats(0.5), failureProbabilities: floats(0.5), reviews: new Uint8Array(rows), metaVersions: new Int32Array(rows), audits: new Uint8Array(rows), choices: new Uint16Array(rows),
      statuses: new Uint8Array(rows), failures: new Int8Array(rows).fill(-1), truths: Array<null>(rows).fill(null), featureSchemas: Array<string>(rows).fill(''),
      features: Array<null>(rows).fill(null), inputs: Array<null>(rows).fill(null),
    };
  };
  const { searched } = await createBreakdown({ ledger: { scan }, ...ports }).breakdown(QUERY);
  t.same(searched, { from: NOW + 1 - 3 * 60_000, to: NOW + 1, rows: MOST_BROKEN_DOWN_ROWS, complete: false });
  await t.rejects(createBreakdown({ ledger: { scan }, ...ports }).breakdown({ ...QUERY, model: 'nobody' }), { code: 'MODEL_NOT_FOUND' });
});
