import { CellBench } from '../grid/cell-bench.js';
import type { CellResult } from '../grid/results.js';
import { Stopwatch } from '../grid/stopwatch.js';
import { failureCount, pickTruths } from '../product/logged-rows.js';
import type { OwnData } from './own-data.js';
import { splitOwn } from './own-split.js';
import type { OwnResult, OwnUnit } from './units.js';

/** Runs one shuffle of the rows: every number of labels uses the same test rows. Sizes beyond the live stream are left out. */
export async function runOwnUnit({ rows, behaviour }: OwnData, unit: OwnUnit, wanted: readonly number[]): Promise<OwnResult> {
  const watch = new Stopwatch();
  const split = splitOwn(rows.rows, unit.seed);
  const [live, test] = [pickTruths(rows, split.live), pickTruths(rows, split.test)];
  const bench = new CellBench({ behaviour, seed: unit.seed, live, selected: Int32Array.from(split.live.keys()), test, watch });
  const cells: CellResult[] = [];
  for (const labels of wanted.filter((size) => size <= live.rows)) {
    cells.push({ ...(await bench.run(labels, true)), retrained: null });
  }
  const errorRate = failureCount(test) / test.rows;
  return { unit, wanted, testRows: test.rows, errorRate, cleanAccuracy: 1 - errorRate, cells, seconds: watch.seconds };
}
