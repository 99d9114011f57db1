import t from 'tap';
import { unlabelledRows } from '../../bench/quality/product/unlabelled-rows.js';
import { letterPairs } from '../../bench/quality/data/letter-pairs.js';
import { splitStream } from '../../bench/quality/data/split.js';
import type { StreamData, StreamRows } from '../../bench/quality/data/stream.js';
import { riskierHalf } from '../../bench/quality/grid/riskier-half.js';
import { reachableSizes } from '../../bench/quality/grid/sizes.js';

/** The only input of a row is its number. */
function numbered(rows: number, classes: number): StreamData {
  const values = Float32Array.from({ length: rows }, (_, row) => row);
  return { name: 'numbered', shape: [1], width: 1, classes, rows, values, truths: Int32Array.from(values, (row) => row % classes) };
}

const data = numbered(4000, 4);
const numbers = ({ values }: StreamRows): number[] => Array.from(values);

t.test('base, live and test rows share none, and keep their classes', async (t) => {
  const { base, live, test, clean } = splitStream(data, { baseRows: 500, liveRows: 1000, scenario: 'plain', seed: 1 });
  t.same([base.rows, live.rows, test.rows], [500, 1000, 2500]);
  t.equal(new Set([base, live, test].flatMap(numbers)).size, 4000);
  t.equal(clean, test);
  for (const rows of [base, live, test]) t.ok(rows.truths.every((truth, row) => truth === (rows.values[row] ?? 0) % 4));
});

t.test('seeds shuffle anew, and equal seeds alike', async (t) => {
  const options = { baseRows: 500, liveRows: 1000, scenario: 'plain' } as const;
  t.same(splitStream(data, { ...options, seed: 3 }), splitStream(data, { ...options, seed: 3 }));
  t.notSame(splitStream(data, { ...options, seed: 3 }).base, splitStream(data, { ...options, seed: 4 }).base);
});

t.test('a changed mix makes half of the classes rare in the live and test rows only', async (t) => {
  const { base, live, test, clean } = splitStream(data, { baseRows: 500, liveRows: 1000, scenario: 'mix', seed: 1 });
  const shareOfFirstHalf = ({ truths, rows }: StreamRows): number => truths.filter((truth) => truth < 2).length / rows;
  for (const rows of [base, clean]) t.ok(Math.abs(shareOfFirstHalf(rows) - 0.5) < 0.1);
  for (const rows of [live, test]) t.ok(Math.abs(shareOfFirstHalf(rows) - 1 / 6) < 0.06);
  t.equal(new Set([base, clean].flatMap(numbers)).size, base.rows + clean.rows);
});

t.test('noise touches the live and test rows, not those of the base model', async (t) => {
  const { base, live, test, clean } = splitStream(data, { baseRows: 500, liveRows: 1000, scenario: 'noise', seed: 1 });
  const isWhole = (rows: StreamRows): boolean => rows.values.every(Number.isInteger);
  t.same([base, live, test, clean].map(isWhole), [true, false, false, true]);
  t.same(test.truths, clean.truths);
});

t.test('sizes leave test rows, and the split does not depend on the sizes that are wanted', async (t) => {
  const unit = { data: 'letter', family: 'net', baseRows: 500, scenario: 'plain', seed: 1 } as const;
  t.same(reachableSizes(data, unit, [0, 30, 1000, 3000]), { sizes: [0, 30, 1000], liveRows: 1000 });
  t.same(reachableSizes(data, unit, [30]), { sizes: [30], liveRows: 1000 });
  t.same(reachableSizes(data, { ...unit, scenario: 'selected' }, [30, 1000]), { sizes: [30], liveRows: 600 });
});

t.test('the riskier half, in the order of its rows', async (t) => {
  t.same(Array.from(riskierHalf(Float64Array.of(0.1, 0.9, 0.3, 0.8, 0.2))), [1, 3]);
});

t.test('pairs: a hundred classes, no letter row twice', async (t) => {
  const pairs = letterPairs(numbered(2600, 26));
  t.equal(pairs.rows, 1000);
  t.equal(pairs.classes, 100);
  t.equal(new Set(pairs.values).size, 2000);
  t.ok(pairs.truths.every((truth, row) => truth === ((pairs.values[2 * row] ?? 0) % 26) * 10 + ((pairs.values[2 * row + 1] ?? 0) % 26) - 10));
});

t.test('predictions without a label: those of the live stream that are not labelled, the newest 5,000', (t) => {
  const live = (rows: number) => ({
    rows, width: 2, inputWidth: 1, classes: 2, kind: 'logits' as const, features: Float32Array.from({ length: 2 * rows }, (_, i) => i), scores: new Float32Array(2 * rows),
    predicted: new Int32Array(rows), coldStart: new Float64Array(rows), truths: new Int32Array(rows), failures: new Uint8Array(rows),
  });
  t.same([...unlabelledRows(live(6), Int32Array.of(0, 1, 4))!.features], [4, 5, 6, 7, 10, 11]);
  t.equal(unlabelledRows(live(3), Int32Array.of(0, 1, 2)), null);
  const many = unlabelledRows(live(5010), Int32Array.of(5009))!;
  t.same([many.rows, many.features[0], many.features.at(-1)], [5000, 18, 10_017]);
  t.end();
});
