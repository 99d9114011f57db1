import t from 'tap';
import { trainBase } from '../../bench/quality/bases/train-base.js';
import { loadStream } from '../../bench/quality/data/load.js';
import { splitStream } from '../../bench/quality/data/split.js';
import { firstTruths, pickTruths, withTruths } from '../../bench/quality/product/logged-rows.js';
import { FeatureChain } from '../../bench/quality/product/feature-chain.js';
import { metaErrScores } from '../../bench/quality/product/metaerr.js';
import { serveModel } from '../../bench/quality/product/served-model.js';
import { outcomeFeatures } from '../../bench/quality/values/outcome-features.js';
import { scoreModel, severalOutputsModel, someRows, textModel } from '../support/repository-models.js';

t.test('labels without a failure teach the level where some were promised; else the label-free meta-model goes on serving', async (t) => {
  const data = loadStream('digits');
  const split = splitStream(data, { baseRows: 200, liveRows: 400, scenario: 'plain', seed: 1 });
  const model = await serveModel(await trainBase('net', { ...data, rows: split.base, seed: 1 }), data.shape, data.classes);
  t.teardown(() => model.release());
  const live = withTruths(await model.log(split.live.values, split.live.rows), split.live.truths);
  const test = withTruths(await model.log(split.test.values, split.test.rows), split.test.truths);
  const right = Int32Array.from(live.failures.keys()).filter((row) => live.failures[row] === 0);
  t.ok(right.length > 100 && right.length < live.rows, 'some fail, most do not');
  const scores = async (labelled: typeof live): Promise<number[]> => [...(await metaErrScores(labelled, live, test, model.behaviour, 1)).scores];
  const labelFree = await scores(firstTruths(live, 0));
  t.notSame(labelFree, [...test.coldStart]);
  const sure = right.toSorted((a, b) => live.coldStart[a]! - live.coldStart[b]!).subarray(0, 30);
  t.same(await scores(pickTruths(live, sure)), labelFree, 'none of the surest was expected to fail');
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const level = mean(await scores(pickTruths(live, right)));
  t.ok(level < 0.8 * mean(labelFree), `${level} with all that did not fail, ${mean(labelFree)} without labels`);
  t.notSame(await scores(live), labelFree, 'failures among the labels do');
});

/** More than two runs of a feature chain, the last one short. */
const ROWS = 1_003;

function floatsOf(rows: number): Float32Array {
  const { data } = someRows(rows);
  return Float32Array.from(data, Number);
}

/** Column blocks [from, to) of every row. */
const columns = (all: Float32Array, width: number, from: number, to: number): number[] => [...all.filter((_, at) => at % width >= from && at % width < to)];

t.test('rows of many runs are logged in their order: inputs, class and scores of each', async (t) => {
  const values = floatsOf(ROWS);
  const model = await serveModel({ onnx: scoreModel({ last: 'Softmax', output: 'probabilities' }), kind: 'probabilities' }, [4], 3);
  t.teardown(() => model.release());
  const { features, width, inputWidth, scores, predicted, coldStart } = await model.log(values, ROWS);
  t.same([width, inputWidth], [7, 4]);
  t.same(columns(features, 7, 0, 4), [...values]);
  const logs = columns(features, 7, 4, 7);
  t.ok(scores.every((score, at) => Math.abs(Math.log(score) - (logs[at] ?? NaN)) < 1e-4), 'the behaviour is that of the scores');
  const own = Array.from({ length: ROWS }, (_, row) => [...scores.subarray(3 * row, 3 * row + 3)]);
  t.same([...predicted], own.map((each) => each.indexOf(Math.max(...each))));
  t.ok(own.every((each, row) => Math.abs(1 - Math.max(...each) - (coldStart[row] ?? NaN)) < 1e-5));
  const late = await model.log(values.subarray(4 * 700), 5);
  t.ok(late.features.every((value, at) => Math.abs(value - (features[7 * 700 + at] ?? NaN)) < 1e-5), 'whatever runs with them');
});

t.test('without classes the first output is a feature of its rows', async (t) => {
  const values = floatsOf(ROWS);
  const { width, features, outputs } = await outcomeFeatures(severalOutputsModel(), values, 4);
  t.same([width, outputs.length], [4 + 5, 5 * ROWS]);
  t.same(columns(features, 9, 0, 4), [...values]);
  t.same(columns(features, 9, 4, 9), [...outputs]);
});

t.test('a base model that cannot be read so is refused', async (t) => {
  await t.rejects(FeatureChain.open(scoreModel(), { kind: 'logits', classes: 3 }), { message: "the base model has no output 'logits'" });
  await t.rejects(FeatureChain.open(textModel(), null), { message: 'expected a base model with one input, got 2' });
});
