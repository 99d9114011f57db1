import t from 'tap';
import type { InputTransform } from '../../src/meta/experts/input-transform.js';
import { ofAllColumns, viewOf } from '../../src/meta/fit/column-view.js';
import type { FeatureRows } from '../../src/meta/fit/feature-rows.js';
import { fitReadings } from '../../src/meta/fit/fit-readings.js';
import { seriesViews } from '../../src/meta/fit/series-views.js';
import { computeSignals } from '../../src/meta/fit/stages.js';
import { createRandom } from '../../src/meta/training/random.js';

const ROWS = 200;
const random = createRandom(3);

/** Every third column has a long tail, some numbers are missing. */
function rowsOf(inputWidth: number, width: number): FeatureRows {
  const features = Float32Array.from({ length: ROWS * width }, (_, i) => ((i * 7) % 91 === 0 ? NaN : i % width % 3 === 0 ? Math.exp(2 * random.normal()) : random.normal()));
  return { rows: ROWS, inputWidth, width, features };
}

async function xiOf(rows: FeatureRows, transform: InputTransform): Promise<Float32Array> {
  const { inputWidth, width } = rows;
  const form = { kind: 'outcomes', behaviour: { kind: 'none' }, inputWidth, width, references: 2, temperature: 1 } as const;
  return (await computeSignals(rows, form, transform, {})).transformed!.data;
}

t.test('what is fitted to some columns is the same as a transform of all', async (t) => {
  for (const [inputWidth, columns] of [[20, [1, 3, 6, 7, 9, 18]], [240, Array.from({ length: 120 }, (_, j) => 2 * j + 1)]] as const) {
    const rows = rowsOf(inputWidth, inputWidth + 3);
    const chosen = Int32Array.from(columns);
    const view = viewOf(rows, chosen);
    t.same([view.inputWidth, view.width, view.features.length], [columns.length, columns.length, ROWS * columns.length]);
    const { plain, ordered } = await fitReadings(view, {});
    t.equal(ordered === null, inputWidth === 240);
    for (const transform of ordered === null ? [plain] : [plain, ordered]) {
      const [own, all] = [await xiOf(view, transform), await xiOf(rows, ofAllColumns(transform, chosen, inputWidth))];
      t.ok(own.length > 0 && own.every((value, i) => Math.abs(value - all[i]!) < 1e-4), transform.kind);
    }
  }
  t.same(ofAllColumns({ kind: 'none' }, Int32Array.of(1), 5), { kind: 'none' });
});

t.test('both descriptions have the columns that are of no series', (t) => {
  t.equal(seriesViews({ inputWidth: 5 }), null);
  t.equal(seriesViews({ inputWidth: 5, series: [] }), null);
  const series = [{ start: 1, middle: 3, end: 5 }, { start: 6, middle: 7, end: 8 }];
  t.same(seriesViews({ inputWidth: 9, series }), { happenings: Int32Array.of(0, 3, 4, 5, 7, 8), table: Int32Array.of(0, 1, 2, 5, 6, 8) });
  t.end();
});
