import { ELEMENT_TYPE_NUMBERS } from '../../src/engine/onnx/elements.js';
import { createGraphBuilder, type GraphBuilder, type Value } from '../../src/engine/onnx/graph-builder.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { mixedModel, notRowWiseModel, wholeModel } from './predict-models.js';

/** A model and requests for it: `inputs` makes those of so many rows, as they stand outside of a run. */
export interface RowModeCase {
  readonly name: string;
  readonly rowMode: RowMode;
  readonly onnx: Uint8Array;
  /** The signature says nothing of the sizes of outputs. */
  readonly undeclared?: boolean;
  /** `values` are small integers, so that sums are exact in any order; as many as are asked for. */
  inputs(rows: number, values: (count: number) => number[]): TensorMap;
}

/** The model without what is known of the sizes of its outputs. (The engine infers what the file does not say.) */
export function withoutSizes<T extends Pick<LoadedModel, 'signature'>>(model: T): T {
  const outputs = model.signature.outputs.map((info) => ({ ...info, dims: info.dims.map(() => null) }));
  return { ...model, signature: { ...model.signature, outputs } };
}

const floats = (dims: readonly number[], values: readonly number[]) => ({ type: 'float32', dims, data: Float32Array.from(values) }) as const;
const matrix: RowModeCase['inputs'] = (rows, values) => ({ x: floats([rows, 3], values(rows * 3)) });

function built(write: (graph: GraphBuilder) => void): Uint8Array {
  const graph = createGraphBuilder();
  write(graph);
  return graph.toModel();
}

const sum = (graph: GraphBuilder, x: Value) => graph.node('ReduceSum', [x, graph.ints([1])], { keepdims: 0 });

/** `p` is [1, N]; `y` is [N]. */
export function columnsModel(): Uint8Array {
  return built((graph) => {
    const x = graph.input('x', 'float32', ['N', 3]);
    const row = graph.node('Unsqueeze', [graph.node('Sigmoid', [sum(graph, x)]), graph.ints([0])]);
    graph.output('p', row, 'float32', [1, 'N']);
    graph.output('y', sum(graph, x), 'float32', ['N']);
  });
}

/** `p` is [N], and has no dimension at all for one row; `wide` is [N, 3], and [3] for one row. */
export function squeezingModel(): Uint8Array {
  return built((graph) => {
    const x = graph.input('x', 'float32', ['N', 3]);
    graph.output('p', graph.node('Squeeze', [graph.node('Sigmoid', [sum(graph, x)])]), 'float32', ['N']);
    graph.output('wide', graph.node('Squeeze', [x]), 'float32', ['N', 3]);
    graph.output('kept', x, 'float32', ['N', 3]);
  });
}

/** `y` is `x` times the scalar `scale`; `total` is one number, `top` the `k` largest of all. */
export function scalarInputModel(): Uint8Array {
  return built((graph) => {
    const x = graph.input('x', 'float32', ['N', 3]);
    const scale = graph.input('scale', 'float32', []);
    const k = graph.input('k', 'int64', [1]);
    const note = graph.input('note', 'string', []);
    const y = graph.node('Mul', [x, scale]);
    graph.output('y', y, 'float32', ['N', 3]);
    graph.output('total', graph.node('ReduceSum', [y], { keepdims: 0 }), 'float32', []);
    const [top] = graph.nodes('TopK', [graph.node('Reshape', [y, graph.ints([-1])]), k], 2, { axis: 0 });
    if (top !== undefined) graph.output('top', top, 'float32', ['K']);
    graph.output('note_out', note, 'string', []);
  });
}

/** As many entries as there are numbers above 0, whose count can be that of the rows by chance. */
function findingsModel(): Uint8Array {
  return built((graph) => {
    const x = graph.input('x', 'float32', ['N', 3]);
    const found = graph.node('Transpose', [graph.node('NonZero', [graph.node('Relu', [x])])]);
    graph.output('found', found, 'int64', [null, 2]);
    graph.output('y', sum(graph, x), 'float32', ['N']);
  });
}

/** The shape of a row depends on the rows it runs with: every row is cut to the largest number of all, from 1 to 3. */
function paddingModel(): Uint8Array {
  return built((graph) => {
    const x = graph.input('x', 'float32', ['N', 3]);
    const integers = graph.node('Cast', [x], { to: ELEMENT_TYPE_NUMBERS.int64 });
    const most = graph.node('ReduceMax', [graph.node('Clip', [integers, graph.scalar('int64', 1), graph.scalar('int64', 3)])], { keepdims: 0 });
    const end = graph.node('Unsqueeze', [most, graph.ints([0])]);
    graph.output('y', graph.node('Slice', [x, graph.ints([0]), end, graph.ints([1])]), 'float32', ['N', null]);
  });
}

