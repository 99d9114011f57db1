import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '../../src/meta/training/random.js';

export interface LabelledRows {
  readonly rows: number;
  readonly width: number;
  readonly inputs: Float32Array;
  readonly targets: Int32Array;
}

/**
 * The committed handwritten digits, 8 x 8 pixels from 0 to 16, in a fixed random order (the file is in the order of its
 * writers). The path is relative to the root of the repository.
 */
export function readDigits(): LabelledRows {
  const lines = gunzipSync(readFileSync('examples/data/digits.csv.gz')).toString('utf8').trim().split('\n').slice(1);
  const order = Int32Array.from(lines.keys());
  createRandom(1).shuffle(order);
  const values = Array.from(order, (line) => (lines[line] ?? '').split(',').map(Number));
  return {
    rows: values.length,
    width: 64,
    inputs: Float32Array.from(values.flatMap((row) => row.slice(0, 64))),
    targets: Int32Array.from(values, (row) => row[64] ?? NaN),
  };
}
