import t from 'tap';
import type { TensorType } from '../../../src/engine/tensor.js';
import { modelMetadata } from '../../../src/inference/oip/documents/model-metadata.js';
import { describedModel, tensor, type DescribedOptions } from '../../support/http-described-model.js';

function shapes(options: DescribedOptions): { inputs: unknown; outputs: unknown } {
  const { inputs, outputs } = modelMetadata(describedModel({ config: { append_outputs: false }, ...options }));
  return { inputs: inputs.map(({ shape }) => shape), outputs: outputs.map(({ shape }) => shape) };
}

t.test('a model of rows, whole', async (t) => {
  t.same(modelMetadata(describedModel()), {
    name: 'm',
    versions: ['3'],
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 4] }],
    outputs: [
      { name: 'probabilities', datatype: 'FP32', shape: [-1, 3] },
      { name: 'metaerr_failure_probability', datatype: 'FP32', shape: [-1] },
      { name: 'metaerr_decision', datatype: 'BYTES', shape: [-1] },
    ],
  });
});

t.test('datatypes have the names of the protocol', async (t) => {
  const types: [TensorType, string][] = [
    ['bool', 'BOOL'], ['int8', 'INT8'], ['int16', 'INT16'], ['int32', 'INT32'], ['int64', 'INT64'],
    ['uint8', 'UINT8'], ['uint16', 'UINT16'], ['uint32', 'UINT32'], ['uint64', 'UINT64'],
    ['float16', 'FP16'], ['float32', 'FP32'], ['float64', 'FP64'], ['string', 'BYTES'],
  ];
  const { inputs } = modelMetadata(describedModel({ inputs: types.map(([type]) => tensor(type, type, [null])) }));
  t.same(inputs.map(({ name, datatype }) => [name, datatype]), types);
});

t.test('-1 stands for the batch and for every variable dimension', async (t) => {
  t.same(shapes({ inputs: [tensor('image', 'uint8', [null, 3, null, null])], outputs: [tensor('y', 'float32', [null, 1])] }), { inputs: [[-1, 3, -1, -1]], outputs: [[-1, 1]] });
  t.same(shapes({ outputs: [tensor('traced', 'float32', [1, 3])] }).outputs, [[-1, 3]], 'a batch that the exporter fixed in an output is one all the same');
  t.same(shapes({ outputs: [tensor('columns', 'float32', [1, null])] }).outputs, [[1, -1]], 'the batch can be the second dimension');
  t.same(shapes({ outputs: [tensor('flat', 'string', [null])] }).outputs, [[-1]]);
});

t.test('a model of one row a run takes requests of many', async (t) => {
  const single = { rowMode: 'single', inputs: [tensor('X', 'float32', [1, 4])], outputs: [tensor('y', 'float32', [1, 3]), tensor('bare', 'float32', [3])] } as const;
  t.same(shapes(single), { inputs: [[-1, 4]], outputs: [[-1, 3], [3]] });
  t.same(modelMetadata(describedModel({ rowMode: 'single' })).outputs.at(-1)?.shape, [-1]);
});

t.test('inputs without a batch stand as the model has them', async (t) => {
  const request = { rowMode: 'request', inputs: [tensor('X', 'float32', [null, 4]), tensor('scale', 'float32', []), tensor('state', 'float32', [2, 1, 128])], outputs: [tensor('y', 'float32', [null, 3]), tensor('stateN', 'float32', [2, 1, 128])] } as const;
  t.same(shapes(request), { inputs: [[-1, 4], [], [2, 1, 128]], outputs: [[-1, 3], [2, 1, 128]] });
  t.same(shapes({ rowMode: 'whole', inputs: [tensor('image', 'float32', [3, null])], outputs: [tensor('y', 'float32', [10])] }), { inputs: [[3, -1]], outputs: [[10]] });
  const appended = modelMetadata(describedModel({ rowMode: 'whole' })).outputs.slice(-2);
  t.same(appended.map(({ shape }) => shape), [[1], [1]], 'one row, which has no dimension of its own');
});

t.test('a model that is served elsewhere', async (t) => {
  t.equal(modelMetadata(describedModel({ external: true })).platform, 'external');
});
