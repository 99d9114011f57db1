import type { Comparison, JudgedCell } from './compare.js';

/** Cells whose labels are so many times the base-training rows; the lower end belongs to a band. */
export interface Band {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

export const BANDS: readonly Band[] = [
  { title: 'below .02', from: 0, to: 0.02 },
  { title: '.02 to .05', from: 0.02, to: 0.05 },
  { title: '.05 to .2', from: 0.05, to: 0.2 },
  { title: '.2 to .6', from: 0.2, to: 0.6 },
  { title: '.6 to 1.5', from: 0.6, to: 1.5 },
  { title: '1.5 and above', from: 1.5, to: Infinity },
];

/** Failures below which a cell says little: no verdicts are counted. */
export const FEWEST_FAILURES = 50;

export interface RatioSummary {
  readonly mean: number;
  readonly geometricMean: number;
  readonly worstCell: { readonly name: string; readonly ratio: number };
  readonly worstSeed: { readonly name: string; readonly ratio: number };
  /** Of the cells with enough failures. */
  readonly better: number;
  readonly worse: number;
  readonly counted: number;
}

export function inBand({ from, to }: Band, cells: readonly JudgedCell[]): JudgedCell[] {
  return cells.filter(({ cell: { labels, rho } }) => labels > 0 && rho !== null && rho >= from && rho < to);
}

/** Ratios of cells to their own best baselines; null without a cell. */
export function summarizeRatios(cells: readonly JudgedCell[], of: (cell: JudgedCell) => Comparison): RatioSummary | null {
  const known = cells.flatMap((judged) => {
    const { ratio, worst, verdict } = of(judged);
    const name = `${judged.cell.name} n=${judged.cell.labels}`;
    return ratio === null ? [] : [{ name, ratio, verdict, failures: judged.cell.failures, worst: { name: `${name} seed ${worst?.seed ?? '-'}`, ratio: worst?.ratio ?? ratio } }];
  });
  if (known.length === 0) return null;
  const counted = known.filter(({ failures }) => failures >= FEWEST_FAILURES);
  const largest = <T extends { readonly ratio: number }>(all: readonly T[]): T => all.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return {
    mean: known.reduce((sum, { ratio }) => sum + ratio, 0) / known.length,
    geometricMean: Math.exp(known.reduce((sum, { ratio }) => sum + Math.log(Math.max(ratio, 1e-6)), 0) / known.length),
    worstCell: largest(known),
    worstSeed: largest(known.map(({ worst }) => worst)),
    better: counted.filter(({ verdict }) => verdict === 'better').length,
    worse: counted.filter(({ verdict }) => verdict === 'worse').length,
    counted: counted.length,
  };
}
