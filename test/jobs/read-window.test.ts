import t from 'tap';
import fc from 'fast-check';
import { readWindow } from '../../src/jobs/read-window.js';
import type { LabelledBatch } from '../../src/ledger/ledger.js';
import { CLASS_UNKNOWN, CLASS_UNSEEN } from '../../src/meta/training/window.js';

const WIDTH = 3;
const TRUTHS = ['a', 'b', 'zebra', null];
const CLASS_OF = [0, 1, CLASS_UNSEEN, CLASS_UNKNOWN];

/** Rows `from` to `from + count`, every column a function of the row number. */
function batch(from: number, count: number): LabelledBatch {
  const rows = Array.from({ length: count }, (_, i) => from + i);
  return {
    count,
    createdAt: Float64Array.from(rows),
    features: Float32Array.from({ length: count * WIDTH }, (_, i) => from * WIDTH + i),
    failures: Uint8Array.from(rows.map((row) => row % 2)),
    labels: rows.map(() => 'a'),
    classes: Int32Array.from(rows.map((row) => row % 5)),
    truths: rows.map((row) => TRUTHS[row % 4] ?? null),
    errors: new Float32Array(count).fill(NaN),
    coldStartProbabilities: Float64Array.from(rows.map((row) => row / 1_000)),
    reviews: new Uint8Array(count),
    audits: new Uint8Array(count),
    choices: new Uint16Array(count),
    failureProbabilities: Float64Array.from(rows.map((row) => (row % 7 === 0 ? NaN : row / 2_000))),
    metaVersions: new Int32Array(count),
  };
}

async function* batches(sizes: readonly number[]): AsyncGenerator<LabelledBatch> {
  let from = 0;
  for (const size of sizes) {
    yield batch(from, size);
    from += size;
    await Promise.resolve();
  }
}

await t.test('the window holds the newest rows in order, whatever the batches', async (t) => {
  const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 40 }), async (sizes, maxRows) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const window = await readWindow(batches(sizes), { width: WIDTH, inputWidth: 2, labels: ['a', 'b'], maxRows }, () => undefined);
      const rows = Math.min(total, maxRows);
      const whole = batch(total - rows, rows);
      t.equal(window.rows, rows);
      for (const column of ['features', 'failures', 'classes', 'createdAt', 'coldStartProbabilities', 'failureProbabilities'] as const) {
        t.same(window[column], whole[column], column);
      }
      t.same([...window.truths], [...whole.createdAt].map((row) => CLASS_OF[row % 4]));
    }),
    { numRuns: 60 },
  );
});

await t.test('without classes no truth is a class; progress counts the rows', async (t) => {
  const seen: number[] = [];
  const window = await readWindow(batches([2, 3, 4]), { width: WIDTH, inputWidth: 3, labels: null, maxRows: 6 }, (rows) => seen.push(rows));
  t.same([...window.truths], [-2, -2, -2, -2, -2, -2]);
  t.same(seen, [2, 5, 6]);
  t.equal(window.inputWidth, 3);
});

await t.test('how far a regression was off comes along where it is known of any row, and only there', async (t) => {
  const known = async function* () {
    yield { ...batch(0, 2), errors: Float32Array.of(NaN, 0.5) };
    yield* [{ ...batch(2, 2), errors: Float32Array.of(-3, Infinity) }];
    await Promise.resolve();
  };
  const shape = { width: WIDTH, inputWidth: 3, labels: null, maxRows: 3 };
  t.same((await readWindow(known(), shape, () => undefined)).errors, Float32Array.of(0.5, -3, Infinity));
  t.notOk('errors' in (await readWindow(batches([2, 2]), shape, () => undefined)));
});

await t.test('refuses feature vectors of another width', (t) =>
  t.rejects(readWindow(batches([2]), { width: 4, inputWidth: 1, labels: null, maxRows: 6 }, () => undefined), { message: /expected 4 a row/ }));
