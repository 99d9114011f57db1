import { createRandom } from '../../../src/meta/training/random.js';
import type { Random } from '../../../src/meta/training/random.js';
import type { Scenario } from '../grid/units.js';
import { addNoise } from './noise.js';
import { takeRows } from './stream.js';
import type { StreamData, StreamRows } from './stream.js';

const ORDER_STREAM = 0x91;
const NOISE_STREAM = 0x92;
/** More test rows narrow nothing that the seeds do not widen. */
export const MOST_TEST_ROWS = 5000;
/** Of the classes that become rare in a changed mix, one row in so many stays. */
const RARE = 5;

/** The rows of one cell, none shared: what trains the base model, what is labelled, what is tested. */
export interface Split {
  readonly base: StreamRows;
  /** In order of arrival; a size n takes the first n labelled ones. */
  readonly live: StreamRows;
  readonly test: StreamRows;
  /** Rows as the base model knows them: the test rows themselves where nothing has shifted. */
  readonly clean: StreamRows;
}

export interface SplitOptions {
  readonly baseRows: number;
  readonly liveRows: number;
  readonly scenario: Scenario;
  readonly seed: number;
}

/** The random order of so many rows under a seed. */
export function rowOrder(rows: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  createRandom(seed, ORDER_STREAM).shuffle(order);
  return order;
}

/** Whether a row of a class stays when the mix changes: the first half of the classes becomes rare. */
export function staysInMix(truth: number, classes: number, random: Random): boolean {
  return truth >= classes / 2 || random.int(RARE) === 0;
}

/** Rows that come after the base-training rows; in a changed mix the first half of the classes is rare. */
function liveOrder(data: StreamData, order: Int32Array, { baseRows, scenario, seed }: Omit<SplitOptions, 'liveRows'>): Int32Array {
  const later = order.subarray(baseRows);
  if (scenario !== 'mix') return later;
  const random = createRandom(seed, NOISE_STREAM);
  return later.filter((row) => staysInMix(data.truths[row] ?? 0, data.classes, random));
}

/** How many rows there are for the live stream and the test. */
export function countLater(data: StreamData, options: Omit<SplitOptions, 'liveRows'>): number {
  return liveOrder(data, rowOrder(data.rows, options.seed), options).length;
}

export function splitStream(data: StreamData, options: SplitOptions): Split {
  const { baseRows, liveRows, scenario, seed } = options;
  // The first rows train the base model.
  const order = rowOrder(data.rows, seed);
  const later = liveOrder(data, order, options);
  const base = takeRows(data, order.subarray(0, baseRows));
  const live = takeRows(data, later.subarray(0, liveRows));
  const test = takeRows(data, later.subarray(liveRows, liveRows + MOST_TEST_ROWS));
  if (scenario === 'noise') {
    const random = createRandom(seed, NOISE_STREAM);
    const noisy = (rows: StreamRows): StreamRows => addNoise(rows, base, data.shape.length > 1, random);
    return { base, live: noisy(live), test: noisy(test), clean: test };
  }
  // Labelled rows may be among them: the base model has seen none, and it alone is judged on them.
  const clean = scenario === 'mix' ? takeRows(data, order.subarray(baseRows).subarray(-MOST_TEST_ROWS)) : test;
  return { base, live, test, clean };
}
