import { pickRows } from '../../../src/meta/training/pick-rows.js';
import { createRandom } from '../../../src/meta/training/random.js';
import { trainNet } from '../bases/net.js';
import { loadStream } from '../data/load.js';
import { splitStream } from '../data/split.js';
import { diamonds } from './diamonds.js';
import { outcomeFeatures } from './outcome-features.js';
import type { OutcomeRows } from './outcome-rows.js';
import { TOLERANCE, type OutcomeSetting, type OutcomeUnit } from './units.js';
import { trainValueModel } from './value-models.js';

const LIVE_ROWS = 3000;
const MOST_TEST_ROWS = 4000;
const ORDER_STREAM = 0x7a2;

/** The rows of one seed, none shared with those that trained the model. */
export interface OutcomeData {
  readonly live: OutcomeRows;
  readonly test: OutcomeRows;
}

type Of<Task extends OutcomeSetting['task']> = Extract<OutcomeSetting, { readonly task: Task }>;

/** 1 where a prediction is off by more than the tolerance. */
export function valueFailures(predicted: Float32Array, targets: Float64Array): Uint8Array {
  return Uint8Array.from(predicted, (value, row) => (Math.abs(value - targets[row]!) > TOLERANCE * Math.abs(value) ? 1 : 0));
}

async function regression({ family, baseRows }: Of<'regression'>, seed: number): Promise<OutcomeData> {
  const { rows, width, values, targets } = diamonds();
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  createRandom(seed, ORDER_STREAM).shuffle(order);
  const take = (from: number, to: number) => {
    const chosen = order.subarray(from, to);
    return { values: pickRows(values, width, chosen), targets: Float64Array.from(chosen, (row) => targets[row]!) };
  };
  const onnx = await trainValueModel(family, { ...take(0, baseRows), width, seed });
  const logged = async (from: number, to: number): Promise<OutcomeRows> => {
    const part = take(from, to);
    const { outputs, ...featured } = await outcomeFeatures(onnx, part.values, width);
    const errors = Float32Array.from(outputs, (value, row) => (part.targets[row]! - value) / (TOLERANCE * Math.abs(value)));
    return { ...featured, rows: part.targets.length, failures: valueFailures(outputs, part.targets), errors };
  };
  const first = baseRows + LIVE_ROWS;
  return { live: await logged(baseRows, first), test: await logged(first, Math.min(rows, first + MOST_TEST_ROWS)) };
}

async function custom({ data: name, baseRows }: Of<'custom'>, seed: number): Promise<OutcomeData> {
  const data = loadStream(name);
  const { base, live, test } = splitStream(data, { baseRows, liveRows: LIVE_ROWS, scenario: 'plain', seed });
  const { onnx } = await trainNet({ rows: base, shape: data.shape, classes: data.classes, seed });
  const logged = async ({ rows, values, truths }: typeof live): Promise<OutcomeRows> => {
    const { outputs, ...featured } = await outcomeFeatures(onnx, values, data.width);
    const labels = Int32Array.from({ length: rows }, (_, row) => {
      const own = outputs.subarray(row * data.classes, (row + 1) * data.classes);
      return own.indexOf(Math.max(...own));
    });
    return { ...featured, rows, failures: Uint8Array.from(labels, (label, row) => (label === truths[row] ? 0 : 1)) };
  };
  return { live: await logged(live), test: await logged(test) };
}

/** Trains the model of a unit and logs the live and the test rows. */
export function outcomeData({ setting, seed }: OutcomeUnit): Promise<OutcomeData> {
  return setting.task === 'regression' ? regression(setting, seed) : custom(setting, seed);
}
