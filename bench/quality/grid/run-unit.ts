import { trainBase } from '../bases/train-base.js';
import { loadStream } from '../data/load.js';
import { splitStream } from '../data/split.js';
import type { Split } from '../data/split.js';
import { takeRows } from '../data/stream.js';
import type { StreamData, StreamRows } from '../data/stream.js';
import { failureCount, withTruths } from '../product/logged-rows.js';
import type { TruthRows } from '../product/logged-rows.js';
import { serveModel } from '../product/served-model.js';
import type { ServedModel } from '../product/served-model.js';
import { CellBench } from './cell-bench.js';
import type { CellResult, UnitResult } from './results.js';
import { retrainBase } from './retrain.js';
import { riskierHalf } from './riskier-half.js';
import { reachableSizes } from './sizes.js';
import { Stopwatch } from './stopwatch.js';
import type { Unit } from './units.js';

export interface UnitOptions {
  readonly sizes: readonly number[];
  /** Whether baselines that are fitted on labels, and the retrained base model, take part. */
  readonly everything: boolean;
}

/** All that the cells of a unit share. */
interface UnitBench {
  readonly data: StreamData;
  readonly unit: Unit;
  readonly split: Split;
  readonly bench: CellBench;
  /** The rows that ever get a label as the base model takes them, in order. */
  readonly labelledInputs: StreamRows;
  readonly watch: Stopwatch;
}

async function logRows(model: ServedModel, rows: StreamRows): Promise<TruthRows> {
  return withTruths(await model.log(rows.values, rows.rows), rows.truths);
}

const errorRate = (rows: TruthRows): number => failureCount(rows) / rows.rows;

async function runCell({ data, unit, split, bench, labelledInputs, watch }: UnitBench, labels: number, everything: boolean): Promise<CellResult> {
  const judged = await bench.run(labels, everything);
  const retrained = everything && labels > 0 ? await watch.time('retrained base', () => retrainBase(data, unit, split.base, labelledInputs, labels, split.test)) : null;
  return { ...judged, retrained };
}

/** Runs one unit: the base model is trained and run once, and every number of labels uses the same test rows. */
export async function runUnit(unit: Unit, { sizes: wanted, everything }: UnitOptions): Promise<UnitResult> {
  const watch = new Stopwatch();
  const data = loadStream(unit.data);
  const { sizes, liveRows } = reachableSizes(data, unit, wanted);
  const split = splitStream(data, { ...unit, liveRows });
  const base = await watch.time('base', () => trainBase(unit.family, { ...data, rows: split.base, seed: unit.seed }));
  const model = await serveModel(base, data.shape, data.classes);
  try {
    const [live, test, clean] = await watch.time('features', async () => [await logRows(model, split.live), await logRows(model, split.test), await logRows(model, split.clean)] as const);
    const selected = unit.scenario === 'selected' ? riskierHalf(live.coldStart) : Int32Array.from({ length: live.rows }, (_, row) => row);
    const bench = new CellBench({ behaviour: model.behaviour, seed: unit.seed, live, selected, test, watch });
    const shared: UnitBench = { data, unit, split, bench, labelledInputs: takeRows({ ...data, ...split.live }, selected), watch };
    const cells: CellResult[] = [];
    for (const labels of sizes) cells.push(await runCell(shared, labels, everything));
    return { unit, wanted, testRows: test.rows, errorRate: errorRate(test), cleanAccuracy: 1 - errorRate(clean), cells, seconds: watch.seconds };
  } finally {
    await model.release();
  }
}
