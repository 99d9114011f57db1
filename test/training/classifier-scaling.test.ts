import t from 'tap';
import { scaleRows } from '../../src/meta/training/classifier-model.js';
import { fitScaling } from '../../src/meta/training/classifier-scaling.js';

// Columns: spread, constant, nearly constant (one row of 5 differs: deviation 0.4 x 100, range 100).
const ROWS = Float32Array.of(1, 7, 0, 2, 7, 0, 3, 7, 0, 4, 7, 0, 5, 7, 100);

function column(values: Float32Array, index: number): number[] {
  return [...values].filter((_, at) => at % 3 === index);
}

t.test('features are scaled each by its own mean and deviation', async (t) => {
  const scaled = await scaleRows(ROWS, 5, 3, fitScaling('features', ROWS, 3));
  const deviation = Math.sqrt(2);
  for (const [row, value] of column(scaled, 0).entries()) t.ok(Math.abs(value - (row - 2) / deviation) < 1e-6);
  t.strictSame(column(scaled, 1), [0, 0, 0, 0, 0], 'a constant feature tells nothing');
  t.ok(Math.abs((column(scaled, 2)[4] ?? NaN) - 2) < 1e-6, '(100 - 20) / 40');
});

t.test('a nearly constant feature is not blown up', async (t) => {
  const values = new Float32Array(10_000);
  values[9] = 3;
  const scaled = await scaleRows(values, 10_000, 1, fitScaling('features', values, 1));
  t.ok(Math.abs((scaled[9] ?? NaN) - 10) < 0.01, 'at most ten times the deviation, not a hundred');
});

t.test('an image has one scale for all its pixels', async (t) => {
  const scaling = fitScaling('image', ROWS, 3);
  t.equal(scaling?.mean.length, 1);
  t.equal(scaling?.factor.length, 1);
  const scaled = await scaleRows(ROWS, 5, 3, scaling);
  const mean = scaled.reduce((sum, value) => sum + value / 15, 0);
  const variance = scaled.reduce((sum, value) => sum + (value - mean) ** 2 / 15, 0);
  t.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5);
});

t.test('without scaling the rows stay as they are', async (t) => {
  t.equal(fitScaling('none', ROWS, 3), null);
  t.equal(await scaleRows(ROWS, 5, 3, null), ROWS);
});
