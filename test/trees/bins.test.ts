import t from 'tap';
import { binColumns } from '../../src/meta/trees/bins.js';
import { growTree } from '../../src/meta/trees/tree.js';
import { createRandom } from '../../src/meta/training/random.js';

t.test('columns of two bins name their rarer rows, others none', async (t) => {
  const data = Float32Array.from([[1, 0, 7, 3], [0, 1, 7, 1], [0, 1, 7, 2], [0, 1, 7, 3]].flat());
  const { rare } = binColumns({ rows: 4, width: 4, stride: 4, data });
  t.same(rare.map((own) => (own === null ? null : [own.bin, ...own.rows])), [[1, 0], [0, 0], [1], null]);
});

t.test('of wider rows the first numbers are read', async (t) => {
  const { codes, width } = binColumns({ rows: 3, width: 1, stride: 2, data: Float32Array.of(1, 9, 2, 8, 3, 7) });
  t.same([width, ...codes], [1, 0, 1, 2]);
});

t.test('a part that would end among equal values ends after them', async (t) => {
  // 40 values of which every quantile falls among many equal ones.
  const values = Array.from({ length: 4000 }, (_, i) => Math.floor(i / 100));
  const { codes, borders } = binColumns({ rows: 4000, width: 1, stride: 1, data: Float32Array.from(values) });
  t.equal(borders.filter(Number.isFinite).length, 31);
  t.same([...borders.subarray(0, 5)], [1.5, 2.5, 3.5, 4.5, 6.5], 'a part is 125 rows: the first hundreds not below 125, 250, 375, ...');
  t.equal(codes.at(-1), 31);
});

t.test('missing values are in the first bin and move no border; infinite ones are values like any other', async (t) => {
  const { codes, borders } = binColumns({ rows: 5, width: 1, stride: 1, data: Float32Array.of(NaN, 1, 2, NaN, 2) });
  t.same([...codes], [0, 0, 1, 0, 1]);
  t.equal(borders[0], 1.5);
  const far = binColumns({ rows: 4, width: 1, stride: 1, data: Float32Array.of(-Infinity, 0, 1, Infinity) });
  t.same([...far.codes], [0, 1, 2, 3]);
});

t.test('an indicator splits as it does among columns of many bins', async (t) => {
  const random = createRandom(5);
  const rows = 200;
  const indicator = Array.from({ length: rows }, (_, i) => Number(i % 7 === 0));
  for (const flipped of [false, true]) {
    // Three values, of which the third is one row's that takes no part: the same split must be found by the histogram.
    const values = indicator.map((value) => (flipped ? 1 - value : value));
    const [two, three] = [values, values.map((value, i) => (i === 3 ? 2 : value))];
    const gradients = Float64Array.from({ length: rows }, (_, i) => (i === 3 ? 0 : indicator[i]! - 0.4 + 0.1 * random.normal()));
    const curvatures = Float64Array.from({ length: rows }, (_, i) => (i === 3 ? 0 : 0.25));
    const [ofTwo, ofThree] = [two, three].map((column) => growTree(binColumns({ rows, width: 1, stride: 1, data: Float32Array.from(column) }), { gradients, curvatures }, new Uint8Array(rows)));
    t.equal(ofTwo!.columns[0], 0);
    t.equal(ofTwo!.borders[0], 0.5);
    t.same([ofTwo!.columns, ofTwo!.borders], [ofThree!.columns, ofThree!.borders]);
    ofTwo!.values.forEach((value, leaf) => t.ok(Math.abs(value - ofThree!.values[leaf]!) < 1e-9));
  }
});
