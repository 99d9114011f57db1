import t from 'tap';
import { shownConfig } from '../../../src/inference/shown-config.js';
import { modelConfig } from '../../../src/inference/oip/documents/model-config.js';
import { describedModel, tensor } from '../../support/http-described-model.js';

t.test('a model of rows, whole', async (t) => {
  const model = describedModel({ assumptions: ['task: classification, because it looks so.', 'labels: the index.'] });
  t.same(modelConfig(model), {
    name: 'm',
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    version_policy: { specific: { versions: [3] } },
    max_batch_size: 16,
    input: [{ name: 'X', data_type: 'TYPE_FP32', dims: [4] }],
    output: [
      { name: 'probabilities', data_type: 'TYPE_FP32', dims: [3] },
      { name: 'metaerr_failure_probability', data_type: 'TYPE_FP32', dims: [1], reshape: { shape: [] } },
      { name: 'metaerr_decision', data_type: 'TYPE_STRING', dims: [1], reshape: { shape: [] } },
    ],
    instance_group: [{ name: 'm', kind: 'KIND_CPU', count: 2, gpus: [] }],
    default_model_filename: 'model.onnx',
    dynamic_batching: {
      preferred_batch_size: [16],
      max_queue_delay_microseconds: 250,
      default_queue_policy: { timeout_action: 'REJECT', default_timeout_microseconds: 10_000_000, allow_timeout_override: true, max_queue_size: 1024 },
    },
    parameters: {
      metaerr_config: { string_value: JSON.stringify(shownConfig(model.config)) },
      metaerr_assumption_1: { string_value: 'task: classification, because it looks so.' },
      metaerr_assumption_2: { string_value: 'labels: the index.' },
    },
  });
});

t.test('without a batch to share, dims are all of the shape', async (t) => {
  const inputs = [tensor('X', 'string', [null, 4]), tensor('scale', 'int64', [])];
  const config = modelConfig(describedModel({ rowMode: 'request', inputs }));
  t.equal(config.max_batch_size, 0);
  t.same(config.input, [
    { name: 'X', data_type: 'TYPE_STRING', dims: [-1, 4] },
    { name: 'scale', data_type: 'TYPE_INT64', dims: [1], reshape: { shape: [] } },
  ]);
  t.notOk('dynamic_batching' in config);

  const whole = modelConfig(describedModel({ rowMode: 'whole', inputs: [tensor('image', 'uint8', [3, null])] }));
  t.equal(whole.max_batch_size, 0);
  t.same(whole.input[0]?.dims, [3, -1]);
  t.same(whole.output.at(-1)?.dims, [1]);
});

t.test('a batch of scalars is none to the clients of Triton', async (t) => {
  const config = modelConfig(describedModel({ inputs: [tensor('X', 'float32', [null, 4]), tensor('city', 'string', [null])], outputs: [tensor('label', 'int64', [null])] }));
  t.equal(config.max_batch_size, 0);
  t.same(config.input.map(({ dims }) => dims), [[-1, 4], [-1]]);
  t.same(config.output.map(({ dims }) => dims), [[-1], [-1], [-1]]);
  t.notOk('dynamic_batching' in config);
  t.same(modelConfig(describedModel({ outputs: [tensor('label', 'int64', [null])] })).output[0], { name: 'label', data_type: 'TYPE_INT64', dims: [1], reshape: { shape: [] } });
});

t.test('a model of one row a run has a batch of one', async (t) => {
  const config = modelConfig(describedModel({ rowMode: 'single', inputs: [tensor('X', 'float32', [1, 4])] }));
  t.equal(config.max_batch_size, 1);
  t.same(config.input[0]?.dims, [4]);
  t.notOk('dynamic_batching' in config);
});

t.test('config and metadata have the same outputs, whether the service adds some or not', async (t) => {
  for (const append_outputs of [true, false]) {
    t.equal(modelConfig(describedModel({ config: { append_outputs } })).output.length, append_outputs ? 3 : 1);
  }
});

t.test('where it runs', async (t) => {
  t.match(modelConfig(describedModel({ cuda: true })).instance_group, [{ kind: 'KIND_GPU', gpus: [0] }]);
  t.match(modelConfig(describedModel({ external: true })), { platform: 'external', backend: '', default_model_filename: '', instance_group: [{ kind: 'KIND_CPU' }] });
});
