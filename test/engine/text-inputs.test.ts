import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { textInputs } from '../../src/engine/onnx/text-inputs.js';
import { ZOO, readZoo } from '../support/zoo-cases.js';

t.test('of the models of real exporters those that count words have a text', async (t) => {
  const found = readZoo().flatMap(({ name }) => [...textInputs(readModel(readFileSync(join(ZOO, name, '1', 'model.onnx'))))].map((input) => `${name} ${input}`));
  t.ok(['sklearn-tfidf text', 'string-split text'].every((each) => found.includes(each)));
  t.notOk(found.some((each) => each.startsWith('sklearn-one-hot') || each.startsWith('sklearn-columns')), 'categories are none');
});

t.test('a text is found behind operators that hand it on, and where several are joined', async (t) => {
  const graph = createGraphBuilder();
  const [title, body, city] = ['title', 'body', 'city'].map((name) => graph.input(name, 'string', [null]));
  const joined = graph.node('StringConcat', [graph.node('Identity', [title!]), body!]);
  const [parts] = graph.nodes('StringSplit', [joined], 2, { delimiter: ' ' });
  graph.output('parts', parts!, 'string', [null, null]);
  graph.output('city_out', graph.node('Identity', [city!]), 'string', [null]);
  t.same([...textInputs(readModel(graph.toModel()))].sort(), ['body', 'title']);
});
