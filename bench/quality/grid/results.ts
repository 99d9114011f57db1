import type { FitDiagnostics } from '../../../src/meta/fit/types.js';
import type { Curves, Figures } from '../metrics/figures.js';
import type { Unit } from './units.js';

/** The name of the product among the methods. */
export const METAERR = 'metaerr';

/** One way to tell failures from successes, on the test rows of a cell. */
export interface MethodResult {
  readonly name: string;
  readonly needs: 'nothing' | 'labels';
  /** Whether it takes part in the comparison with the best baseline. */
  readonly competes: boolean;
  readonly figures: Figures;
  /** E-AURC in each resample of the test rows, as base64 of a Float32Array; the same draws for all methods of a unit. */
  readonly resamples: string;
  /** Of the first seed only. */
  readonly curves: Curves | null;
}

/** The base model trained again on its own rows and the labelled ones: what the same labels do without a meta-model. */
export interface RetrainedResult {
  readonly errorRate: number;
  /** Of 1 - its confidence, on its own failures. */
  readonly eaurc: number | null;
}

/** One number of labels. */
export interface CellResult {
  readonly labels: number;
  /** Failures among the labelled rows. */
  readonly failures: number;
  readonly methods: readonly MethodResult[];
  /** Null without labels and where they are too few to change the base model. */
  readonly retrained: RetrainedResult | null;
  readonly diagnostics: FitDiagnostics | null;
}

/** A line of the results file. */
export interface UnitResult<U = Unit> {
  readonly unit: U;
  /** The numbers of labels that were asked for, reachable or not. */
  readonly wanted: readonly number[];
  readonly testRows: number;
  /** Of the base model on the test rows. */
  readonly errorRate: number;
  /** Of the base model on rows that are distributed as its training rows. */
  readonly cleanAccuracy: number;
  readonly cells: readonly CellResult[];
  /** Processor time by part. */
  readonly seconds: Readonly<Record<string, number>>;
}

export function packResamples(values: Float64Array): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('base64');
}

export function unpackResamples(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}
