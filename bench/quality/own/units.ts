import type { UnitResult } from '../grid/results.js';

/** One shuffle of the rows of a folder. */
export interface OwnUnit {
  /** Of rows, model and settings. */
  readonly digest: string;
  readonly seed: number;
}

/** A line of the results file of a folder. */
export type OwnResult = UnitResult<OwnUnit>;

export const ownUnitName = ({ digest, seed }: OwnUnit): string => `${digest}#${seed}`;

/** What a process is asked for: the numbers of labels that a shuffle lacks. */
export interface OwnOrder {
  /** The file of `OwnData`. */
  readonly data: string;
  readonly unit: OwnUnit;
  readonly sizes: readonly number[];
}
