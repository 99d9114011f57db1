import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { startApp } from '../support/http-app.js';
import { loggedRows } from '../support/logged-features.js';

const BY_HAND = 'retraining: { automatic: false }\n';

interface Detail {
  readonly features: { readonly width: number; readonly inputs: readonly { readonly method: string; readonly width: number }[] };
  readonly assumptions: readonly string[];
}

/** x float32 [batch, time, 2], of any length: the means of both channels over time, through tanh, are the scores of two classes. */
function anyLength(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['batch', 'time', 2]);
  const means = graph.node('ReduceMean', [graph.node('Tanh', [x])], { axes: [1], keepdims: 0 });
  graph.output('probabilities', graph.node('Softmax', [means], { axis: 1 }), 'float32', ['batch', 2]);
  return graph.toModel();
}

/** x float32 [batch, 40, 1]: the halves of the row in place of its channels. */
function dressedTable(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['batch', 40, 1]);
  const halves = graph.node('ReduceMean', [graph.node('Reshape', [x, graph.ints([0, 2, 20])])], { axes: [2], keepdims: 0 });
  graph.output('probabilities', graph.node('Softmax', [halves], { axis: 1 }), 'float32', ['batch', 2]);
  return graph.toModel();
}

/** x float32 [batch, 64]: the halves of the row in place of its channels. */
function flatRows(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['batch', 64]);
  const halves = graph.node('ReduceMean', [graph.node('Reshape', [x, graph.ints([0, 2, 32])])], { axes: [2], keepdims: 0 });
  graph.output('probabilities', graph.node('Softmax', [halves], { axis: 1 }), 'float32', ['batch', 2]);
  return graph.toModel();
}

/** A beat with one event in it. */
const beat = (length: number, at: number): number[][] => Array.from({ length }, (_, i) => [Math.sin(i / 3), i >= at && i < at + 8 ? 2 : 0.1]);

t.test('a model of series is described by what happens in them, whatever their length', async (t) => {
  const app = await startApp(t, { models: { auto: { onnx: anyLength(), yaml: BY_HAND }, none: { onnx: anyLength(), yaml: `${BY_HAND}features: { series: none }\n` } } });
  const detailOf = async (model: string): Promise<Detail> => (await app.call<Detail>({ url: `/v1/models/${model}` })).body;
  const [auto, none] = [await detailOf('auto'), await detailOf('none')];
  t.match(auto.features, { width: 256, inputs: [{ method: 'series', width: 254, series: { channels: 2, timeFirst: true, length: null } }] });
  t.match(
    auto.assumptions.join('\n'),
    /^series: rows of x are described as series of 2 channels, because of their shape; features\.series: none takes their values for columns of a table\.$/m,
  );
  t.match(none.features.inputs, [{ method: 'projection', width: 8 }]);
  t.notMatch(none.assumptions.join('\n'), /^series:/m);

  const predict = async (...instances: readonly number[][][]) => (await app.call({ method: 'POST', url: '/v1/models/auto/predict', payload: { instances } })).status;
  t.equal(await predict(beat(100, 20), beat(100, 24)), 200);
  t.equal(await predict(beat(100, 20)), 200);
  t.equal(await predict(beat(3, 1)), 200);
  const rows = (await loggedRows(app, 'auto', 4)).map(({ features }) => features ?? []);
  t.ok(rows.every((row) => row.length === 256 && row.every(Number.isFinite)));
  const distance = (a: readonly number[] = [], b: readonly number[] = []): number => Math.hypot(...a.map((value, i) => value - (b[i] ?? NaN)));
  const [long, again, short, moved] = rows;
  t.ok(distance(long, again) < 1e-3, 'alone as beside others');
  t.ok(distance(long, moved) < 0.5 * distance(long, short), 'the same event a little later');
});

t.test('flat rows are series where metaerr.yaml says so', async (t) => {
  const app = await startApp(t, { models: { table: { onnx: flatRows(), yaml: BY_HAND }, all: { onnx: flatRows(), yaml: `${BY_HAND}features: { series: all }\n` } } });
  const methodsOf = async (model: string): Promise<string[]> => (await app.call<Detail>({ url: `/v1/models/${model}` })).body.features.inputs.map(({ method }) => method);
  t.same(await methodsOf('table'), ['identity']);
  t.same(await methodsOf('all'), ['series']);
  t.equal((await app.call({ method: 'POST', url: '/v1/models/all/predict', payload: { instances: [beat(64, 9).map(([value]) => value)] } })).status, 200);
  const features = (await loggedRows(app, 'all', 1))[0]?.features ?? [];
  t.equal(features.length, 64 + 2 + 3 * 63 + 2);
  t.same(features.slice(0, 64), beat(64, 9).map(([value]) => Math.fround(value ?? NaN)), 'value by value, then by what happens in them');
});

t.test('what may be a table with an axis of its own is described both ways, and says so', async (t) => {
  const app = await startApp(t, { models: { dressed: { onnx: dressedTable(), yaml: BY_HAND } } });
  const { features, assumptions } = (await app.call<Detail>({ url: '/v1/models/dressed' })).body;
  t.match(features.inputs, [{ method: 'series', width: 40 + 2 + 3 * 71, series: { values: 40, kernels: 71 } }]);
  t.match(assumptions.join('\n'), /^series: rows of x are described as a series of 40 steps, because of their shape, and value by value, .*features\.series: none/m);
});

t.test('a setting that is none is refused', async (t) => {
  const app = await startApp(t, { models: { wrong: { onnx: flatRows(), yaml: 'features: { series: sometimes }\n' } } });
  t.match((await app.call({ url: '/v1/models/wrong' })).body, { state: 'unavailable', reason: /features\.series/ });
});
