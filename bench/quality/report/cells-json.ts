import type { Figures } from '../metrics/figures.js';
import { roundedTo } from '../run/rounded-to.js';
import type { Setting } from '../grid/units.js';
import type { Cell, MethodSummary } from './cells.js';
import type { Comparison } from './compare.js';
import type { PublishedCell } from './published-cell.js';

/** Digits that are kept of every figure; the noise between seeds is far larger. */
const DIGITS = 4;

/** A method's mean figures, and its E-AURC with each of the cell's seeds; figures that rows do not define are null. */
export interface MethodEntry extends Figures, Pick<MethodSummary, 'needs' | 'competes'> {
  readonly eaurcs: readonly (number | null)[];
}

export interface ComparisonEntry extends Omit<Comparison, 'baseline'> {
  /** Its name among the methods. */
  readonly baseline: string;
}

/** A line of the file. */
export interface CellEntry extends Setting, Omit<Cell, 'name' | 'baseRows' | 'metaerr' | 'baselines'> {
  readonly setting: string;
  /** The newest decision of the version that measured the cell. */
  readonly decision: number;
  readonly bestLabelFree: ComparisonEntry;
  readonly bestOfAll: ComparisonEntry;
  readonly methods: Readonly<Record<string, MethodEntry>>;
}

function methodEntry({ needs, competes, figures, eaurcs }: MethodSummary): MethodEntry {
  return { needs, competes, ...figures, eaurcs };
}

function comparisonEntry({ baseline, ratio, worst, interval, verdict }: Comparison): ComparisonEntry {
  return { baseline: baseline.name, ratio, worst, interval, verdict };
}

function cellEntry({ cell, decision, labelFree, all }: PublishedCell): CellEntry {
  const { name, setting, labels, seeds, failures, rho, errorRate, cleanAccuracy, testRows, metaerr, baselines, retrained } = cell;
  const { data, family, baseRows, scenario } = setting;
  return {
    setting: name, data, family, baseRows, scenario, decision, labels, seeds, failures, rho, errorRate, cleanAccuracy, testRows,
    bestLabelFree: comparisonEntry(labelFree), bestOfAll: comparisonEntry(all), retrained,
    methods: Object.fromEntries([metaerr, ...baselines].map((method) => [method.name, methodEntry(method)])),
  };
}

/** Every cell of the grid for programs: a JSON array, one line a cell. */
export function cellsJson(cells: readonly PublishedCell[]): string {
  return `[\n${cells.map((cell) => JSON.stringify(cellEntry(cell), roundedTo(DIGITS))).join(',\n')}\n]\n`;
}
