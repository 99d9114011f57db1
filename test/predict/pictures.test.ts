import t from 'tap';
import type { TensorInfo } from '../../src/engine/tensor.js';
import type { ModelConfig } from '../../src/inference/contracts.js';
import { picturesOf } from '../../src/inference/pictures.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { MODEL_CONFIG } from '../support/model-config.js';

const input = (name: string, dims: readonly (number | null)[], type: TensorInfo['type'] = 'float32'): TensorInfo => ({ name, type, dims });

function pictures(inputs: readonly TensorInfo[], settings: Partial<ModelConfig['pictures']> = {}, rowMode: RowMode = 'batched') {
  const config = { ...MODEL_CONFIG, pictures: { ...MODEL_CONFIG.pictures, ...settings } };
  return picturesOf({ signature: { inputs, outputs: [] }, rowMode, config });
}

t.test('images are known by their shape', async (t) => {
  t.same(pictures([input('grey', [null, 1, 28, 28])]), [{ input: 'grey', height: 28, width: 28, channels: 1, order: 'CHW' }]);
  t.same(pictures([input('rgb', [null, 32, 48, 3], 'uint8')]), [{ input: 'rgb', height: 32, width: 48, channels: 3, order: 'HWC' }]);
  t.same(pictures([input('any', [null, 3, null, null])]), [{ input: 'any', height: null, width: null, channels: 3, order: 'CHW' }]);
  t.same(pictures([input('flat', [null, 28, 28])]), [{ input: 'flat', height: 28, width: 28, channels: 1, order: 'CHW' }]);
  t.same(pictures([input('whole', [3, 16, 16])], {}, 'whole'), [{ input: 'whole', height: 16, width: 16, channels: 3, order: 'CHW' }]);
});

t.test('what is none is none', async (t) => {
  t.same(pictures([input('table', [null, 16]), input('words', [null, 16, 16], 'string'), input('small', [null, 4, 4]), input('scalar', [16, 16])], {}, 'request'), []);
});

t.test('metaerr.yaml decides', async (t) => {
  const two = [input('a', [null, 16, 16]), input('b', [null, 16, 16])];
  t.same(pictures(two).map((each) => each.input), ['a', 'b']);
  t.same(pictures(two, { input: 'b' }).map((each) => each.input), ['b']);
  t.same(pictures(two, { show: 'none' }), []);
  t.same(pictures([input('pixels', [null, 192])], { height: 8, width: 8, channels: 3, order: 'HWC' }), [{ input: 'pixels', height: 8, width: 8, channels: 3, order: 'HWC' }]);
});
