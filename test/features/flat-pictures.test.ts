import t from 'tap';
import type { Tensor, TensorInfo } from '../../src/engine/tensor.js';
import { encodeFloat16 } from '../../src/inference/codec/float16.js';
import { guessedPictures, pictureShape, pictureSize } from '../../src/meta/features/flat-picture.js';
import type { FlatPicture } from '../../src/meta/features/flat-picture.js';
import type { FeaturePlan } from '../../src/meta/features/plan.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import { info, plan, runFeatures } from '../support/feature-run.js';

const GREY: FlatPicture = { height: 28, width: 28, channels: 1, order: 'CHW' };
const COLOURS: FlatPicture = { height: 17, width: 20, channels: 3, order: 'CHW' };
const PICTURES = [GREY, COLOURS, { ...COLOURS, channels: 4 }, { ...COLOURS, channels: 2 }].flatMap((picture) => (['CHW', 'HWC'] as const).map((order) => ({ ...picture, order })));
const TYPES = ['float32', 'float64', 'float16', 'uint8', 'int64', 'bool'] as const;

/** Pixels 0 to 255 that are different in every row. */
function pixels(type: (typeof TYPES)[number], dims: readonly number[]): Tensor {
  const values = Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.floor(128 + 127 * Math.sin(i * 0.37 + Math.cos(i * i))));
  switch (type) {
    case 'float32':
      return { type, dims, data: Float32Array.from(values, (value) => value / 255) };
    case 'float64':
      return { type, dims, data: Float64Array.from(values, (value) => value / 255) };
    case 'float16':
      return { type, dims, data: Uint16Array.from(values, encodeFloat16) };
    case 'uint8':
      return { type, dims, data: Uint8Array.from(values) };
    case 'int64':
      return { type, dims, data: BigInt64Array.from(values, BigInt) };
    case 'bool':
      return { type, dims, data: Uint8Array.from(values, (value) => (value > 128 ? 1 : 0)) };
  }
}

/** How a picture is described where there is room. */
const described = ({ channels }: FlatPicture): string => (channels === 1 ? 'gradients' : 'colours');

/** To the last bit. */
const isSame = (a: Float32Array, b: Float32Array): boolean => Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

/** The features of the same pixels as flat rows and as pictures of their shape. */
async function bothWays(picture: FlatPicture, type: (typeof TYPES)[number], rows: number, changes: Partial<FeaturePlan> = {}) {
  const pictures = new Map([['x', picture]]);
  const batch = changes.batched === false ? [] : [null];
  const size = changes.batched === false ? [] : [rows];
  const run = (row: readonly number[]) => runFeatures(plan({ inputs: [info('x', type, [...batch, ...row])], ...changes, pictures }), { x: pixels(type, [...size, ...row]) });
  const shaped = runFeatures(plan({ inputs: [info('x', type, [...batch, ...pictureShape(picture)])], ...changes }), { x: pixels(type, [...size, ...pictureShape(picture)]) });
  return { flat: await run([pictureSize(picture)]), shaped: await shaped };
}

t.test('a flat row has the features of its picture, to the last bit', async (t) => {
  for (const picture of PICTURES) {
    for (const [type, rows] of [...TYPES.map((each) => [each, 3] as const), ['float32', 1], ['float32', 40]] as const) {
      const { flat, shaped } = await bothWays(picture, type, rows);
      const text = `${JSON.stringify(picture)} ${type} ${rows}`;
      t.equal(flat.features.length, rows * flat.layout.width, text);
      t.ok(isSame(flat.features, shaped.features), text);
      t.match(flat.layout.inputs[0], { method: described(picture), picture: pictureShape(picture) }, text);
    }
  }
});

t.test('so has one that gets little room, or comes without a batch', async (t) => {
  for (const [changes, isSmall] of [[{ maxWidth: 60 }, true], [{ batched: false }, false], [{ batched: false, maxWidth: 60 }, true]] as const) {
    for (const picture of PICTURES) {
      const method = isSmall ? 'average_pool' : described(picture);
      const { flat, shaped } = await bothWays(picture, 'float32', 1, changes);
      t.ok(isSame(flat.features, shaped.features), `${JSON.stringify(picture)} ${method}`);
      t.same([flat.layout.inputs[0]?.method, shaped.layout.inputs[0]?.method], [method, method]);
    }
  }
});

t.test('beside other inputs, and whatever the pixels are', async (t) => {
  const pictures = new Map([['x', GREY]]);
  const age: Tensor = { type: 'float32', dims: [2, 1], data: Float32Array.of(30, 40) };
  const holed = Float32Array.from({ length: 2 * 784 }, (_, i) => (i % 7 === 0 ? NaN : i % 11 === 0 ? Infinity : i % 29));
  const run = (dims: readonly number[]) =>
    runFeatures(plan({ inputs: [info('age', 'float32', [null, 1]), info('x', 'float32', [null, ...dims])], pictures }), { age, x: { type: 'float32', dims: [2, ...dims], data: holed } });
  const [flat, shaped] = [await run([784]), await run([1, 28, 28])];
  t.ok(isSame(flat.features, shaped.features));
  t.ok(flat.features.every(Number.isFinite));
});

t.test('the schema tells a picture from a table, one picture from another, and nothing else', async (t) => {
  const schema = (picture: FlatPicture | null, dims: TensorInfo['dims'] = [null, 3 * 20 * 16], changes: Partial<FeaturePlan> = {}): string =>
    planFeatures(plan({ inputs: [info('x', 'float32', dims)], pictures: picture === null ? new Map() : new Map([['x', picture]]), ...changes })).schema;
  const picture: FlatPicture = { height: 20, width: 16, channels: 3, order: 'CHW' };
  const all = [null, picture, { ...picture, order: 'HWC' as const }, { ...picture, height: 16, width: 20 }, { ...picture, height: 60, channels: 1 }].map((each) => schema(each));
  t.equal(new Set(all).size, all.length);
  t.not(schema(GREY, [null, 784]), schema(null, [null, 784]));
  t.not(schema(GREY, [null, 784]), schema(null, [null, 1, 28, 28]), 'nor is it that of another input');
  t.equal(schema({ ...GREY, height: 8, width: 8 }, [null, 64]), schema(null, [null, 64]), 'a small picture is taken as it is');
  t.equal(schema({ ...GREY, height: 4, width: 100 }, [null, 400]), schema(null, [null, 400]), 'what is no image by its sides is none as a flat row');
});

t.test('only rows of exactly 784 numbers are taken for pictures without being told', async (t) => {
  const guessed = (inputs: readonly TensorInfo[], batched = true) => [...guessedPictures(inputs, batched)];
  t.same(guessed([info('x', 'float32', [null, 784])]), [['x', GREY]]);
  t.same(guessed([info('x', 'uint8', [784])], false), [['x', GREY]], 'without a batch');
  t.same(guessed([info('x', 'uint8', [1, 784])], false), [['x', GREY]], 'one row a run');
  t.same(guessed([info('a', 'int64', [null, 784]), info('b', 'float32', [null, 12]), info('c', 'float64', [null, 784])]).map(([name]) => name), ['a', 'c']);
  for (const dims of [[null, 783], [null, 1024], [null, 3072], [null, 28, 28], [null, 784, 1], [null, 1, 784], [null, null], [784]]) t.same(guessed([info('x', 'float32', dims)]), [], JSON.stringify(dims));
  t.same(guessed([info('x', 'string', [null, 784])]), []);
});
