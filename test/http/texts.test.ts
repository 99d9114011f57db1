import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { ELEMENT_TYPE_NUMBERS } from '../../src/engine/onnx/elements.js';
import { startApp } from '../support/http-app.js';
import { ZOO } from '../support/zoo-cases.js';
import { loggedRows } from '../support/logged-features.js';

const BY_HAND = 'retraining: { automatic: false }\n';
const onnx = readFileSync(join(ZOO, 'sklearn-tfidf', '1', 'model.onnx'));
const TEXTS = ['good film great plot', 'bad film awful plot', 'good film great plot'];

interface Detail {
  readonly features: { readonly width: number; readonly inputs: readonly { readonly method: string; readonly width: number }[] };
  readonly assumptions: readonly string[];
}

t.test('a classifier of texts is described by their words', async (t) => {
  const app = await startApp(t, { models: { auto: { onnx, yaml: BY_HAND }, none: { onnx, yaml: `${BY_HAND}features: { texts: none }\n` }, all: { onnx, yaml: `${BY_HAND}features: { texts: all, max_width: 100 }\n` } } });
  const detailOf = async (model: string): Promise<Detail> => (await app.call<Detail>({ url: `/v1/models/${model}` })).body;
  const [auto, none, all] = [await detailOf('auto'), await detailOf('none'), await detailOf('all')];
  t.match(auto.features, { width: 258, inputs: [{ method: 'text', width: 256 }] });
  t.match(auto.assumptions.join('\n'), /^texts: text is described by its words, because the model takes it apart; features\.texts: none takes its values for categories\.$/m);
  t.match(none.features.inputs, [{ method: 'hash', width: 32 }]);
  t.match(all.features.inputs, [{ method: 'text', width: 100 }]);
  t.notMatch([...none.assumptions, ...all.assumptions].join('\n'), /^texts:/m);

  const { status } = await app.call({ method: 'POST', url: '/v1/models/auto/predict', payload: { instances: TEXTS } });
  t.equal(status, 200);
  const rows = await loggedRows(app, 'auto', TEXTS.length);
  t.same(rows.map(({ inputs }) => inputs), TEXTS);
  t.same(rows[0]?.features, rows[2]?.features);
  const product = (a: readonly number[] = [], b: readonly number[] = []): number => a.slice(0, 254).reduce((sum, value, j) => sum + value * (b[j] ?? NaN), 0) / 254;
  t.ok(Math.abs(product(rows[0]?.features, rows[0]?.features) - 1) < 1e-3);
  t.ok(Math.abs(product(rows[0]?.features, rows[1]?.features)) < 0.9);
});

/** input_ids and attention_mask int64 [batch, sequence]: two rows of a table of 1,200 entries stand for the classes. */
function tokenModel(): Uint8Array {
  const graph = createGraphBuilder();
  const [ids, mask] = ['input_ids', 'attention_mask'].map((name) => graph.input(name, 'int64', ['batch', 'sequence']));
  const table = graph.constant({ type: 'float32', dims: [1200, 2], data: Float32Array.from({ length: 2400 }, (_, i) => Math.sin(i)) }, 'vocabulary');
  const counts = graph.node('Unsqueeze', [graph.node('Cast', [mask!], { to: ELEMENT_TYPE_NUMBERS.float32 }), graph.ints([2])]);
  const sums = graph.node('ReduceSum', [graph.node('Mul', [graph.node('Gather', [table, ids!]), counts]), graph.ints([1])], { keepdims: 0 });
  graph.output('probabilities', graph.node('Softmax', [sums], { axis: 1 }), 'float32', ['batch', 2]);
  return graph.toModel();
}

t.test('a model of token ids is described by its tokens, padding left out', async (t) => {
  const app = await startApp(t, { models: { ids: { onnx: tokenModel(), yaml: BY_HAND }, none: { onnx: tokenModel(), yaml: `${BY_HAND}features: { texts: none }\n` } } });
  const detailOf = async (model: string): Promise<Detail> => (await app.call<Detail>({ url: `/v1/models/${model}` })).body;
  const detail = await detailOf('ids');
  t.match(detail.features, { width: 258, inputs: [{ method: 'tokens', width: 256, mask: { name: 'attention_mask' } }, { method: 'skip' }] });
  t.match(detail.assumptions.join('\n'), /^texts: input_ids is described by its tokens, because the model looks its numbers up in a vocabulary; features\.texts: none takes them for numbers\.$/m);
  t.notMatch((await detailOf('none')).features.inputs.map(({ method }) => method).join(), /tokens/);
  const predict = (input_ids: readonly number[], attention_mask: readonly number[]) =>
    app.call({ method: 'POST', url: '/v1/models/ids/predict', payload: { instances: [{ input_ids, attention_mask }] } });
  const [short, padded] = [await predict([5, 700, 9], [1, 1, 1]), await predict([5, 700, 9, 0, 0], [1, 1, 1, 0, 0])];
  t.same([short.status, padded.status], [200, 200]);
  const [first, second] = (await loggedRows(app, 'ids', 2)).map(({ features }) => features);
  t.same(first, second);
  t.ok(first?.some((value) => value !== 0));
});

t.test('a setting that is none is refused', async (t) => {
  const app = await startApp(t, { models: { wrong: { onnx, yaml: 'features: { texts: words }\n' } } });
  t.match((await app.call({ url: '/v1/models/wrong' })).body, { state: 'unavailable', reason: /features\.texts/ });
});
