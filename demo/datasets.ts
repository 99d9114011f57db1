import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { pickRows } from '../src/meta/training/pick-rows.js';
import { createRandom } from '../src/meta/training/random.js';

/** Rows of one data set in the order of the stream, and how the demo uses them. */
export interface Dataset {
  readonly name: string;
  readonly title: string;
  /** Shape of one row as the base model takes it. */
  readonly shape: readonly number[];
  readonly width: number;
  /** rows x width. */
  readonly values: Float32Array;
  /** Index into `labels`. */
  readonly classes: Int32Array;
  readonly labels: readonly string[];
  readonly rows: number;
  /** The first so many rows train the base model; the rest is live traffic. */
  readonly baseRows: number;
  /** Ground truths that are delivered when `--labels` does not say otherwise. */
  readonly defaultLabels: number;
  /** Rows at the end of the stream that are kept for the figures. */
  readonly figureRows: number;
}

export const DATASETS = ['fashion', 'letter', 'satellite', 'digits'] as const;
export type DatasetName = (typeof DATASETS)[number];

// The compiled demo is dist/demo/, the data examples/data/.
const DATA = new URL('../../examples/data/', import.meta.url);
const SHUFFLE_SEED = 20260301;

function unzip(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(name, DATA)));
}

const FASHION_LABELS = ['T-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'];

function fashion(): Dataset {
  const pixels = unzip('fashion-mnist/t10k-images-idx3-ubyte.gz').subarray(16);
  const labels = unzip('fashion-mnist/t10k-labels-idx1-ubyte.gz').subarray(8);
  const values = Float32Array.from(pixels, (pixel) => pixel / 255);
  const plan = { baseRows: 2000, defaultLabels: 4500, figureRows: 3000 };
  return { name: 'fashion', title: 'Fashion-MNIST', shape: [1, 28, 28], width: 784, values, classes: Int32Array.from(labels), labels: FASHION_LABELS, rows: labels.length, ...plan };
}

interface Table {
  readonly values: Float32Array;
  readonly texts: readonly string[];
  readonly width: number;
}

function readCsv(name: string): Table {
  const [header = '', ...lines] = unzip(name).toString('utf8').trim().split('\n');
  const columns = header.trim().split(',');
  const labelColumn = columns.indexOf('label');
  const width = columns.length - 1;
  const values = new Float32Array(lines.length * width);
  const texts = lines.map((line, row) => {
    const cells = line.trim().split(',');
    const [label = ''] = cells.splice(labelColumn, 1);
    values.set(cells.map(Number), row * width);
    return label;
  });
  return { values, texts, width };
}

/** Files are in the order of their making; a stream is shuffled once, always the same. */
function shuffled(table: Table): Table {
  const order = Int32Array.from(table.texts, (_, row) => row);
  createRandom(SHUFFLE_SEED).shuffle(order);
  return { values: pickRows(table.values, table.width, order), texts: Array.from(order, (from) => table.texts[from] ?? ''), width: table.width };
}

function table(name: DatasetName, title: string, plan: Pick<Dataset, 'baseRows' | 'defaultLabels' | 'figureRows'>): Dataset {
  const { values, texts, width } = shuffled(readCsv(`${name}.csv.gz`));
  const labels = [...new Set(texts)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const index = new Map(labels.map((label, position) => [label, position]));
  const classes = Int32Array.from(texts, (text) => index.get(text) ?? -1);
  return { name, title, shape: [width], width, values, classes, labels, rows: texts.length, ...plan };
}

/** Reads a committed data set. */
export function loadDataset(name: DatasetName): Dataset {
  switch (name) {
    case 'fashion':
      return fashion();
    case 'letter':
      return table(name, 'Letter Recognition', { baseRows: 2000, defaultLabels: 4500, figureRows: 3000 });
    case 'satellite':
      return table(name, 'Landsat Satellite', { baseRows: 600, defaultLabels: 2500, figureRows: 2500 });
    case 'digits':
      return table(name, 'Handwritten Digits', { baseRows: 150, defaultLabels: 800, figureRows: 800 });
  }
}
