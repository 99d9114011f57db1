import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Rows of a regression data set. */
export interface ValueData {
  readonly rows: number;
  readonly width: number;
  /** rows x width, row-major. */
  readonly values: Float32Array;
  /** What is to be predicted. */
  readonly targets: Float64Array;
}

// The compiled benchmark is dist/bench/quality/values/, the data examples/data/.
const FILE = new URL('../../../../examples/data/diamonds.csv.gz', import.meta.url);
/** Words of the ordered columns, worst first. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  cut: ['Fair', 'Good', 'Very Good', 'Premium', 'Ideal'],
  color: ['J', 'I', 'H', 'G', 'F', 'E', 'D'],
  clarity: ['I1', 'SI2', 'SI1', 'VS2', 'VS1', 'VVS2', 'VVS1', 'IF'],
};
const TARGET = 'price';

function cell(column: string, text: string): number {
  const value = ORDERS[column]?.indexOf(text) ?? Number(text);
  if (value < 0 || Number.isNaN(value)) throw new Error(`${FILE.pathname}: column ${column} has the unknown value '${text}'`);
  return value;
}

/** 9,000 diamonds: nine columns, and the price in dollars. */
export function diamonds(): ValueData {
  const [header = '', ...lines] = gunzipSync(readFileSync(FILE)).toString('utf8').trim().split('\n');
  const columns = header.split(',');
  const width = columns.length - 1;
  const values = new Float32Array(lines.length * width);
  const targets = new Float64Array(lines.length);
  lines.forEach((line, row) => {
    const numbers = line.split(',').map((text, at) => cell(columns[at] ?? '', text));
    const [target = NaN] = numbers.splice(columns.indexOf(TARGET), 1);
    values.set(numbers, row * width);
    targets[row] = target;
  });
  return { rows: lines.length, width, values, targets };
}
