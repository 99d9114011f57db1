import { loadStream } from '../../quality/data/load.js';
import { takeRows } from '../../quality/data/stream.js';
import type { StreamData, StreamRows } from '../../quality/data/stream.js';
import { createRandom } from '../../../src/meta/training/random.js';
import { halved } from './halved.js';
import { mnist } from './mnist.js';

export const SETS = ['fashion', 'mnist', 'satellite', 'digits'] as const;
export type SetName = (typeof SETS)[number];

/** Sets whose inputs are the pixels of one picture; the columns of `satellite` are bands. */
export const PIXELS: readonly SetName[] = ['fashion', 'mnist', 'digits'];

/** Numbers of rows. */
interface Sizes {
  readonly labelled: number;
  readonly unlabelled: number;
  readonly test: number;
}

/** The label budgets leave a base model that is wrong on about a fifth of the rows. */
export const SIZES: Readonly<Record<SetName, Sizes>> = {
  fashion: { labelled: 400, unlabelled: 5000, test: 4000 },
  mnist: { labelled: 200, unlabelled: 5000, test: 4000 },
  satellite: { labelled: 120, unlabelled: 4000, test: 2000 },
  digits: { labelled: 80, unlabelled: 1000, test: 700 },
};

const ORDER_STREAM = 0x551;

/** The rows of one seed, none shared. */
export interface SslSplit {
  readonly data: StreamData;
  readonly labelled: StreamRows;
  /** Their truths are for the figures and the anchors only. */
  readonly unlabelled: StreamRows;
  readonly test: StreamRows;
}

function load(name: SetName): StreamData {
  switch (name) {
    case 'mnist':
      return halved(mnist());
    case 'fashion':
      return halved(loadStream(name));
    default:
      return loadStream(name);
  }
}

/** Shuffles a set by a seed and divides it; the labelled rows are a random sample, so classes may be unequal among them. */
export function splitSet(name: SetName, seed: number): SslSplit {
  const data = load(name);
  const { labelled, unlabelled, test } = SIZES[name];
  const order = Int32Array.from({ length: data.rows }, (_, row) => row);
  createRandom(seed, ORDER_STREAM).shuffle(order);
  const take = (from: number, count: number): StreamRows => takeRows(data, order.subarray(from, from + count));
  return { data, labelled: take(0, labelled), unlabelled: take(labelled, unlabelled), test: take(labelled + unlabelled, test) };
}
