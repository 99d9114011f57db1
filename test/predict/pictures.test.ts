import t from 'tap';
import type { TensorInfo } from '../../src/engine/tensor.js';
import type { ModelConfig } from '../../src/inference/contracts.js';
import { pictureNotes, refuseUnfitPictures } from '../../src/inference/picture-checks.js';
import { flatPictures, picturesOf } from '../../src/inference/pictures.js';
import type { PictureEvidence } from '../../src/inference/pictures.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { MODEL_CONFIG } from '../support/model-config.js';

const input = (name: string, dims: readonly (number | null)[], type: TensorInfo['type'] = 'float32'): TensorInfo => ({ name, type, dims });

interface Settings extends Partial<ModelConfig['pictures']> {
  /** `features.pictures` */
  readonly features?: 'auto' | 'none';
}

function evidence(inputs: readonly TensorInfo[], { features = 'auto', ...settings }: Settings = {}, rowMode: RowMode = 'batched'): PictureEvidence {
  const config = { features: { ...MODEL_CONFIG.features, pictures: features }, pictures: { ...MODEL_CONFIG.pictures, ...settings } };
  return { signature: { inputs, outputs: [] }, rowMode, config };
}

const pictures = (...args: Parameters<typeof evidence>) => picturesOf(evidence(...args));
const flat = (...args: Parameters<typeof evidence>) => [...flatPictures(evidence(...args))];

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

const GREY = { height: 28, width: 28, channels: 1, order: 'CHW' } as const;
const RGB = { height: 16, width: 20, channels: 3, order: 'HWC' } as const;

t.test('a row of 784 numbers is a picture for features and page alike, unless it is said to be none', async (t) => {
  const mnist = [input('x', [null, 784], 'uint8')];
  t.same(flat(mnist), [['x', GREY]]);
  t.same(pictures(mnist), [{ input: 'x', ...GREY }]);
  t.same(pictures(mnist, { show: 'none' }), []);
  t.same(flat(mnist, { show: 'none' }), [['x', GREY]], 'what the page shows is another matter');
  t.same([...flat(mnist, { features: 'none' }), ...pictures(mnist, { features: 'none' })], []);
  t.same(flat([...mnist, input('y', [null, 784])], { input: 'y' }), [['y', GREY]]);
  t.same(flat([input('x', [784])], {}, 'whole'), [['x', GREY]]);
  t.same(flat([input('x', [1, 784])], {}, 'single'), [['x', GREY]]);
  t.same(flat([input('weights', [784]), input('x', [null, 784])], {}, 'request').map(([name]) => name), ['x']);
  t.match(pictureNotes(evidence(mnist)), [/^pictures: the 784 numbers of x are taken for a grey picture of 28 x 28, .* features\.pictures: none/]);
  t.same(pictureNotes(evidence(mnist, { features: 'none' })), []);
});

t.test('what metaerr.yaml declares is a picture where the numbers of a row fit exactly, in place of any guess', async (t) => {
  const inputs = [input('table', [null, 12]), input('pixels', [null, 960], 'int64'), input('mnist', [null, 784])];
  t.same(flat(inputs, RGB), [['pixels', RGB]]);
  t.same(pictures(inputs, RGB), [{ input: 'pixels', ...RGB }]);
  t.same(pictureNotes(evidence(inputs, RGB)), [], 'nothing was assumed');
  t.same(flat([input('left', [null, 960]), input('right', [null, 960])], RGB).map(([name]) => name), ['left', 'right']);
  t.same(flat([input('left', [null, 960]), input('right', [null, 960])], { ...RGB, input: 'right' }).map(([name]) => name), ['right']);
  t.same(flat([input('nested', [null, 16, 60])], RGB), [['nested', RGB]], 'also in place of what the shape says');
  t.same(pictures([input('pixels', [null, 960])], { ...RGB, features: 'none' }), [{ input: 'pixels', ...RGB }], 'a table may be shown as a picture');
});

t.test('where the shape tells the same picture, nothing is flat', async (t) => {
  t.same(flat([input('x', [null, 16, 20, 3])], RGB), []);
  t.same(flat([input('x', [null, 1, 28, 28])], GREY), []);
  t.same(flat([input('x', [null, 28, 28, 1])], GREY), [], 'the order of one channel is none');
  t.same(flat([input('x', [null, 3, 16, 20])], RGB), [['x', RGB]], 'another order is another picture');
});

t.test('rows of any length are shown, but not described as pictures', async (t) => {
  const any = [input('x', [null, null])];
  t.same(flat(any, RGB), []);
  t.same(pictures(any, RGB), [{ input: 'x', ...RGB }]);
  t.match(pictureNotes(evidence(any, RGB)), [/^pictures: the model takes rows of any length as x, so they are shown as pictures of 16 x 20, but described as a table\.$/]);
  t.same(pictureNotes(evidence([input('x', [null, null, null, 3])], RGB)), [], 'whose shape is that of one');
  t.same(flat(any), []);
});

t.test('pictures that fit no input are refused', async (t) => {
  const faults: readonly (readonly [string, PictureEvidence])[] = [
    ['metaerr.yaml: pictures: 28 x 28 x 1 are 784 numbers a row, but a has 12, b has 960', evidence([input('a', [null, 12]), input('b', [null, 16, 60])], GREY)],
    ['metaerr.yaml: pictures: 16 x 20 x 3 are 960 numbers a row, but a has 12', evidence([input('a', [null, 12]), input('b', [null, 960])], { ...RGB, input: 'a' })],
    ['metaerr.yaml: pictures: 28 x 28 x 1 are 784 numbers a row, but words has rows of no numbers', evidence([input('words', [null, 784], 'string')], { ...GREY, input: 'words' })],
    ['metaerr.yaml: pictures: 28 x 28 x 1 are 784 numbers a row, but no input has rows of numbers', evidence([], GREY)],
    ['metaerr.yaml: pictures: 28 x 28 x 1 are 784 numbers a row, but x has any multiple of 5', evidence([input('x', [null, null, 5])], GREY)],
    ['metaerr.yaml: pictures.input: the model has no input image; it has x', evidence([input('x', [null, 784])], { input: 'image' })],
  ];
  for (const [message, unfit] of faults) t.throws(() => refuseUnfitPictures(unfit), { code: 'MODEL_UNAVAILABLE', message });
  for (const fit of [evidence([]), evidence([input('x', [null, 12])]), evidence([input('x', [null, 784])], GREY), evidence([input('x', [null, null, 7])], GREY)]) t.doesNotThrow(() => refuseUnfitPictures(fit));
});
