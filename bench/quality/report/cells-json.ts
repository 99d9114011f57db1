import { roundedTo } from '../run/rounded-to.js';
import type { GridCell, MethodSummary } from './cells.js';
import type { Comparison, JudgedCell } from './compare.js';

/** Digits that are kept of every figure; the noise between seeds is far larger. */
const DIGITS = 4;

/** A method's mean figures, and its E-AURC with each of the cell's seeds. */
function methodEntry({ needs, competes, figures, eaurcs }: MethodSummary) {
  return { needs, competes, ...figures, eaurcs };
}

function comparisonEntry({ baseline, ratio, worst, interval, verdict }: Comparison) {
  return { baseline: baseline.name, ratio, worst, interval, verdict };
}

function cellEntry({ cell, labelFree, all }: JudgedCell<GridCell>) {
  const { name, baseRows, setting, labels, seeds, failures, rho, errorRate, cleanAccuracy, testRows, metaerr, baselines, retrained } = cell;
  return {
    setting: name, data: setting.data, family: setting.family, baseRows, scenario: setting.scenario, labels, seeds, failures, rho, errorRate, cleanAccuracy, testRows,
    bestLabelFree: comparisonEntry(labelFree), bestOfAll: comparisonEntry(all), retrained,
    methods: Object.fromEntries([metaerr, ...baselines].map((method) => [method.name, methodEntry(method)])),
  };
}

/** Every cell of the grid for programs: a JSON array, one line a cell. Figures that rows do not define are null. */
export function cellsJson(cells: readonly JudgedCell<GridCell>[]): string {
  return `[\n${cells.map((judged) => JSON.stringify(cellEntry(judged), roundedTo(DIGITS))).join(',\n')}\n]\n`;
}
