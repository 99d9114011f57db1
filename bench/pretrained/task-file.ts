import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEAST_PROBABILITY } from '../../src/meta/features/behaviour-graph.js';
import type { VectorForm } from '../../src/meta/features/layout.js';
import type { ColumnSet } from '../../src/meta/fit/column-set.js';

const HEADER = 4;

/** Predictions of a synthetic task, as the service would have logged them. */
export interface TaskRows {
  readonly rows: number;
  /** rows x width: inputs, and logarithms of the base model's probabilities. */
  readonly features: Float32Array;
  readonly predicted: Int32Array;
  readonly truths: Int32Array;
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

/** What the trees learn from: `signals` of the label-free meta-model, or a `stack` of experts that know some labels. */
export type Stage = 'signals' | 'stack';

/** Where what the trees learn from is kept of a task. */
export function stagePath(folder: string, number: number, stage: Stage): string {
  return join(folder, `${number}.${stage}`);
}

/** What the trees learn from of a task: facts, and of each judged row the failure logit before the correction, the failure and its columns. */
export interface TaskColumns {
  readonly rows: number;
  readonly facts: Float32Array;
  readonly logits: Float32Array;
  readonly failures: Uint8Array;
  readonly columns: ColumnSet;
}

/** Writes what grow_trees.py reads. */
export function writeColumns(path: string, { rows, facts, logits, failures, columns }: TaskColumns): void {
  const parts = [Float32Array.of(rows, facts.length, columns.width), facts, logits, Float32Array.from(failures), columns.data];
  writeFileSync(path, Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))));
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
    const predicted = new Int32Array(to - from);
    const own = Int32Array.from(truths.subarray(from, to));
    for (let row = from; row < to; row++) {
      const chances = probabilities.subarray(row * classes, (row + 1) * classes);
      features.set(inputs.subarray(row * inputWidth, (row + 1) * inputWidth), (row - from) * width);
      features.set(logsOf(chances), (row - from) * width + inputWidth);
      predicted[row - from] = chances.indexOf(Math.max(...chances));
    }
    return { rows: to - from, features, predicted, truths: own, failures: Uint8Array.from(own, (truth, row) => (predicted[row] === truth ? 0 : 1)) };
  };
  return { vector: { width, inputWidth }, classes, unlabelled: part(0, unlabelled), judged: part(unlabelled, rows) };
}

function logsOf(probabilities: Float32Array): Float32Array {
  const clipped = probabilities.map((p) => Math.max(LEAST_PROBABILITY, p));
  const total = clipped.reduce((sum, p) => sum + p, 0);
  return clipped.map((p) => Math.log(p / total));
}
