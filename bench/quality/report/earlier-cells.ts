import { SETTINGS, settingName } from '../grid/units.js';
import { METAERR } from '../grid/results.js';
import type { CellEntry, ComparisonEntry, MethodEntry } from './cells-json.js';
import type { MethodSummary } from './cells.js';
import type { Comparison } from './compare.js';
import type { PublishedCell } from './published-cell.js';

const SETTING_OF = new Map(SETTINGS.map((setting) => [settingName(setting), setting]));
const keyOf = ({ cell: { name, labels } }: PublishedCell): string => `${name} ${labels}`;

function summaryOf(name: string, { needs, competes, eaurcs, ...figures }: MethodEntry): MethodSummary {
  return { name, needs, competes, figures, eaurcs: eaurcs.map((eaurc) => eaurc ?? NaN), resamples: [], curves: null };
}

function comparisonOf({ baseline: name, ...rest }: ComparisonEntry, methods: readonly MethodSummary[]): Comparison {
  const baseline = methods.find((method) => method.name === name);
  if (baseline === undefined) throw new Error(`no method is called '${name}'`);
  return { baseline, ...rest };
}

function cellOf({ setting: name, bestLabelFree, bestOfAll, methods, decision, data: _data, family: _family, scenario: _scenario, ...rest }: CellEntry): PublishedCell | null {
  const setting = SETTING_OF.get(name);
  if (setting === undefined) return null;
  const all = Object.entries(methods).map(([method, entry]) => summaryOf(method, entry));
  const metaerr = all.find((method) => method.name === METAERR);
  if (metaerr === undefined) throw new Error(`${name}: no method is called '${METAERR}'`);
  const cell = { ...rest, name, setting, metaerr, baselines: all.filter((method) => method !== metaerr) };
  return { cell, decision, labelFree: comparisonOf(bestLabelFree, all), all: comparisonOf(bestOfAll, all) };
}

/** The cells that `cellsJson` wrote, without resamples and curves; those of settings that there are no more are left out. */
export function earlierCells(text: string): PublishedCell[] {
  return (JSON.parse(text) as CellEntry[]).map(cellOf).filter((cell) => cell !== null);
}

/** Cells that were measured now, and the earlier ones that were not measured again, in the order of the grid. */
export function besideEarlier(now: readonly PublishedCell[], earlier: readonly PublishedCell[]): PublishedCell[] {
  const measured = new Set(now.map(keyOf));
  const names = [...SETTING_OF.keys()];
  return [...now, ...earlier.filter((cell) => !measured.has(keyOf(cell)))]
    .sort((a, b) => names.indexOf(a.cell.name) - names.indexOf(b.cell.name) || a.cell.labels - b.cell.labels);
}
