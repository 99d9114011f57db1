import type { TensorInfo } from '../../src/engine/tensor.js';
import { agrees } from './feature-reference.js';
import { floats, info, plan, runFeatures } from './feature-run.js';
import type { Picture, PictureSize } from './picture-reference.js';

/** Features of pictures given in the layout that `dims` declares. */
export async function featuresOf(dims: TensorInfo['dims'], pictures: readonly Picture[], { channels, height, width }: PictureSize): Promise<Float32Array[]> {
  const isLast = dims.length === 4 && dims[3] === channels && dims[1] !== channels;
  const values: number[] = [];
  for (const picture of pictures) {
    if (isLast) for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) values.push(picture(c, y, x));
    else for (let c = 0; c < channels; c++) for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) values.push(picture(c, y, x));
  }
  const shape = isLast ? [height, width, channels] : dims.length === 4 ? [channels, height, width] : [height, width];
  const { features, layout } = await runFeatures(plan({ inputs: [info('x', 'float32', dims)] }), { x: floats([pictures.length, ...shape], values) });
  return pictures.map((_, row) => features.slice(row * layout.width, (row + 1) * layout.width));
}

export const isNear = (actual: Float32Array | undefined, expected: readonly number[]): boolean =>
  actual?.length === expected.length && expected.every((value, i) => agrees(actual[i], value, 1e-3, 2e-3));

/** Pictures without any symmetry, another for each row. */
export const wave = (row: number): Picture => (c, y, x) => Math.sin(row * 3 + c * 7 + y * 0.7 + x * 0.4 + Math.cos(x * y + c)) + 0.5 * row;

