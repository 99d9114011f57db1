import t from 'tap';
import type { Family } from '../../bench/quality/grid/units.js';
import type { BaseModel } from '../../bench/quality/bases/base-model.js';
import { binRows } from '../../bench/quality/bases/forest/binning.js';
import { exportForest } from '../../bench/quality/bases/forest/export-forest.js';
import { TreeGrower } from '../../bench/quality/bases/forest/grow-tree.js';
import type { Tree } from '../../bench/quality/bases/forest/grow-tree.js';
import { trainBase } from '../../bench/quality/bases/train-base.js';
import { loadStream } from '../../bench/quality/data/load.js';
import { splitStream } from '../../bench/quality/data/split.js';
import { logProbabilities } from '../../bench/quality/product/baseline-rows.js';
import { failureCount, withTruths } from '../../bench/quality/product/logged-rows.js';
import { serveModel } from '../../bench/quality/product/served-model.js';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { createRandom } from '../../src/meta/training/random.js';

const digits = loadStream('digits');
const split = splitStream(digits, { baseRows: 400, liveRows: 0, scenario: 'plain', seed: 1 });

async function logTest(model: BaseModel) {
  const served = await serveModel(model, digits.shape, digits.classes);
  const logged = withTruths(await served.log(split.test.values, split.test.rows), split.test.truths);
  await served.release();
  return logged;
}

const train = (family: Family): Promise<BaseModel> => trainBase(family, { ...digits, rows: split.base, seed: 1 });
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

t.test('each family is a sane model of the digits, the same for the same seed', async (t) => {
  for (const family of ['net', 'forest', 'smoothed'] as const) {
    const model = await train(family);
    const logged = await logTest(model);
    t.ok(failureCount(logged) / logged.rows < 0.12, family);
    t.same(model.onnx, (await train(family)).onnx, family);
  }
});

t.test('smoothed labels cap the confidence', async (t) => {
  const [plain, smoothed] = [await logTest(await train('net')), await logTest(await train('smoothed'))];
  t.ok(mean(smoothed.coldStart) > 2 * mean(plain.coldStart));
});

t.test('logged behaviour is that of the log-probabilities which baselines see', async (t) => {
  for (const family of ['net', 'forest'] as const) {
    const logged = await logTest(await train(family));
    const expected = logProbabilities(logged);
    let largest = 0;
    for (let row = 0; row < logged.rows; row++) {
      for (let k = 0; k < logged.classes; k++) {
        const own = logged.features[row * logged.width + logged.inputWidth + k] ?? NaN;
        largest = Math.max(largest, Math.abs(own - (expected[row * logged.classes + k] ?? NaN)));
      }
    }
    t.ok(largest < 1e-4, family);
  }
});

function leafShare(tree: Tree, row: Float32Array, truth: number): number {
  let node = 0;
  for (let feature = tree.features[0] ?? -1; feature >= 0; feature = tree.features[node] ?? -1) {
    node = ((row[feature] ?? 0) <= (tree.thresholds[node] ?? 0) ? tree.lower[node] : tree.upper[node]) ?? 0;
  }
  return tree.shares[node]?.find(([each]) => each === truth)?.[1] ?? 0;
}

t.test('an exported forest gives the mean of its leaves', async (t) => {
  const grower = new TreeGrower(binRows(split.base.values, split.base.rows), split.base.truths, 10);
  const trees = [0, 1, 2].map((stream) => grower.grow(createRandom(1, stream)));
  const session = await createDirectSession({ bytes: exportForest(trees, { inputShape: [64], width: 64, classes: 10 }) }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  const rows = 50;
  const { probabilities } = await session.run({ input: { type: 'float32', dims: [rows, 64], data: split.test.values.slice(0, rows * 64) } });
  await session.release();
  for (let row = 0; row < rows; row++) {
    const values = split.test.values.subarray(row * 64, (row + 1) * 64);
    for (let truth = 0; truth < 10; truth++) {
      const expected = trees.reduce((sum, tree) => sum + leafShare(tree, values, truth), 0) / trees.length;
      if (Math.abs(expected - Number(probabilities?.data[row * 10 + truth])) > 1e-5) t.fail(`row ${row}, class ${truth}`);
    }
  }
});

t.test('bins: few values have a border between each pair, a constant has none', async (t) => {
  const { bins, edges } = binRows(Float32Array.of(1, 7, 3, 7, 2, 7, 3, 7), 4);
  t.same(Array.from(edges[0] ?? []), [1.5, 2.5]);
  t.same(edges[1]?.length, 0);
  t.same(Array.from(bins), [0, 2, 1, 2, 0, 0, 0, 0]);
});
