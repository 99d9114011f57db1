import type { Figures } from '../metrics/figures.js';
import { METAERR, unpackResamples } from '../grid/results.js';
import type { CellResult, MethodResult, UnitResult } from '../grid/results.js';
import { SETTINGS, settingName } from '../grid/units.js';
import type { Setting } from '../grid/units.js';

/** A method over the seeds of a cell. */
export interface MethodSummary {
  readonly name: string;
  readonly needs: MethodResult['needs'];
  readonly competes: boolean;
  /** Means over the seeds where a figure is defined. */
  readonly figures: Figures;
  /** E-AURC of each seed, in the order of `seeds`. */
  readonly eaurcs: readonly number[];
  /** E-AURC of each seed in each resample. */
  readonly resamples: readonly Float32Array[];
  readonly curves: MethodResult['curves'];
}

/** One setting with one number of labels, over its seeds. */
export interface Cell {
  readonly setting: Setting;
  readonly name: string;
  readonly labels: number;
  readonly seeds: readonly number[];
  /** Mean number of failures among the labelled rows. */
  readonly failures: number;
  /** Labels by rows that the base model was trained on. */
  readonly rho: number;
  readonly errorRate: number;
  readonly cleanAccuracy: number;
  readonly testRows: number;
  readonly metaerr: MethodSummary;
  readonly baselines: readonly MethodSummary[];
  readonly retrained: { readonly errorRate: number; readonly eaurc: number } | null;
}

/** The mean of what is not null; null where nothing is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function summarizeFigures(all: readonly Figures[]): Figures {
  const mean = (name: keyof Figures): number | null => meanOf(all.map((figures) => figures[name]));
  return {
    auroc: mean('auroc'), aurc: mean('aurc'), eaurc: mean('eaurc'), fpr95: mean('fpr95'), aupr: mean('aupr'),
    risk80: mean('risk80'), risk90: mean('risk90'), brier: mean('brier'), logLoss: mean('logLoss'), ece: mean('ece'),
  };
}

/** A method over the results of several seeds. Throws where no cell has it. */
export function summarizeMethod(name: string, cells: readonly Pick<CellResult, 'methods'>[]): MethodSummary {
  const results = cells.map(({ methods }) => methods.find((method) => method.name === name)).filter((result) => result !== undefined);
  const [first] = results;
  if (first === undefined) throw new Error(`no result of ${name}`);
  return {
    name,
    needs: first.needs,
    competes: first.competes,
    figures: summarizeFigures(results.map(({ figures }) => figures)),
    eaurcs: results.map(({ figures }) => figures.eaurc ?? NaN),
    resamples: results.map(({ resamples }) => unpackResamples(resamples)),
    curves: results.find(({ curves }) => curves !== null)?.curves ?? null,
  };
}

function summarizeRetrained(cells: readonly CellResult[]): Cell['retrained'] {
  const results = cells.map(({ retrained }) => retrained).filter((retrained) => retrained !== null);
  const errorRate = meanOf(results.map((result) => result.errorRate));
  const eaurc = meanOf(results.map((result) => result.eaurc));
  return errorRate === null || eaurc === null ? null : { errorRate, eaurc };
}

function summarizeCell(setting: Setting, labels: number, units: readonly UnitResult[]): Cell | null {
  const found = units.flatMap((unit) => unit.cells.filter((cell) => cell.labels === labels).map((cell) => ({ unit, cell })));
  const [first] = found;
  if (first === undefined) return null;
  const cells = found.map(({ cell }) => cell);
  const mean = (of: (unit: UnitResult) => number): number => meanOf(found.map(({ unit }) => of(unit))) ?? NaN;
  return {
    setting, labels,
    name: settingName(setting),
    seeds: found.map(({ unit }) => unit.unit.seed),
    failures: meanOf(cells.map(({ failures }) => failures)) ?? 0,
    rho: labels / setting.baseRows,
    errorRate: mean((unit) => unit.errorRate),
    cleanAccuracy: mean((unit) => unit.cleanAccuracy),
    testRows: mean((unit) => unit.testRows),
    metaerr: summarizeMethod(METAERR, cells),
    baselines: first.cell.methods.filter(({ name }) => name !== METAERR).map(({ name }) => summarizeMethod(name, cells)),
    retrained: summarizeRetrained(cells),
  };
}

/** The cells of all units, by setting and number of labels. */
export function summarizeCells(units: readonly UnitResult[]): Cell[] {
  return SETTINGS.flatMap((setting) => {
    const own = units.filter(({ unit }) => settingName(unit) === settingName(setting)).sort((a, b) => a.unit.seed - b.unit.seed);
    const sizes = [...new Set(own.flatMap(({ cells }) => cells.map(({ labels }) => labels)))].sort((a, b) => a - b);
    return sizes.map((labels) => summarizeCell(setting, labels, own)).filter((cell) => cell !== null);
  });
}
