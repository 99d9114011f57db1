import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { StreamData } from './stream.js';

/** Where Debian's package dataset-fashion-mnist puts the four files. */
const FOLDER = '/usr/share/datasets/fashion-mnist';
const PARTS = ['train', 't10k'] as const;
const WIDTH = 784;

export function hasFullFashion(): boolean {
  return PARTS.every((part) => existsSync(join(FOLDER, `${part}-images-idx3-ubyte.gz`)));
}

function unzip(name: string, header: number): Buffer {
  return gunzipSync(readFileSync(join(FOLDER, name))).subarray(header);
}

/** All 70,000 rows of Fashion-MNIST, pixels from 0 to 1. */
export function fullFashion(): StreamData {
  const pixels = Buffer.concat(PARTS.map((part) => unzip(`${part}-images-idx3-ubyte.gz`, 16)));
  const truths = Int32Array.from(Buffer.concat(PARTS.map((part) => unzip(`${part}-labels-idx1-ubyte.gz`, 8))));
  const values = new Float32Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) values[at] = (pixels[at] ?? 0) / 255;
  return { name: 'fashion-full', shape: [1, 28, 28], width: WIDTH, classes: 10, rows: truths.length, values, truths };
}
