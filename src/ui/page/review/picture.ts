import type { Picture } from '../types.js';

/** The values of one input of a row: rows are stored as the value of the only input, or as an object of inputs by name. */
export function inputOf(inputs: unknown, name: string): unknown {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return inputs;
  return (inputs as Readonly<Record<string, unknown>>)[name];
}

/** Draws a row's picture on the canvas, one pixel for one; false where the values are no picture of that form. */
export function drawPicture(canvas: HTMLCanvasElement, value: unknown, picture: Picture): boolean {
  const { channels, order } = picture;
  const flat = numbersOf(value);
  const [height, width] = sidesOf(value, picture);
  if (flat === null || height === 0 || width === 0 || flat.length !== height * width * channels) return false;
  const context = canvas.getContext('2d');
  if (context === null) return false;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  const scaled = toBytes(flat);
  const size = height * width;
  for (let pixel = 0; pixel < size; pixel++) {
    const at = (channel: number): number => scaled[order === 'CHW' ? channel * size + pixel : pixel * channels + channel] ?? 0;
    const grey = channels < 3;
    image.data[4 * pixel] = at(0);
    image.data[4 * pixel + 1] = at(grey ? 0 : 1);
    image.data[4 * pixel + 2] = at(grey ? 0 : 2);
    image.data[4 * pixel + 3] = channels % 2 === 0 ? at(channels - 1) : 255;
  }
  context.putImageData(image, 0, 0);
  return true;
}

/** Values of 0 to 1 or 0 to 255 are taken as they are; others are stretched from their least to their greatest. */
function toBytes(values: readonly number[]): Uint8ClampedArray {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least >= 0 && most <= 1) return Uint8ClampedArray.from(values, (value) => value * 255);
  if (least >= 0 && most <= 255) return Uint8ClampedArray.from(values);
  return Uint8ClampedArray.from(values, (value) => (255 * (value - least)) / Math.max(most - least, 1e-12));
}

function numbersOf(value: unknown): number[] | null {
  const flat: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [];
  return flat.length > 0 && flat.every((each) => typeof each === 'number') ? flat : null;
}

/** Height and width: as declared, else those of the nested arrays. */
function sidesOf(value: unknown, { height, width, order, channels }: Picture): readonly [number, number] {
  if (height !== null && width !== null) return [height, width];
  const lengths: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) lengths.push(level.length);
  if (lengths.length === 3 && order === 'CHW' && lengths[0] === channels) lengths.shift();
  return [lengths[0] ?? 0, lengths[1] ?? 0];
}
