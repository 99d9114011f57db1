import t from 'tap';
import { READ_EXPERTS, STACKED_COLUMN_COUNT } from '../../src/meta/fit/stacked-columns.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { emitCorrection, pretrainedTrees } from '../../src/meta/pretrained/pretrained-trees.js';
import { SIGNAL_COUNT } from '../../src/meta/pretrained/signals.js';
import { LEARNING_RATE } from '../../src/meta/trees/class-trees.js';
import { LEAVES, SPLITS, type Tree } from '../../src/meta/trees/tree.js';
import { createRandom } from '../../src/meta/training/random.js';

const FACTS = 11;
const STACKED_FACTS = 5 + 2 * READ_EXPERTS.length + 1 + FACTS;

function correctionOf(trees: readonly Tree[], values: readonly number[]): number {
  let sum = 0;
  for (const { columns, borders, values: leaves } of trees) {
    let node = 0;
    while (node < SPLITS) node = 2 * node + (columns[node]! >= 0 && values[columns[node]!]! > borders[node]! ? 2 : 1);
    sum += LEARNING_RATE * leaves[node - SPLITS]!;
  }
  return sum;
}

for (const [of, columnCount, factCount] of [['label-free', SIGNAL_COUNT, FACTS], ['stacked', STACKED_COLUMN_COUNT, STACKED_FACTS]] as const) {
  t.test(`the ${of} file holds whole trees on columns that there are`, (t) => {
    const trees = pretrainedTrees(of);
    t.ok(trees.length >= 50, `${trees.length} trees`);
    for (const { columns, borders, values } of trees) {
      if (columns.length !== SPLITS || borders.length !== SPLITS || values.length !== LEAVES) t.fail('a tree is not complete');
      if (columns.some((column, node) => column >= columnCount + factCount || (column >= 0) !== Number.isFinite(borders[node]!))) t.fail('a split has no column or no border');
      if (!values.every(Number.isFinite)) t.fail('a leaf has no value');
    }
    const used = new Set(trees.flatMap(({ columns }) => [...columns]));
    t.ok([...used].some((column) => column >= columnCount), 'facts have a say');
    t.equal(pretrainedTrees(of), trees, 'it is read once');
    t.end();
  });
}

t.test('what is served is the sum of the leaves that a row reaches', async (t) => {
  const random = createRandom(7);
  const trees = pretrainedTrees('label-free');
  const rows = 40;
  const signals = Float32Array.from({ length: rows * SIGNAL_COUNT }, () => 3 * random.normal());
  const facts = Float32Array.from({ length: FACTS }, () => 2 * random.normal());
  const { sums } = await runStage({
    rows, chunk: 16, feeds: { signals: { width: SIGNAL_COUNT, data: signals } },
    emit: (graph, inputs) => ({ sums: emitCorrection(graph, inputs.signals!, facts, trees) }),
  });
  const wrong = Array.from(sums!.data).filter((sum, row) => Math.abs(sum - correctionOf(trees, [...signals.subarray(row * SIGNAL_COUNT, (row + 1) * SIGNAL_COUNT), ...facts])) > 1e-4);
  t.same(wrong, []);
});
