import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { sklearnModel } from '../support/engine-sklearn.js';

/** X float32 [batch, 3, 32, 32], summed for each channel. */
function colourModel(): Uint8Array {
  const graph = createGraphBuilder();
  const sums = graph.node('ReduceSum', [graph.input('X', 'float32', ['batch', 3, 32, 32]), graph.ints([2, 3])], { keepdims: 0 });
  graph.output('logits', sums, 'float32', ['batch', 3]);
  return graph.toModel();
}

/** X float32 [batch, 1, 32, 32], summed for each column. */
function grayModel(): Uint8Array {
  const graph = createGraphBuilder();
  const sums = graph.node('ReduceSum', [graph.input('X', 'float32', ['batch', 1, 32, 32]), graph.ints([1, 2])], { keepdims: 0 });
  graph.output('logits', sums, 'float32', ['batch', 32]);
  return graph.toModel();
}

/** Every name in a document, by its path. */
function namesIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [`${path}.${name}`]), ...namesIn(inner, `${path}.${name}`)]);
}

t.test('what the API says of a model has names in snake_case', async (t) => {
  const app = await startApp(t, {
    models: {
      gradients: { onnx: grayModel() },
      colours: { onnx: colourModel() },
      pooled: { onnx: colourModel(), yaml: 'features: { max_width: 80 }\n' },
      table: { onnx: linearClassifier() },
      named: { onnx: sklearnModel('forest-strings'), yaml: '' },
    },
  });
  const detailOf = async (model: string) => (await app.call<{ state: string; features: object }>({ url: `/v1/models/${model}` })).body;
  for (const model of ['gradients', 'colours', 'pooled', 'table', 'named']) {
    const detail = await detailOf(model);
    const { body } = await app.call<{ parameters: { metaerr_config: { string_value: string } } }>({ url: `/v2/models/${model}/config` });
    const configuration: unknown = JSON.parse(body.parameters.metaerr_config.string_value);
    t.equal(detail.state, 'ready', model);
    t.same([...namesIn(detail), ...namesIn(body), ...namesIn(configuration)].filter((name) => /[A-Z]/.test(name)), [], model);
  }
  const at = { height_axis: 2, width_axis: 3 };
  t.match(await detailOf('gradients'), { features: { inputs: [{ method: 'gradients', gradients: { ...at, cells: 5, gray: { height: 32, width: 32 } } }] } });
  t.match(await detailOf('colours'), { features: { inputs: [{ method: 'colours', colours: { ...at, directions: 12, pixels: { height: 32, width: 32, channels: 3 } } }] } });
  t.match(await detailOf('pooled'), { features: { inputs: [{ method: 'average_pool', pool: { ...at, height: 5, width: 5 } }] } });
});

t.test('the digest of the feature schema is what it was before the API had its names', async (t) => {
  const app = await startApp(t, { models: { gradients: { onnx: grayModel() } } });
  const { body } = await app.call<{ features: { schema: string } }>({ url: '/v1/models/gradients' });
  t.equal(body.features.schema, 'f537a3d73332bd26', 'else every meta-model would begin anew');
});
