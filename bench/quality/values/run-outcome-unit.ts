import { DEFAULT_STORED_ROWS } from '../../../src/inference/config/file-schema.js';
import { fitMetaModel } from '../../../src/meta/fit/fit.js';
import { scoreWindow } from '../../../src/meta/fit/score-window.js';
import { Judge } from '../grid/judge.js';
import { METAERR } from '../grid/results.js';
import type { MethodResult } from '../grid/results.js';
import { OUTCOME_BASELINES } from './outcome-baselines.js';
import { outcomeData } from './outcome-data.js';
import { firstOutcomes, outcomeWindow, type OutcomeRows } from './outcome-rows.js';
import { LABELS, type OutcomeUnit } from './units.js';

export interface OutcomeCell {
  readonly labels: number;
  readonly failures: number;
  readonly methods: readonly MethodResult[];
}

/** A line of the results file. */
export interface OutcomeResult {
  readonly unit: OutcomeUnit;
  readonly testRows: number;
  /** Of the model on the test rows. */
  readonly errorRate: number;
  readonly cells: readonly OutcomeCell[];
}

const failuresOf = ({ failures }: OutcomeRows): number => failures.reduce((sum, failure) => sum + failure, 0);

/** What the product's own training makes of the labelled rows, on the test rows. */
async function metaErrScores(labelled: OutcomeRows, test: OutcomeRows, seed: number): Promise<Float64Array> {
  const { onnx } = await fitMetaModel(outcomeWindow(labelled), { behaviour: { kind: 'none' }, seed, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled: null });
  return scoreWindow(onnx, outcomeWindow(test));
}

/** Runs one seed of one setting: the model is trained once, and every number of labels uses the same test rows. */
export async function runOutcomeUnit(unit: OutcomeUnit, sizes: readonly number[] = LABELS): Promise<OutcomeResult> {
  const { live, test } = await outcomeData(unit);
  const judge = new Judge(test.failures, unit.seed);
  const cells: OutcomeCell[] = [];
  for (const labels of sizes) {
    const labelled = firstOutcomes(live, labels);
    const own = await metaErrScores(labelled, test, unit.seed);
    const methods = [judge.judge({ name: METAERR, needs: 'labels', competes: false }, { scores: own, areProbabilities: true })];
    for (const { name, fit } of OUTCOME_BASELINES) {
      const score = await fit(labelled, unit.seed);
      methods.push(judge.judge({ name, needs: 'labels', competes: true }, await score(test)));
    }
    cells.push({ labels, failures: failuresOf(labelled), methods: methods.map((method) => ({ ...method, curves: null })) });
  }
  return { unit, testRows: test.rows, errorRate: failuresOf(test) / test.rows, cells };
}
