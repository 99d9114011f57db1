import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { carryOutputs } from '../../src/engine/onnx/carried-outputs.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { inputFault, planOutputs } from '../../src/engine/onnx/output-plan.js';
import { withSequenceInput, withSequenceOutput, withTensorInput, withTensorOutput } from '../support/engine-models.js';
import { CPU } from '../support/engine-pool.js';

const BFLOAT16 = 16;
const INT4 = 22;

function built(build: (graph: GraphBuilder, x: Value) => string): { bytes: Uint8Array; name: string } {
  const graph = createGraphBuilder({ opset: 21 });
  const name = build(graph, graph.input('x', 'float32', ['n', 2]));
  return { bytes: graph.toModel(), name };
}

async function served(bytes: Uint8Array): Promise<Record<string, unknown>> {
  const model = readModel(bytes);
  const session = await createDirectSession({ bytes: carryOutputs(bytes, model, planOutputs(model)).bytes }, CPU);
  const outputs = await session.run({ x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, -2) } });
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { type, dims, data }]) => [name, [type, dims.join('x'), ...Array.from<string | number | bigint, number>(data, Number)]]));
}

t.test('the elements of a sequence are outputs of their own', async (t) => {
  const { bytes, name } = built((graph, x) => graph.node('SequenceConstruct', [x, graph.node('Neg', [x]), x]));
  t.same(await served(withSequenceOutput(bytes, name)), {
    [`${name}_0`]: ['float32', '1x2', 1, -2],
    [`${name}_1`]: ['float32', '1x2', -1, 2],
    [`${name}_2`]: ['float32', '1x2', 1, -2],
  });
});

t.test('so are those of a sequence that is made one by one', async (t) => {
  const { bytes, name } = built((graph, x) => {
    const one = graph.node('SequenceInsert', [graph.node('SequenceEmpty', [], { dtype: 1 }), graph.node('Abs', [x])]);
    return graph.node('Identity', [graph.node('SequenceInsert', [one, graph.node('Neg', [x])])]);
  });
  t.same(await served(withSequenceOutput(bytes, name)), { [`${name}_0`]: ['float32', '1x2', 1, 2], [`${name}_1`]: ['float32', '1x2', -1, 2] });
});

t.test('a sequence whose elements are not known is dropped beside other outputs, with the reason', async (t) => {
  const { bytes, name } = built((graph, x) => {
    graph.output('y', graph.node('Neg', [x]), 'float32', ['n', 2]);
    return graph.node('SplitToSequence', [x], { axis: 1 });
  });
  const model = readModel(withSequenceOutput(bytes, name));
  t.match(planOutputs(model), [{ output: name, kind: 'dropped', reason: /a sequence made by SplitToSequence/ }]);
  t.same(await served(withSequenceOutput(bytes, name)), { y: ['float32', '1x2', -1, 2] });
});

t.test('element types that cannot be carried are cast under the same name, also where other nodes read them', async (t) => {
  const { bytes, name } = built((graph, x) => {
    const narrow = graph.node('Cast', [x], { to: BFLOAT16 });
    graph.output('y', graph.node('Cast', [narrow], { to: 1 }), 'float32', ['n', 2]);
    return narrow;
  });
  t.same(await served(withTensorOutput(bytes, name, BFLOAT16)), { y: ['float32', '1x2', 1, -2], [name]: ['float32', '1x2', 1, -2] });
  const small = built((graph, x) => graph.node('Cast', [x], { to: INT4 }));
  t.same(await served(withTensorOutput(small.bytes, small.name, INT4)), { [small.name]: ['int8', '1x2', 1, -2] });
});

t.test('a value that a subgraph reads by its name keeps it, and is cast under another', async (t) => {
  const { bytes, name } = built((graph, x) => {
    const narrow = graph.node('Cast', [x], { to: BFLOAT16 });
    const branch = () => {
      const body = graph.subgraph('branch');
      body.output('wide', body.node('Cast', [narrow], { to: 1 }), 'float32', ['n', 2]);
      return body.toSubgraph();
    };
    graph.output('y', graph.node('If', [graph.scalar('bool', 1)], { then_branch: branch(), else_branch: branch() }), 'float32', ['n', 2]);
    return narrow;
  });
  t.same(await served(withTensorOutput(bytes, name, BFLOAT16)), { y: ['float32', '1x2', 1, -2], [`${name}_float32`]: ['float32', '1x2', 1, -2] });
});

t.test('columns of one tensor that are outputs of their own give the tensor too', async (t) => {
  const slices = (columns: readonly number[]) =>
    built((graph, x) => {
      const p = graph.node('Softmax', [x], { axis: -1 });
      columns.forEach((column, i) => {
        const slice = graph.node('Slice', [p, graph.ints([column]), graph.ints([column + 1]), graph.ints([1])]);
        graph.output(`class${i}`, graph.node('Reshape', [slice, graph.ints([-1])]), 'float32', ['n']);
      });
      return p;
    }).bytes;
  t.same(Object.keys(await served(slices([0, 1]))), ['class0', 'class1', 'probabilities']);
  t.same((await served(slices([0, 1])))['probabilities'], ['float32', '1x2', Math.fround(0.9525741338729858), Math.fround(0.04742587357759476)]);
  for (const others of [[1, 0], [0, 0], [0]]) t.same(planOutputs(readModel(slices(others))), [], `columns ${others.join()} are no whole tensor`);
  const gathered = built((graph, x) => {
    for (const column of [0, 1]) graph.output(`class${column}`, graph.node('ArrayFeatureExtractor', [x, graph.ints([column])], {}, 'ai.onnx.ml'), 'float32', ['n', 1]);
    return '';
  }).bytes;
  t.same((await served(gathered))['probabilities'], ['float32', '1x2', 1, -2]);
});

t.test('inputs that cannot be sent are named', async (t) => {
  const { bytes } = built((graph, x) => graph.node('Neg', [x]));
  t.equal(inputFault(readModel(bytes)), null);
  t.equal(inputFault(readModel(withTensorInput(bytes, 'narrow', BFLOAT16))), 'input narrow has the element type bfloat16, which cannot be sent');
  t.equal(inputFault(readModel(withTensorInput(bytes, 'narrow', INT4))), 'input narrow has the element type int4, which cannot be sent');
  t.equal(inputFault(readModel(withSequenceInput(bytes, 'parts'))), 'input parts is a sequence; only tensors can be sent');
});

t.test('a circle in a damaged graph ends', async (t) => {
  const graph = createGraphBuilder();
  graph.output('y', graph.node('SequenceInsert', ['circle' as Value, 'x' as Value]), 'float32', []);
  const model = readModel(graph.toModel());
  const circle = { ...model, nodes: [{ ...model.nodes[0], outputs: ['circle'] }], outputs: [{ name: 'circle', kind: 'sequence', elementType: null, dims: null }] };
  t.match(planOutputs(circle as unknown as typeof model), [{ output: 'circle', kind: 'dropped' }]);
});
