import { BANDS, FEWEST_FAILURES, inBand, summarizeRatios } from './bands.js';
import type { RatioSummary } from './bands.js';
import type { Comparison, JudgedCell } from './compare.js';
import { ratio, table } from './markdown.js';

/** A ratio with the name of what has it. */
export const named = ({ name, ratio: value }: { readonly name: string; readonly ratio: number }): string => `${ratio(value)} (${name})`;

function verdicts({ better, worse, counted }: RatioSummary): string {
  return counted === 0 ? 'none has so many' : `${better} better, ${worse} worse, of ${counted}`;
}

function bandRow(title: string, cells: readonly JudgedCell[], of: (cell: JudgedCell) => Comparison): string[] | null {
  const summary = summarizeRatios(cells, of);
  return summary === null ? null : [title, String(cells.length), `**${ratio(summary.mean)}**`, ratio(summary.geometricMean), named(summary.worstCell), named(summary.worstSeed), verdicts(summary)];
}

/** Ratios by band of rho; cells without one are left out. */
export function bandTable(cells: readonly JudgedCell[], of: (cell: JudgedCell) => Comparison): string {
  const rows = BANDS.map((band) => bandRow(band.title, inBand(band, cells), of)).filter((row) => row !== null);
  const heads = ['rho', 'cells', 'mean ratio', 'geometric mean', 'worst cell', 'worst seed', `cells with ${FEWEST_FAILURES} failures or more`];
  return table(heads, rows);
}
