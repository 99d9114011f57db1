import type { StreamData } from '../../quality/data/stream.js';

/** Images of half the height and width: each pixel is the mean of four. */
export function halved(data: StreamData): StreamData {
  const [channels = 1, height = 0, width = 0] = data.shape;
  if (channels !== 1 || height % 2 === 1 || width % 2 === 1) throw new RangeError(`expected grey images of even height and width, got [${data.shape.join(', ')}]`);
  const [rows, columns] = [height / 2, width / 2];
  const values = new Float32Array(data.rows * rows * columns);
  for (let image = 0; image < data.rows; image++) {
    const from = image * height * width;
    const to = image * rows * columns;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const at = from + 2 * y * width + 2 * x;
        values[to + y * columns + x] = (data.values[at]! + data.values[at + 1]! + data.values[at + width]! + data.values[at + width + 1]!) / 4;
      }
    }
  }
  return { ...data, shape: [1, rows, columns], width: rows * columns, values };
}
