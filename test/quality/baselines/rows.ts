import { createRandom } from '../../../src/meta/training/random.js';
import type { Baseline, LabelledRows, Rows, Scores } from '../../../bench/quality/baseline.js';

type Matrix = readonly (readonly number[])[];

function firstLargest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}

/** Rows of a base that gives the logarithms of these probabilities, and logits where asked. Without inputs a row has none. */
export function rowsOf(probabilities: Matrix, { logits = null, inputs }: { logits?: Matrix | null; inputs?: Matrix } = {}): Rows {
  return {
    rows: probabilities.length,
    inputWidth: inputs?.[0]?.length ?? 0,
    inputs: Float32Array.from((inputs ?? []).flat()),
    classes: probabilities[0]?.length ?? 2,
    logProbabilities: Float64Array.from(probabilities.flat(), (p) => Math.log(Math.max(1e-9, p))),
    logits: logits === null ? null : Float64Array.from(logits.flat()),
    predicted: Int32Array.from(logits ?? probabilities, firstLargest),
  };
}

/** The same rows with their true classes. */
export function labelled(rows: Rows, truths: readonly number[]): LabelledRows {
  return { ...rows, truths: Int32Array.from(truths), failures: Uint8Array.from(truths, (truth, i) => Number(truth !== rows.predicted[i])) };
}

/** Two classes at odds of the predicted class, which is right or wrong. */
export function binaryRows(odds: readonly number[], failures: readonly number[]): LabelledRows {
  return labelled(rowsOf(odds.map((o) => [o / (1 + o), 1 / (1 + o)])), failures);
}

export async function scoresOf(baseline: Baseline, given: LabelledRows, rows: Rows, seed = 1): Promise<number[]> {
  return [...(await fitAndScore(baseline, given, rows, seed)).scores];
}

export async function fitAndScore(baseline: Baseline, given: LabelledRows, rows: Rows, seed = 1): Promise<Scores> {
  return (await baseline.fit(given, seed))(rows);
}

/**
 * Rows whose first input decides the failure: where it is above 0.8 of a standard deviation the truth is the class after the
 * predicted one. Three classes with random logits; the second input and the logits tell nothing of it.
 */
export function readableRows(count: number, seed: number, failing = (input: number) => input > 0.8): LabelledRows {
  const random = createRandom(seed);
  const inputs = Array.from({ length: count }, () => [random.normal(), random.normal()]);
  const logits = Array.from({ length: count }, () => [random.normal(), random.normal(), random.normal()]);
  const rows = rowsOf(logits.map(softmax), { logits, inputs });
  return labelled(rows, inputs.map(([x], i) => (failing(x!) ? (rows.predicted[i]! + 1) % 3 : rows.predicted[i]!)));
}

function softmax(logits: readonly number[]): number[] {
  const sum = logits.reduce((total, z) => total + Math.exp(z), 0);
  return logits.map((z) => Math.exp(z) / sum);
}

/** The first rows of labelled rows; 0 gives a base's rows before any ground truth. */
export function firstRows(all: LabelledRows, count: number): LabelledRows {
  return {
    ...all,
    rows: count,
    inputs: all.inputs.slice(0, count * all.inputWidth),
    logProbabilities: all.logProbabilities.slice(0, count * all.classes),
    logits: all.logits === null ? null : all.logits.slice(0, count * all.classes),
    predicted: all.predicted.slice(0, count),
    truths: all.truths.slice(0, count),
    failures: all.failures.slice(0, count),
  };
}

/** Whether all numbers agree within an absolute and relative tolerance. */
export function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): boolean {
  return actual.length === expected.length
    && Array.from(actual).every((value, i) => Math.abs(value - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)));
}