function singleModel(): Uint8Array {
  return built((graph) => {
    const x = graph.input('x', 'float32', [1, 3]);
    const words = graph.input('words', 'string', [1, 'L']);
    graph.output('y', graph.node('Softmax', [x], { axis: 1 }), 'float32', [1, 3]);
    graph.output('largest', graph.node('ArgMax', [x], { axis: 1, keepdims: 0 }), 'int64', [1]);
    graph.output('total', graph.node('ReduceSum', [x], { keepdims: 0 }), 'float32', []);
    graph.output('flat', graph.node('Reshape', [x, graph.ints([-1])]), 'float32', [3]);
    graph.output('half', graph.node('Cast', [x], { to: ELEMENT_TYPE_NUMBERS.float16 }), 'float16', [1, 3]);
    graph.output('words_out', words, 'string', [1, 'L']);
  });
}

/** Inputs of the mixed model; the length of `a` is one of two, so that requests of both do not share runs. */
const mixed: RowModeCase['inputs'] = (rows, values) => {
  const length = 1 + (Math.abs(values(1)[0] ?? 0) % 2);
  return {
    a: floats([rows, length], values(rows * length)),
    b: { type: 'int64', dims: [rows], data: BigInt64Array.from(values(rows), (value) => 2n ** 60n + BigInt(value)) },
    s: { type: 'string', dims: [rows, 2], data: values(rows * 2).map((value) => `tëxt ${value}`) },
    f: { type: 'bool', dims: [rows], data: Uint8Array.from(values(rows), (value) => value & 1) },
  };
};

/** A batched model of types that the mixed one lacks. */
function narrowModel(): Uint8Array {
  return built((graph) => {
    for (const type of ['float16', 'float64', 'int8', 'uint16', 'uint64'] as const) {
      graph.output(`${type}_out`, graph.input(type, type, ['N', 2]), type, ['N', 2]);
    }
  });
}

const narrow: RowModeCase['inputs'] = (rows, values) => ({
  float16: { type: 'float16', dims: [rows, 2], data: Uint16Array.from(values(rows * 2), (value) => 0x3c00 + value) },
  float64: { type: 'float64', dims: [rows, 2], data: Float64Array.from(values(rows * 2), (value) => value / 3) },
  int8: { type: 'int8', dims: [rows, 2], data: Int8Array.from(values(rows * 2)) },
  uint16: { type: 'uint16', dims: [rows, 2], data: Uint16Array.from(values(rows * 2), Math.abs) },
  uint64: { type: 'uint64', dims: [rows, 2], data: BigUint64Array.from(values(rows * 2), (value) => 2n ** 63n + BigInt(Math.abs(value))) },
});

const withScalars: RowModeCase['inputs'] = (rows, values) => ({
  ...matrix(rows, values),
  scale: floats([], values(1)),
  k: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(1 + (Math.abs(values(1)[0] ?? 0) % 3))) },
  note: { type: 'string', dims: [], data: [`note ${values(1)[0]}`] },
});

const singles: RowModeCase['inputs'] = (rows, values) => {
  const length = 1 + (Math.abs(values(1)[0] ?? 0) % 3);
  return { ...matrix(rows, values), words: { type: 'string', dims: [rows, length], data: values(rows * length).map(String) } };
};

export const ROW_MODE_CASES: readonly RowModeCase[] = [
  { name: 'rows of many types, of two lengths', rowMode: 'batched', onnx: mixedModel(), inputs: mixed },
  { name: 'the other types', rowMode: 'batched', onnx: narrowModel(), inputs: narrow },
  { name: '[1, N], declared', rowMode: 'batched', onnx: columnsModel(), inputs: matrix },
  { name: '[1, N], not declared', rowMode: 'batched', onnx: columnsModel(), inputs: matrix, undeclared: true },
  { name: 'no dimension for one row', rowMode: 'batched', onnx: squeezingModel(), inputs: matrix },
  { name: 'one number for all rows, as it turns out', rowMode: 'batched', onnx: notRowWiseModel(), inputs: matrix },
  { name: 'one number for all rows', rowMode: 'request', onnx: notRowWiseModel(), inputs: matrix },
  { name: 'inputs and outputs without rows', rowMode: 'request', onnx: scalarInputModel(), inputs: withScalars },
  { name: 'any number of findings', rowMode: 'request', onnx: findingsModel(), inputs: matrix },
  { name: 'row shapes that depend on the other rows', rowMode: 'request', onnx: paddingModel(), inputs: matrix },
  { name: '[1, N] in mode request', rowMode: 'request', onnx: columnsModel(), inputs: matrix },
  { name: 'no dimension for one row, in mode request', rowMode: 'request', onnx: squeezingModel(), inputs: matrix },
  { name: 'one row a run', rowMode: 'single', onnx: singleModel(), inputs: singles },
  { name: 'no batch dimension', rowMode: 'whole', onnx: wholeModel(), inputs: matrix },
];
