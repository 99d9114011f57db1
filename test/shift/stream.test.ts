import t from 'tap';
import { labelledPlaces, shiftedStream } from '../../bench/shift/data/shifted-stream.js';
import type { StreamData, StreamRows } from '../../bench/quality/data/stream.js';

/** The only input of a row is its number. */
function numbered(rows: number): StreamData {
  const values = Float32Array.from({ length: rows }, (_, row) => row);
  return { name: 'numbered', shape: [1], width: 1, classes: 4, rows, values, truths: Int32Array.from(values, (row) => row % 4) };
}

const numbers = ({ values }: StreamRows): number[] => Array.from(values);
const streamOf = (shift: 'none' | 'noise' | 'mix', rows = 8000) => shiftedStream(numbered(rows), { baseRows: 500, shift, seed: 1 });

t.test('no row comes twice, before and after the shift, in any shift', async (t) => {
  for (const shift of ['none', 'mix'] as const) {
    const { base, before, after } = streamOf(shift);
    t.equal(new Set([base, before, after].flatMap(numbers)).size, base.rows + before.rows + after.rows, shift);
    for (const rows of [base, before, after]) t.ok(rows.truths.every((truth, row) => truth === (rows.values[row] ?? 0) % 4));
  }
});

t.test('whole days, three at most', async (t) => {
  t.same(['none' as const, 'mix' as const].map((shift) => streamOf(shift).after.rows), [4000, 3000]);
  t.equal(streamOf('none', 20_000).after.rows, 4000);
  t.throws(() => streamOf('none', 4000), /too few for a day/);
});

t.test('the mix changes with the shift, not before; noise touches the rows after it only', async (t) => {
  const shareOfFirstHalf = ({ truths, rows }: StreamRows): number => truths.filter((truth) => truth < 2).length / rows;
  const mix = streamOf('mix');
  t.ok(Math.abs(shareOfFirstHalf(mix.before) - 0.5) < 0.05 && Math.abs(shareOfFirstHalf(mix.after) - 1 / 6) < 0.05);
  const [none, noise] = [streamOf('none'), streamOf('noise')];
  t.same(noise.before, none.before);
  t.same(noise.after.truths, none.after.truths);
  t.notSame(noise.after.values, none.after.values);
});

t.test('every second prediction is labelled, the last one among them', async (t) => {
  t.same([...labelledPlaces(7)], [1, 3, 5]);
  t.equal(labelledPlaces(1000).at(-1), 999);
});
