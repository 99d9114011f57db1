import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LEAST_PROBABILITY } from '../../src/meta/features/behaviour-graph.js';
import type { VectorForm } from '../../src/meta/features/layout.js';

const HEADER = 4;

/** Predictions of a synthetic task, as the service would have logged them. */
export interface TaskRows {
  readonly rows: number;
  /** rows x width: inputs, and logarithms of the base model's probabilities. */
  readonly features: Float32Array;
  readonly failures: Uint8Array;
}

export interface SyntheticTask {
  readonly vector: VectorForm;
  readonly classes: number;
  readonly unlabelled: TaskRows;
  readonly judged: TaskRows;
}

/** Numbers of the tasks of a folder, ascending. */
export function taskNumbers(folder: string): number[] {
  return readdirSync(folder).filter((name) => /^\d+\.f32$/.test(name)).map((name) => parseInt(name, 10)).sort((a, b) => a - b);
}

/** Where the signals of a task's judged rows are kept. */
export function signalsPath(folder: string, number: number): string {
  return join(folder, `${number}.signals`);
}

/** Reads what make_tasks.py wrote. */
export function readTask(path: string): SyntheticTask {
  const bytes = readFileSync(path);
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const [rows, inputWidth, classes, unlabelled] = [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!];
  const inputs = numbers.subarray(HEADER, HEADER + rows * inputWidth);
  const probabilities = numbers.subarray(HEADER + rows * inputWidth, HEADER + rows * (inputWidth + classes));
  const truths = numbers.subarray(HEADER + rows * (inputWidth + classes));
  const width = inputWidth + classes;
  const part = (from: number, to: number): TaskRows => {
    const features = new Float32Array((to - from) * width);
    const failures = new Uint8Array(to - from);
    for (let row = from; row < to; row++) {
      const own = probabilities.subarray(row * classes, (row + 1) * classes);
      features.set(inputs.subarray(row * inputWidth, (row + 1) * inputWidth), (row - from) * width);
      features.set(logsOf(own), (row - from) * width + inputWidth);
      failures[row - from] = own.indexOf(Math.max(...own)) === truths[row] ? 0 : 1;
    }
    return { rows: to - from, features, failures };
  };
  return { vector: { width, inputWidth }, classes, unlabelled: part(0, unlabelled), judged: part(unlabelled, rows) };
}

function logsOf(probabilities: Float32Array): Float32Array {
  const clipped = probabilities.map((p) => Math.max(LEAST_PROBABILITY, p));
  const total = clipped.reduce((sum, p) => sum + p, 0);
  return clipped.map((p) => Math.log(p / total));
}
