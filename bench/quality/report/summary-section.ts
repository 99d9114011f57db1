import { DEFAULT_MIN_UNLABELLED_ROWS } from '../../../src/inference/config/file-schema.js';
import { bandTable, named } from './band-table.js';
import { BANDS, inBand, summarizeRatios } from './bands.js';
import type { RatioSummary } from './bands.js';
import { calibrationTable } from './calibration-table.js';
import type { CalibrationRow } from './calibration-table.js';
import { meanOf } from './cells.js';
import type { Cell, GridCell, MethodSummary } from './cells.js';
import { compare } from './compare.js';
import type { Comparison, JudgedCell } from './compare.js';
import { count, fixed, percent, ratio, table } from './markdown.js';
import { confidenceOf } from './references.js';

/** The ratios and the calibration at no labels, which has no rho. */
function withoutLabels(cells: readonly JudgedCell[]): string {
  const none = cells.filter(({ cell }) => cell.labels === 0);
  const summary = summarizeRatios(none, ({ labelFree }) => labelFree);
  if (summary === null) return '';
  const confidence = summarizeRatios(none, ({ cell, labelFree }) => againstBest(cell, labelFree));
  const words = ({ mean, worstCell }: RatioSummary): string => `mean ratio to the best label-free baseline ${ratio(mean)}, worst cell ${named(worstCell)}`;
  const [brier, ece] = (['brier', 'ece'] as const).map((figure) => {
    const mean = (of: (cell: Cell) => MethodSummary | undefined): string => fixed(meanOf(none.map(({ cell }) => of(cell)?.figures[figure] ?? null)), figure === 'brier' ? 4 : 3);
    return `${mean(({ metaerr }) => metaerr)} against ${mean(confidenceOf)}`;
  });
  const beside = confidence === null ? '' : ` 1 - confidence, what is served before the first ${DEFAULT_MIN_UNLABELLED_ROWS} predictions: ${words(confidence)}.`;
  return `Without a label MetaErr serves its label-free meta-model ([decision 21](decisions/0021-a-meta-model-without-labels.md)): ${words(summary)}.${beside} Means over these cells: Brier ${brier}, ECE ${ece} of 1 - confidence, whose level it takes over.`;
}

/** 1 - confidence in the place of the product. */
function againstBest(cell: Cell, best: Comparison): Comparison {
  const confidence = confidenceOf(cell);
  return confidence === undefined ? best : compare({ seeds: cell.seeds, metaerr: confidence }, best.baseline);
}

function calibrationBands(cells: readonly JudgedCell[]): CalibrationRow[] {
  return BANDS.map((band) => ({ title: band.title, cells: inBand(band, cells).map(({ cell }) => cell) })).filter((row) => row.cells.length > 0);
}

/** One row a base model: whether it is a sane one. */
function baseTable(cells: readonly JudgedCell<GridCell>[]): string {
  const first = new Map(cells.toReversed().map(({ cell }) => [cell.name, cell]));
  const rows = Array.from(first.values()).reverse().map((cell) => {
    const { name, setting, errorRate, cleanAccuracy, testRows, seeds } = cell;
    return [name, count(setting.baseRows), percent(cleanAccuracy), percent(errorRate), count(testRows), String(seeds.length)];
  });
  return table(['base model', 'trained on rows', 'accuracy on clean data %', 'wrong on the test rows %', 'test rows', 'seeds'], rows);
}

/** The summary: what decides, by band of rho. */
export function summarySection(plain: readonly JudgedCell<GridCell>[], others: readonly JudgedCell<GridCell>[]): string {
  const shifted = others.length === 0 ? [] : [
    '### Shifted streams and selected labels',
    'Noise on the inputs, half of the classes rare, or only the riskier half of the stream labelled; against the best label-free baseline, then against the best of all.',
    bandTable(others, ({ labelFree }) => labelFree),
    bandTable(others, ({ all }) => all),
  ];
  return [
    '## Summary',
    'Ratio of E-AURC, MetaErr / baseline, below 1 is better; the baseline is the one with the lowest mean over the seeds of that very cell, chosen with hindsight. "Better" and "worse": the 95 % interval of the difference (paired bootstrap over the test rows of all seeds) leaves out 0.',
    '### Against the best baseline that needs no labels',
    bandTable(plain, ({ labelFree }) => labelFree),
    withoutLabels([...plain, ...others]),
    '### Against the best of all baselines, given the same labels',
    bandTable(plain, ({ all }) => all),
    ...shifted,
    '### Calibration',
    'Means over the cells.',
    calibrationTable('rho', calibrationBands([...plain, ...others])),
    '### Base models',
    baseTable([...plain, ...others]),
  ].join('\n\n');
}
