import fc from 'fast-check';
import t from 'tap';
import type { Tensor } from '../../src/engine/tensor.js';
import { toPredictJson } from '../../src/inference/codec/json-reply.js';
import { rowOutputs, rowValue } from '../../src/inference/codec/nested-output.js';
import type { LoadedModel, PredictReply } from '../../src/inference/contracts.js';
import { decode, info } from '../support/predict-codec.js';

t.test('outputs of one row', async (t) => {
  const outputs: Record<string, Tensor> = {
    scores: { type: 'float32', dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, NaN, -Infinity) },
    label: { type: 'int64', dims: [2], data: BigInt64Array.of(7n, 2n ** 60n) },
    name: { type: 'string', dims: [2, 1], data: ['a', 'b'] },
    flag: { type: 'bool', dims: [2], data: Uint8Array.of(0, 1) },
    half: { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0x3555) },
    boxes: { type: 'uint8', dims: [2, 2, 2], data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    none: { type: 'float64', dims: [2, 0], data: new Float64Array(0) },
  };
  t.strictSame(rowOutputs(outputs, 0), { scores: [1, 2, 3], label: 7, name: ['a'], flag: false, half: 1, boxes: [[1, 2], [3, 4]], none: [] });
  t.strictSame(rowOutputs(outputs, 1), { scores: [4, null, null], label: '1152921504606846976', name: ['b'], flag: true, half: 0.333251953125, boxes: [[5, 6], [7, 8]], none: [] });
});

t.test('what was decoded is written again as it was', async () => {
  const rows = fc.array(fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, (instances) => {
      const tensor = decode([info('x', 'float64', [null, 2, 3])], { instances }).inputs['x'] as Tensor;
      return instances.every((row, i) => JSON.stringify(rowValue(tensor, i)) === JSON.stringify(row));
    }),
  );
});

const reply: PredictReply = {
  model: { key: { model: 'm', version: 2, digest: 'd' } } as LoadedModel,
  callerIds: null,
  predictionId: 'ABCDEF_01',
  metaVersion: 3,
  status: 'ok',
  rows: 2,
  labels: ['9', '1'],
  confidences: Float64Array.of(0.75, 0.5),
  values: Float64Array.of(NaN, NaN),
  failureProbabilities: Float64Array.of(0.25, NaN),
  reviews: Uint8Array.of(0, 1),
  audits: Uint8Array.of(1, 0),
  choices: Uint16Array.of(0, 65_535),
  outputs: { p: { type: 'float32', dims: [2, 1], data: Float32Array.of(0.75, 0.5) } },
  forms: { p: 'rows' },
  requestOutputs: {},
};

t.test('the reply of a classification', async (t) => {
  t.strictSame(toPredictJson(reply, { outputs: true }), {
    model: 'm',
    version: '2',
    prediction_id: 'ABCDEF_01',
    meta_version: 3,
    metaerr_status: 'ok',
    predictions: [
      { row: 0, label: '9', confidence: 0.75, failure_probability: 0.25, decision: 'accept', audit: true, outputs: { p: [0.75] } },
      { row: 1, label: '1', confidence: 0.5, failure_probability: null, decision: 'review', choice_probability: 1, outputs: { p: [0.5] } },
    ],
  });
});

t.test('the reply of a regression, without outputs', async (t) => {
  const json = toPredictJson({ ...reply, labels: [null, null], confidences: Float64Array.of(NaN, NaN), values: Float64Array.of(1.5, NaN) }, { outputs: false });
  t.strictSame(json.predictions, [
    { row: 0, value: 1.5, failure_probability: 0.25, decision: 'accept', audit: true },
    { row: 1, failure_probability: null, decision: 'review', choice_probability: 1 },
  ]);
});

t.test('outputs that hold for the request stand beside the predictions', async (t) => {
  const requestOutputs: Record<string, Tensor> = {
    count: { type: 'int64', dims: [], data: BigInt64Array.of(3n) },
    boxes: { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, NaN, 5, 6) },
    none: { type: 'string', dims: [0, 4], data: [] },
  };
  t.strictSame(toPredictJson({ ...reply, requestOutputs }, { outputs: true }).outputs, { count: 3, boxes: [[1, 2], [3, null], [5, 6]], none: [] });
  t.notOk('outputs' in toPredictJson({ ...reply, requestOutputs }, { outputs: false }));
  t.notOk('outputs' in toPredictJson(reply, { outputs: true }));
});

t.test('outputs with more values than a JSON reply carries are refused with what to do about it', async (t) => {
  const half: Tensor = { type: 'uint8', dims: [2, 2 ** 21], data: new Uint8Array(2 ** 22) };
  const tooMany = { ...reply, outputs: { p: half, q: half }, requestOutputs: { all: { type: 'bool', dims: [1], data: Uint8Array.of(1) } as Tensor } };
  t.throws(() => toPredictJson(tooMany, { outputs: true }), { code: 'INVALID_REQUEST', field: 'outputs', message: /8388609 values, 4194304 of them in "p", more than the 8388608 .* fewer rows, or .* binary data at POST \/v2\/models\/m\/infer/ });
  const external = { ...tooMany, model: { ...reply.model, base: null } };
  t.throws(() => toPredictJson(external, { outputs: true }), { message: /send fewer rows$/ });
  t.equal(toPredictJson(tooMany, { outputs: false }).predictions.length, 2, 'without outputs they do not count');
});
