import t from 'tap';
import { categoryHints } from '../../src/engine/onnx/category-hints.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';

const ML = 'ai.onnx.ml';

function hints(build: (graph: GraphBuilder) => Value) {
  const graph = createGraphBuilder();
  graph.output('y', build(graph), 'float32', [null]);
  return categoryHints(readModel(graph.toModel()));
}

const encoded = (graph: GraphBuilder, value: Value, ...cats: string[]) => graph.node('OneHotEncoder', [value], { cats_strings: cats }, ML);
const text = (graph: GraphBuilder, name: string, width: number | null = 1) => graph.input(name, 'string', [null, width]);

t.test('categories of an input that is encoded as a whole', async (t) => {
  t.same(hints((graph) => encoded(graph, text(graph, 'colour'), 'red', 'blue')), [{ input: 'colour', column: 0, categories: ['red', 'blue'] }]);
  t.same(hints((graph) => graph.node('LabelEncoder', [graph.node('Reshape', [text(graph, 'size'), graph.ints([-1])])], { keys_strings: ['s', 'm'], values_int64s: [0, 1] }, ML)), [
    { input: 'size', column: 0, categories: ['s', 'm'] },
  ]);
  t.same(hints((graph) => graph.node('OneHotEncoder', [graph.input('n', 'int64', [null, 1])], { cats_int64s: [7, 9] }, ML)), [{ input: 'n', column: 0, categories: [7n, 9n] }]);
});

t.test('columns that are picked from a table, in every way that converters pick', async (t) => {
  const picks: Record<string, (graph: GraphBuilder, table: Value) => Value> = {
    gathered: (graph, table) => graph.node('Gather', [table, graph.ints([2])], { axis: 1 }),
    extracted: (graph, table) => graph.node('ArrayFeatureExtractor', [table, graph.ints([2])], {}, ML),
    sliced: (graph, table) => graph.node('Slice', [table, graph.ints([2]), graph.ints([3]), graph.ints([1])]),
  };
  for (const [way, pick] of Object.entries(picks)) {
    t.same(hints((graph) => encoded(graph, pick(graph, text(graph, 'table', 3)), 'a')), [{ input: 'table', column: 2, categories: ['a'] }], way);
  }
  const unknown = (graph: GraphBuilder) => graph.node('Gather', [text(graph, 'table', 3), graph.node('Cast', [graph.input('i', 'float32', [1])], { to: 7 })], { axis: 1 });
  t.same(hints((graph) => encoded(graph, unknown(graph), 'a')), [], 'a place that is not known');
});

t.test('columns of inputs that are joined before they are picked', async (t) => {
  const found = hints((graph) => {
    const table = graph.node('Concat', [text(graph, 'first', 2), text(graph, 'second')], { axis: 1 });
    const columns = [1, 2].map((column) => encoded(graph, graph.node('Gather', [table, graph.ints([column])], { axis: 1 }), `c${column}`));
    return graph.node('Concat', columns, { axis: 1 });
  });
  t.same(found, [
    { input: 'first', column: 1, categories: ['c1'] },
    { input: 'second', column: 0, categories: ['c2'] },
  ]);
});

t.test('what comes from no input gives no hint', async (t) => {
  const made = (graph: GraphBuilder) => graph.node('StringConcat', [text(graph, 'a'), text(graph, 'b')]);
  t.same(hints((graph) => encoded(graph, made(graph), 'x')), []);
});
