import type { Cell, MethodSummary } from './cells.js';

const PLATT = /^Platt/i;
const MSP = /^MSP$/;

/** The baseline of that name in a cell. */
function find(cell: Cell, name: RegExp): MethodSummary | undefined {
  return cell.baselines.find((baseline) => name.test(baseline.name));
}

/** 1 - confidence in a cell. */
export const confidenceOf = (cell: Cell): MethodSummary | undefined => find(cell, MSP);

/** Platt-scaled confidence in a cell; there is none without labels. */
export const plattOf = (cell: Cell): MethodSummary | undefined => find(cell, PLATT);
