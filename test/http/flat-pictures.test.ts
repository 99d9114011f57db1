import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { startApp } from '../support/http-app.js';
import type { ModelFiles, TestApp } from '../support/http-app.js';
import { linearClassifier, linearWeights } from '../support/http-models.js';
import { loggedRows } from '../support/logged-features.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = 3;
const BY_HAND = 'retraining: { automatic: false }\n';

/** `linearClassifier(784, 3)` of pictures: X float32 [batch, 1, 28, 28]. */
function pictureClassifier(): Uint8Array {
  const graph = createGraphBuilder();
  const flat = graph.node('Reshape', [graph.input('X', 'float32', ['batch', 1, SIDE, SIDE]), graph.ints([-1, PIXELS])]);
  const weights = graph.constant({ type: 'float32', dims: [PIXELS, CLASSES], data: linearWeights(PIXELS, CLASSES, 1) });
  graph.output('probabilities', graph.node('Softmax', [graph.node('MatMul', [flat, weights])], { axis: 1 }), 'float32', ['batch', CLASSES]);
  return graph.toModel();
}

interface Detail {
  readonly state: string;
  readonly reason: string | null;
  readonly features: { readonly schema: string; readonly width: number; readonly inputs: readonly { readonly method: string; readonly picture?: readonly number[] }[] };
  readonly pictures: readonly object[];
  readonly assumptions: readonly string[];
}

const flat = linearClassifier(PIXELS, CLASSES);
const MODELS: Readonly<Record<string, ModelFiles>> = {
  flat: { onnx: flat, yaml: BY_HAND },
  shaped: { onnx: pictureClassifier(), yaml: BY_HAND },
  table: { onnx: flat, yaml: `${BY_HAND}features: { pictures: none }\n` },
  wide: { onnx: linearClassifier(960, CLASSES), yaml: `${BY_HAND}pictures: { height: 16, width: 20, channels: 3, order: HWC, show: none }\n` },
  unfit: { onnx: flat, yaml: 'pictures: { height: 16, width: 16 }\n' },
};

/** Rows of pixels 0 to 255, so that they are short enough to be kept. */
const rows = (count: number, width: number): number[][] => Array.from({ length: count }, (_, row) => Array.from({ length: width }, (_each, i) => (i * 7 + row * row) % (i % 5 === 0 ? 255 : 3)));
const nested = (row: readonly number[]): number[][][] => [Array.from({ length: SIDE }, (_, y) => row.slice(y * SIDE, (y + 1) * SIDE))];

const detailOf = async ({ call }: TestApp, model: string): Promise<Detail> => (await call<Detail>({ url: `/v1/models/${model}` })).body;

t.test('a model that takes rows of 784 numbers is served, described and shown as one of pictures', async (t) => {
  const app = await startApp(t, { models: MODELS });
  const instances = rows(3, PIXELS);
  const predict = (model: string, payload: unknown[]) => app.call<{ predictions: { outputs: unknown }[] }>({ method: 'POST', url: `/v1/models/${model}/predict`, payload: { instances: payload } });
  const answers = [await predict('flat', instances), await predict('shaped', instances.map(nested)), await predict('table', instances)];
  t.same(answers.map(({ status }) => status), [200, 200, 200]);
  t.same(answers[0]?.body.predictions.map(({ outputs }) => outputs), answers[1]?.body.predictions.map(({ outputs }) => outputs));

  const [detail, shaped, table] = [await detailOf(app, 'flat'), await detailOf(app, 'shaped'), await detailOf(app, 'table')];
  t.match(detail, { features: { width: 251 + CLASSES, inputs: [{ method: 'gradients', picture: [1, SIDE, SIDE] }] }, pictures: [{ input: 'X', height: SIDE, width: SIDE, channels: 1, order: 'CHW' }] });
  t.match(detail.assumptions.join('\n'), /^pictures: the 784 numbers of X are taken for a grey picture of 28 x 28, as in MNIST; features\.pictures: none takes them for a table\.$/m);
  t.notMatch(shaped.assumptions.join('\n'), /^pictures/m);
  t.match(table, { features: { inputs: [{ method: 'projection' }] }, pictures: [] });
  t.notMatch(table.assumptions.join('\n'), /^pictures/m);

  const logged = await loggedRows(app, 'flat', instances.length);
  t.same(logged.map((row) => row.features), (await loggedRows(app, 'shaped', instances.length)).map((row) => row.features), 'the features are those of the pictures, to the last digit');
  t.ok(logged.every((row) => row.feature_schema === detail.features.schema && row.features.length === detail.features.width));
  t.same(logged.map((row) => row.inputs), instances, 'raw inputs stay as they came');
  const asTable = await loggedRows(app, 'table', instances.length);
  t.ok(asTable.every((row) => row.feature_schema === table.features.schema && row.feature_schema !== detail.features.schema));
  t.ok(asTable.every((row, at) => row.features[0] !== logged[at]?.features[0]));
});

t.test('a declared picture is described as one, also where the page shows none', async (t) => {
  const app = await startApp(t, { models: MODELS });
  const { status } = await app.call({ method: 'POST', url: '/v1/models/wide/predict', payload: { instances: rows(2, 960) } });
  t.equal(status, 200);
  const { features, pictures, assumptions } = await detailOf(app, 'wide');
  t.match(features, { inputs: [{ method: 'colours', picture: [16, 20, 3] }] });
  t.same(pictures, []);
  t.notMatch(assumptions.join('\n'), /^pictures/m);
  t.ok((await loggedRows(app, 'wide', 2)).every((row) => row.feature_schema === features.schema && row.features.length === features.width));
  t.match(await detailOf(app, 'unfit'), { state: 'unavailable', reason: /metaerr\.yaml: pictures: 16 x 16 x 1 are 256 numbers a row, but X has 784/ });
});
