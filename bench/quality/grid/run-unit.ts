import { trainBase } from '../bases/train-base.js';
import type { Baseline, LabelledRows } from '../baseline.js';
import { competitors } from '../competitors.js';
import { loadStream } from '../data/load.js';
import { splitStream } from '../data/split.js';
import type { Split } from '../data/split.js';
import { takeRows } from '../data/stream.js';
import type { StreamData, StreamRows } from '../data/stream.js';
import { baselineRows } from '../product/baseline-rows.js';
import { failureCount, firstTruths, pickTruths, withTruths } from '../product/logged-rows.js';
import type { TruthRows } from '../product/logged-rows.js';
import { metaErrScores } from '../product/metaerr.js';
import { unlabelledRows } from '../product/unlabelled-rows.js';
import { serveModel } from '../product/served-model.js';
import type { ServedModel } from '../product/served-model.js';
import { Judge } from './judge.js';
import { METAERR } from './results.js';
import type { CellResult, MethodResult, UnitResult } from './results.js';
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
interface Bench {
  readonly data: StreamData;
  readonly unit: Unit;
  readonly split: Split;
  readonly model: ServedModel;
  /** The live stream, and its rows that ever get a label, in order. */
  readonly live: TruthRows;
  readonly selected: Int32Array;
  readonly labelled: TruthRows;
  /** The same rows as the base model takes them. */
  readonly labelledInputs: StreamRows;
  readonly test: TruthRows;
  /** The test rows as the baselines see them. */
  readonly testRows: LabelledRows;
  readonly judge: Judge;
  readonly watch: Stopwatch;
}

async function logRows(model: ServedModel, rows: StreamRows): Promise<TruthRows> {
  return withTruths(await model.log(rows.values, rows.rows), rows.truths);
}

const errorRate = (rows: TruthRows): number => failureCount(rows) / rows.rows;

/** Fits every baseline of a kind on the labelled rows and judges it. */
async function judgeBaselines({ testRows, judge, watch, unit }: Bench, baselines: readonly Baseline[], labelled: TruthRows): Promise<MethodResult[]> {
  const rows = baselineRows(labelled);
  const results: MethodResult[] = [];
  for (const baseline of baselines) {
    const scores = await watch.time(`baseline ${baseline.name}`, async () => {
      const score = await baseline.fit(rows, unit.seed);
      return score(testRows);
    });
    results.push(judge.judge(baseline, scores));
  }
  return results;
}

async function runCell(bench: Bench, labels: number, labelFree: readonly MethodResult[], everything: boolean): Promise<CellResult> {
  const { data, unit, split, model, test, judge, watch } = bench;
  const labelled = firstTruths(bench.labelled, labels);
  const { diagnostics, ...scores } = await watch.time('metaerr', () => metaErrScores(labelled, unlabelledRows(bench.live, bench.selected.subarray(0, labels)), test, model.behaviour, unit.seed));
  const own = judge.judge({ name: METAERR, needs: 'labels', competes: false }, scores);
  const fitted = everything && labels > 0 ? competitors().filter(({ needs }) => needs === 'labels') : [];
  const labelGiven = await judgeBaselines(bench, fitted, labelled);
  const retrained = everything && labels > 0 ? await watch.time('retrained base', () => retrainBase(data, unit, split.base, bench.labelledInputs, labels, split.test)) : null;
  return { labels, failures: failureCount(labelled), methods: [own, ...labelFree, ...labelGiven], retrained, diagnostics };
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
    const bench: Bench = {
      data, unit, split, model, test, watch, live, selected,
      testRows: baselineRows(test),
      labelled: pickTruths(live, selected),
      labelledInputs: takeRows({ ...data, ...split.live }, selected),
      judge: new Judge(test.failures, unit.seed),
    };
    const labelFree = await judgeBaselines(bench, competitors().filter(({ needs }) => needs === 'nothing'), firstTruths(live, 0));
    const cells: CellResult[] = [];
    for (const labels of sizes) cells.push(await runCell(bench, labels, labelFree, everything));
    return { unit, wanted, testRows: test.rows, errorRate: errorRate(test), cleanAccuracy: 1 - errorRate(clean), cells, seconds: watch.seconds };
  } finally {
    await model.release();
  }
}
