import type { Cell, MethodSummary } from './cells.js';

/** The product against one baseline in a cell; E-AURC, so a ratio below 1 is better. */
export interface Comparison {
  readonly baseline: MethodSummary;
  /** Of the means over the seeds; null where the baseline makes no mistake. */
  readonly ratio: number | null;
  /** The largest ratio of a single seed. */
  readonly worst: { readonly seed: number; readonly ratio: number } | null;
  /** 95 % interval of the mean difference over the seeds, product - baseline, by a paired bootstrap over the test rows. */
  readonly interval: readonly [lower: number, upper: number];
  readonly verdict: 'better' | 'worse' | 'equal';
}

/** The product in a cell. */
type Own = Pick<Cell, 'seeds' | 'metaerr'>;

function ratioOf(own: number, other: number): number | null {
  return other > 0 && Number.isFinite(own) ? own / other : null;
}

function worstSeed(cell: Own, baseline: MethodSummary): Comparison['worst'] {
  let worst: Comparison['worst'] = null;
  cell.seeds.forEach((seed, index) => {
    const ratio = ratioOf(cell.metaerr.eaurcs[index] ?? NaN, baseline.eaurcs[index] ?? NaN);
    if (ratio !== null && ratio > (worst?.ratio ?? -Infinity)) worst = { seed, ratio };
  });
  return worst;
}

/** Each resample draws the test rows of every seed anew; the seeds themselves are not drawn. */
function intervalOf(own: readonly Float32Array[], other: readonly Float32Array[]): readonly [number, number] {
  const resamples = own[0]?.length ?? 0;
  const means = Float64Array.from({ length: resamples }, (_, resample) => {
    const sum = own.reduce((total, values, seed) => total + (values[resample] ?? NaN) - (other[seed]?.[resample] ?? NaN), 0);
    return sum / own.length;
  }).sort();
  const at = (share: number): number => means[Math.round(share * (resamples - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}

export function compare(cell: Own, baseline: MethodSummary): Comparison {
  const interval = intervalOf(cell.metaerr.resamples, baseline.resamples);
  return {
    baseline, interval,
    ratio: ratioOf(cell.metaerr.figures.eaurc ?? NaN, baseline.figures.eaurc ?? NaN),
    worst: worstSeed(cell, baseline),
    verdict: interval[1] < 0 ? 'better' : interval[0] > 0 ? 'worse' : 'equal',
  };
}

/** The competing baseline of the lowest mean E-AURC in the cell. */
export function bestBaseline(cell: Cell, among: 'label-free' | 'all'): MethodSummary | null {
  const eaurc = ({ figures }: MethodSummary): number => figures.eaurc ?? Infinity;
  const competing = cell.baselines.filter(({ competes, needs }) => competes && (among === 'all' || needs === 'nothing'));
  return competing.toSorted((a, b) => eaurc(a) - eaurc(b))[0] ?? null;
}

/** A cell with the two comparisons that count. */
export interface JudgedCell<C extends Cell = Cell> {
  readonly cell: C;
  readonly labelFree: Comparison;
  readonly all: Comparison;
}

export function judgeCell<C extends Cell>(cell: C): JudgedCell<C> | null {
  const [labelFree, all] = [bestBaseline(cell, 'label-free'), bestBaseline(cell, 'all')];
  if (labelFree === null || all === null) return null;
  return { cell, labelFree: compare(cell, labelFree), all: compare(cell, all) };
}
