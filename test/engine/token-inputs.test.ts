import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { ELEMENT_TYPE_NUMBERS } from '../../src/engine/onnx/elements.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { tokenInputs } from '../../src/engine/onnx/token-inputs.js';
import { ZOO, readZoo } from '../support/zoo-cases.js';

t.test('what is looked up in a vocabulary is tokens, segments and values are not', (t) => {
  const graph = createGraphBuilder();
  const table = (rows: number, name: string) => graph.constant({ type: 'float32', dims: [rows, 2], data: new Float32Array(rows * 2) }, name);
  const [words, segments, values] = ['words', 'segments', 'values'].map((name) => graph.input(name, 'int32', [null, null]));
  const wide = graph.node('Cast', [words!], { to: ELEMENT_TYPE_NUMBERS.int64 });
  const parts = [graph.node('Gather', [table(1000, 'vocabulary'), wide]), graph.node('Gather', [table(2, 'kinds'), segments!])];
  graph.output('sum', graph.node('Add', [parts[0]!, parts[1]!]), 'float32', [null, null, 2]);
  graph.output('same', graph.node('Identity', [values!]), 'int32', [null, null]);
  t.same([...tokenInputs(readModel(graph.toModel()))], ['words']);
  t.end();
});

t.test('no table or picture of the models of real exporters is taken for tokens', (t) => {
  const found = readZoo().flatMap(({ name }) => [...tokenInputs(readModel(readFileSync(join(ZOO, name, '1', 'model.onnx'))))].map((input) => `${name} ${input}`));
  t.same(found, []);
  t.end();
});
