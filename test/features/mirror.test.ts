import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import type { Tensor, TensorInfo } from '../../src/engine/tensor.js';
import type { FlatPicture } from '../../src/meta/features/flat-picture.js';
import { buildMirrorGraph, pictureInputs } from '../../src/meta/features/mirror.js';
import { info } from '../support/feature-run.js';

async function mirror(tensor: TensorInfo, value: Tensor, { batched = true, picture }: { readonly batched?: boolean; readonly picture?: FlatPicture } = {}): Promise<Tensor> {
  const { onnx, outputs } = buildMirrorGraph(pictureInputs([tensor], batched, new Map(picture === undefined ? [] : [[tensor.name, picture]])));
  const session = await createDirectSession({ bytes: onnx }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    const made = (await session.run({ [tensor.name]: value }))[outputs[tensor.name]!];
    if (made === undefined) throw new Error('nothing was made');
    return made;
  } finally {
    await session.release();
  }
}

/** The value at [row, channel, y, x] and where it stands in the row. */
type Place = (channel: number, y: number, x: number) => number;
const [HEIGHT, WIDTH] = [8, 9];
interface Order {
  readonly channels: number;
  readonly dims: readonly number[];
  readonly at: Place;
}

const PLACES: Readonly<Record<'CHW' | 'HWC' | 'HW', Order>> = {
  CHW: { channels: 3, dims: [3, HEIGHT, WIDTH], at: (c, y, x) => (c * HEIGHT + y) * WIDTH + x },
  HWC: { channels: 3, dims: [HEIGHT, WIDTH, 3], at: (c, y, x) => (y * WIDTH + x) * 3 + c },
  HW: { channels: 1, dims: [HEIGHT, WIDTH], at: (_, y, x) => y * WIDTH + x },
};

function mirroredByHand(values: readonly number[], rows: number, { channels, at }: Order): number[] {
  const size = channels * HEIGHT * WIDTH;
  const result = [...values];
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) result[row * size + at(c, y, x)] = values[row * size + at(c, y, WIDTH - 1 - x)]!;
  return result;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 37) % 251);

for (const [order, place] of Object.entries(PLACES)) {
  t.test(`pictures ${order} become their mirror images`, async (t) => {
    const size = place.dims.reduce((product, dim) => product * dim, 1);
    const two = numbers(2 * size);
    const value: Tensor = { type: 'float32', dims: [2, ...place.dims], data: Float32Array.from(two) };
    const made = await mirror(info('x', 'float32', [null, ...place.dims]), value);
    t.same([made.type, made.dims], ['float32', [2, ...place.dims]]);
    t.same(Array.from(made.data, Number), mirroredByHand(two, 2, place));
    const whole = await mirror(info('x', 'float32', place.dims), { ...value, dims: place.dims, data: value.data.slice(0, size) }, { batched: false });
    t.same([whole.dims, Array.from(whole.data, Number)], [place.dims, mirroredByHand(two.slice(0, size), 1, place)], 'without a batch');
    if (order === 'HW') return;
    const picture = { height: HEIGHT, width: WIDTH, channels: place.channels, order: order === 'CHW' ? 'CHW' : 'HWC' } as const;
    const flat = await mirror(info('x', 'float32', [null, size]), { ...value, dims: [2, size] }, { picture });
    t.same([flat.dims, Array.from(flat.data, Number)], [[2, size], mirroredByHand(two, 2, place)], 'in flat rows');
    const alone = await mirror(info('x', 'float32', [size]), { ...value, dims: [size], data: value.data.slice(0, size) }, { batched: false, picture });
    t.same([alone.dims, Array.from(alone.data, Number)], [[size], mirroredByHand(two.slice(0, size), 1, place)], 'a flat row without a batch');
  });
}

t.test('every type of pixels, and sizes that only the request knows', async (t) => {
  const place = PLACES.CHW;
  const values = numbers(3 * HEIGHT * WIDTH);
  const expected = mirroredByHand(values, 1, place);
  const dims = [1, ...place.dims];
  const kinds: Tensor[] = [
    { type: 'uint8', dims, data: Uint8Array.from(values) },
    { type: 'int8', dims, data: Int8Array.from(values.map((value) => value - 125)) },
    { type: 'int32', dims, data: Int32Array.from(values) },
    { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) },
    { type: 'float64', dims, data: Float64Array.from(values) },
    { type: 'float16', dims, data: Uint16Array.from(values) },
  ];
  for (const value of kinds) {
    const made = await mirror(info('x', value.type, [null, 3, null, null]), value);
    t.same([made.type, made.dims], [value.type, dims]);
    t.same(Array.from<unknown, number>(made.data, (each) => Number(each) + (value.type === 'int8' ? 125 : 0)), expected, value.type);
  }
});

t.test('only pictures are mirrored', async (t) => {
  const inputs = [info('picture', 'float32', [null, 3, 16, 16]), info('table', 'float32', [null, 16]), info('text', 'string', [null, 16, 16]), info('small', 'float32', [null, 3, 4, 4])];
  t.same(pictureInputs(inputs, true, new Map()).map(({ tensor }) => tensor.name), ['picture']);
  t.same(pictureInputs(inputs, true, null), [], 'none where no input is one');
});
