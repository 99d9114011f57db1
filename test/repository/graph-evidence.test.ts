import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { graphEvidence } from '../../src/inference/repository/graph-evidence.js';
import { InputShapes } from '../../src/inference/repository/input-shapes.js';
import { assumeRows } from '../../src/inference/repository/row-probe.js';

function evidence(build: (graph: GraphBuilder, x: Value) => Value) {
  const graph = createGraphBuilder();
  graph.output('y', build(graph, graph.input('x', 'float32', ['n', 8])), 'float32', [null]);
  const { makerOf, unlikely } = graphEvidence(readModel(graph.toModel()), []);
  return { maker: makerOf('y'), unlikely: unlikely.has('y') };
}

const column = (graph: GraphBuilder, value: Value) => graph.node('Gather', [value, graph.scalar('int64', 0)], { axis: 1 });

void t.test('the operator that gives an output its meaning', async (t) => {
  t.strictSame(evidence((graph, x) => graph.node('Cast', [graph.node('Softmax', [x])], { to: 11 })), { maker: 'Softmax', unlikely: false });
  t.strictSame(evidence((graph, x) => column(graph, graph.node('Sigmoid', [x]))), { maker: 'Sigmoid', unlikely: false }, 'one of several sigmoids is a sigmoid');
  t.strictSame(evidence((graph, x) => column(graph, graph.node('Relu', [x]))), { maker: 'Gather', unlikely: false });
});

void t.test('inputs that are handed on, constants and the best of many are unlikely to be scores', async (t) => {
  t.equal(evidence((_, x) => x).unlikely, true);
  t.equal(evidence((graph) => graph.node('Constant', [], { value: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } })).unlikely, true);
  const best = (graph: GraphBuilder, x: Value) => graph.nodes('TopK', [x, graph.ints([3])], 2, { axis: 1 });
  t.equal(evidence((graph, x) => best(graph, x)[0] as Value).unlikely, true);
  t.equal(evidence((graph, x) => graph.node('GatherElements', [x, best(graph, x)[1] as Value], { axis: 1 })).unlikely, true);
  t.equal(evidence((graph, x) => graph.node('Concat', [best(graph, x)[0] as Value, x], { axis: 1 })).unlikely, true);
  t.equal(evidence((graph, x) => graph.node('Softmax', [best(graph, x)[0] as Value])).unlikely, false, 'what is computed from them is not');
});

void t.test('without any run, rows are taken to be those of every input, unless their names differ', async (t) => {
  const modeOf = (...inputs: (readonly (number | string | null)[])[]) => {
    const declared = inputs.map((dims, i) => ({ name: `i${i}`, kind: 'tensor' as const, elementType: 1, dims }));
    const infos = declared.map(({ name, dims }) => ({ name, type: 'float32' as const, dims: dims.map((dim) => (typeof dim === 'number' ? dim : null)) }));
    const said: string[] = [];
    const { mode } = assumeRows({ inputs: infos, outputs: [] }, new InputShapes(infos, declared), (text) => said.push(text));
    t.match(said, [/^batching: .*because no run with synthetic inputs showed more/]);
    return mode;
  };
  t.equal(modeOf(['n', 4], ['n', 2]), 'request');
  t.equal(modeOf([null, 4], [null, 2]), 'request');
  t.equal(modeOf([null, 4], [3]), 'request');
  t.equal(modeOf(['m', 4], ['k', 2]), 'whole');
  t.equal(modeOf([1, 4], [1, 2]), 'single');
  t.equal(modeOf([1, 4], [3]), 'whole');
});
