import t from 'tap';
import { trainBase } from '../../bench/quality/bases/train-base.js';
import { loadStream } from '../../bench/quality/data/load.js';
import { splitStream } from '../../bench/quality/data/split.js';
import { firstTruths, withTruths } from '../../bench/quality/product/logged-rows.js';
import { windowOf } from '../../bench/quality/product/metaerr.js';
import { serveModel } from '../../bench/quality/product/served-model.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { emitFailureLogits, exportMetaModel } from '../../src/meta/fit/export.js';
import { recipeTask } from '../../src/meta/fit/fit.js';
import { fitRecipeParameters } from '../../src/meta/fit/fit-recipe.js';
import { emitStackedColumns, READ_EXPERTS, STACKED_COLUMN_COUNT } from '../../src/meta/fit/stacked-columns.js';
import { stackedFacts } from '../../src/meta/fit/stacked-facts.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import type { MetaModelParameters } from '../../src/meta/fit/types.js';
import { sigmoid } from '../../src/meta/linear/numerics.js';
import { SIGNAL_COUNT } from '../../src/meta/pretrained/signals.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { near, runEmitted, serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

t.test('the columns of experts are how far each is from what all say together, 0 where there is none', async (t) => {
  const signals = [0, 1].map((row) => Array.from({ length: SIGNAL_COUNT }, (_, j) => row + j / 8));
  const { columns } = await runEmitted({ logit: [[0.5], [-1]], nn: [[2], [-4]], trees: [[0.25], [0]], signals }, (graph, { logit, nn, trees, signals: seen }) => ({
    columns: emitStackedColumns(graph, { logit: logit!, experts: { nn: nn!, trees: trees! }, signals: seen! }),
  }));
  const distances = (nn: number, trees: number): number[] => READ_EXPERTS.map((name) => (name === 'nn' ? nn : name === 'trees' ? trees : 0));
  t.equal(columns[0]!.length, STACKED_COLUMN_COUNT);
  t.ok(near(columns[0]!, [0.5, ...distances(1.5, -0.25), ...signals[0]!]));
  t.ok(near(columns[1]!, [-1, ...distances(-3, 1), ...signals[1]!]));
});

t.test('the facts of a fit: how much it could learn from, how well each expert did, how they were put together', (t) => {
  const labelFree = Float32Array.of(7, 8);
  const source = { rows: 100, failures: 20, classes: 4, stackedLoss: 0.5, losses: { anchor: 0.75, trees: 0.25 }, weights: { anchor: 0.5, lr: 1 }, intercept: -0.25, labelFree };
  const at = (name: (typeof READ_EXPERTS)[number]): number => READ_EXPERTS.indexOf(name);
  const facts = [...stackedFacts(source)];
  t.ok(near(facts.slice(0, 5), [Math.log(100), Math.log(20), 0.2, Math.log(25), 0.5]));
  const [losses, weights] = [facts.slice(5, 14), facts.slice(14, 23)];
  t.same([losses[at('anchor')], losses[at('trees')], losses[at('so')]], [0.25, -0.25, 0]);
  t.same([weights[at('anchor')], weights[at('lr')], weights[at('trees')]], [0.5, 1, 0]);
  t.same(facts.slice(23), [-0.25, 7, 8]);
  t.equal(stackedFacts({ ...source, failures: 0 })[1], 0, 'no failure');
  t.end();
});

/** Failure logits of rows before and after the correction. */
async function logitsOf({ rows, width, features }: TrainingWindow, parameters: MetaModelParameters): Promise<{ before: Float64Array; after: Float64Array; isCorrected: boolean }> {
  const { before, after, columns } = await runStage({
    rows, chunk: 512, feeds: { features: { width, data: features } },
    emit: (graph, inputs) => {
      const { uncorrected, logit, columns: read } = emitFailureLogits(graph, inputs.features!, parameters);
      return { before: uncorrected, after: logit, columns: read };
    },
  });
  return { before: Float64Array.from(before!.data), after: Float64Array.from(after!.data), isCorrected: columns !== null };
}

t.test('the trees, which have seen synthetic tasks only, correct what experts say of real digits', async (t) => {
  const data = loadStream('digits');
  const split = splitStream(data, { baseRows: 100, liveRows: 900, scenario: 'plain', seed: 1 });
  const model = await serveModel(await trainBase('net', { ...data, rows: split.base, seed: 1 }), data.shape, data.classes);
  t.teardown(() => model.release());
  const live = withTruths(await model.log(split.live.values, split.live.rows), split.live.truths);
  const test = windowOf(withTruths(await model.log(split.test.values, split.test.rows), split.test.truths));
  const labelled = windowOf(firstTruths(live, 100));
  const others = { rows: 800, features: live.features.subarray(100 * live.width) };
  const options = { behaviour: model.behaviour, seed: 1, maxStoredRows: 10_000 };
  const { parameters, outOfFold } = await fitRecipeParameters(recipeTask(labelled, { ...options, unlabelled: others }));
  const { before, after, isCorrected } = await logitsOf(test, parameters);
  t.ok(isCorrected);
  const figures = (logits: Float64Array) => summarize(logits.map(sigmoid), test.failures);
  const [plain, corrected] = [figures(before), figures(after)];
  t.ok(corrected.eaurc! < plain.eaurc!, `E-AURC ${corrected.eaurc} of ${plain.eaurc}`);
  t.ok(corrected.brier! < plain.brier!, `Brier score ${corrected.brier} of ${plain.brier}`);
  const served = await serve(exportMetaModel(parameters), test.features, test.width);
  t.ok(near([...served], [...after].map(sigmoid), 1e-5), 'that is what is served');
  const unseen = summarize(outOfFold, labelled.failures).brier!;
  t.ok(Math.abs(Math.log(unseen / corrected.brier!)) < 0.4, `Brier score ${unseen} out of fold, ${corrected.brier} on other rows`);

  const alone = await fitRecipeParameters(recipeTask(labelled, { ...options, unlabelled: null }));
  t.equal(alone.parameters.recipe!.correction, null, 'nothing is corrected without predictions that have no ground truth');
  const same = await logitsOf(test, alone.parameters);
  t.notOk(same.isCorrected);
  t.same(same.after, same.before);
});

t.test('the level is that of the newest rows where they are visibly others, after the correction too', async (t) => {
  const { window: all, behaviour } = syntheticWindow({ rows: 2200, inputWidth: 8, classes: 4, seed: 5 });
  const window = sliceWindow(all, 0, 1400);
  const isBroken = (row: number): boolean => row >= 900 && row % 3 === 0;
  const truths = window.truths.map((truth, row) => (isBroken(row) ? (window.classes[row]! + 1) % 4 : truth));
  const shifted = { ...window, truths, failures: window.failures.map((failure, row) => (isBroken(row) ? 1 : failure)) };
  const unlabelled = { rows: 800, features: all.features.subarray(1400 * all.width) };
  const { parameters, diagnostics } = await fitRecipeParameters(recipeTask(shifted, { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled }));
  t.not(parameters.recipe!.correction, null);
  t.ok(diagnostics.recentOffset > 0.2, `${diagnostics.recentOffset}`);
  const newest = sliceWindow(shifted, 900, 1400);
  const { after } = await logitsOf(newest, parameters);
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [expected, observed] = [meanOf([...after].map(sigmoid)), meanOf([...newest.failures])];
  t.ok(Math.abs(expected / observed - 1) < 0.15, `${expected} expected, ${observed} observed`);
});
