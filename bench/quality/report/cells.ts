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

/** A base model on one kind of stream. */
export interface Subject {
  readonly name: string;
  /** Rows that it was trained on; null where nobody says. */
  readonly baseRows: number | null;
}

/** One base model with one number of labels, over its seeds. */
export interface Cell extends Subject {
  readonly labels: number;
  readonly seeds: readonly number[];
  /** Mean number of failures among the labelled rows. */
  readonly failures: number;
  /** Labels by rows that the base model was trained on; null where these are not known. */
  readonly rho: number | null;
  readonly errorRate: number;
  readonly cleanAccuracy: number;
  readonly testRows: number;
  readonly metaerr: MethodSummary;
  readonly baselines: readonly MethodSummary[];
  readonly retrained: { readonly errorRate: number; readonly eaurc: number } | null;
}

/** A cell of the grid. */
export interface GridCell extends Cell {
  readonly setting: Setting;
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

type SeedResult = UnitResult<{ readonly seed: number }>;

function summarizeCell({ name, baseRows }: Subject, labels: number, units: readonly SeedResult[]): Cell | null {
  const found = units.flatMap((unit) => unit.cells.filter((cell) => cell.labels === labels).map((cell) => ({ unit, cell })));
  const [first] = found;
  if (first === undefined) return null;
  const cells = found.map(({ cell }) => cell);
  const mean = (of: (unit: SeedResult) => number): number => meanOf(found.map(({ unit }) => of(unit))) ?? NaN;
  return {
    name, baseRows, labels,
    seeds: found.map(({ unit }) => unit.unit.seed),
    failures: meanOf(cells.map(({ failures }) => failures)) ?? 0,
    rho: baseRows === null ? null : labels / baseRows,
    errorRate: mean((unit) => unit.errorRate),
    cleanAccuracy: mean((unit) => unit.cleanAccuracy),
    testRows: mean((unit) => unit.testRows),
    metaerr: summarizeMethod(METAERR, cells),
    baselines: first.cell.methods.filter(({ name }) => name !== METAERR).map(({ name }) => summarizeMethod(name, cells)),
    retrained: summarizeRetrained(cells),
  };
}

/** The cells of one base model over its seeds, by number of labels. */
export function summarizeSizes(subject: Subject, units: readonly SeedResult[]): Cell[] {
  const own = units.toSorted((a, b) => a.unit.seed - b.unit.seed);
  const sizes = [...new Set(own.flatMap(({ cells }) => cells.map(({ labels }) => labels)))].sort((a, b) => a - b);
  return sizes.map((labels) => summarizeCell(subject, labels, own)).filter((cell) => cell !== null);
}

/** The cells of all units of the grid, by setting and number of labels. */
export function summarizeCells(units: readonly UnitResult[]): GridCell[] {
  return SETTINGS.flatMap((setting) => {
    const name = settingName(setting);
    const own = units.filter(({ unit }) => settingName(unit) === name);
    return summarizeSizes({ name, baseRows: setting.baseRows }, own).map((cell) => ({ ...cell, setting }));
  });
}
