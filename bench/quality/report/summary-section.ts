import { DEFAULT_MIN_UNLABELLED_ROWS } from '../../../src/inference/config/file-schema.js';
import { BANDS, FEWEST_FAILURES, inBand, summarizeRatios } from './bands.js';
import type { Band, RatioSummary } from './bands.js';
import { meanOf } from './cells.js';
import type { Cell, MethodSummary } from './cells.js';
import { compare } from './compare.js';
import type { Comparison, JudgedCell } from './compare.js';
import { count, fixed, percent, ratio, table } from './markdown.js';

const PLATT = /^Platt/i;
const MSP = /^MSP$/;

function bandRow(title: string, cells: readonly JudgedCell[], of: (cell: JudgedCell) => Comparison): string[] | null {
  const summary = summarizeRatios(cells, of);
  return summary === null ? null : [title, String(cells.length), `**${ratio(summary.mean)}**`, ratio(summary.geometricMean), named(summary.worstCell), named(summary.worstSeed), verdicts(summary)];
}

const named = ({ name, ratio: value }: { readonly name: string; readonly ratio: number }): string => `${ratio(value)} (${name})`;

function verdicts({ better, worse, counted }: RatioSummary): string {
  return counted === 0 ? 'none has so many' : `${better} better, ${worse} worse, of ${counted}`;
}

function bandTable(cells: readonly JudgedCell[], of: (cell: JudgedCell) => Comparison): string {
  const rows = BANDS.map((band) => bandRow(band.title, inBand(band, cells), of)).filter((row) => row !== null);
  const heads = ['rho', 'cells', 'mean ratio', 'geometric mean', 'worst cell', 'worst seed', `cells with ${FEWEST_FAILURES} failures or more`];
  return table(heads, rows);
}

/** The ratios and the calibration at no labels, which has no rho. */
function withoutLabels(cells: readonly JudgedCell[]): string {
  const none = cells.filter(({ cell }) => cell.labels === 0);
  const summary = summarizeRatios(none, ({ labelFree }) => labelFree);
  if (summary === null) return '';
  const confidence = summarizeRatios(none, ({ cell, labelFree }) => againstBest(cell, labelFree));
  const words = ({ mean, worstCell }: RatioSummary): string => `mean ratio to the best label-free baseline ${ratio(mean)}, worst cell ${named(worstCell)}`;
  const [brier, ece] = (['brier', 'ece'] as const).map((figure) => {
    const mean = (of: (cell: Cell) => MethodSummary | undefined): string => fixed(meanOf(none.map(({ cell }) => of(cell)?.figures[figure] ?? null)), figure === 'brier' ? 4 : 3);
    return `${mean(({ metaerr }) => metaerr)} against ${mean((cell) => find(cell, MSP))}`;
  });
  const beside = confidence === null ? '' : ` 1 - confidence, what is served before the first ${DEFAULT_MIN_UNLABELLED_ROWS} predictions: ${words(confidence)}.`;
  return `Without a label MetaErr serves its label-free meta-model ([decision 21](decisions/0021-a-meta-model-without-labels.md)): ${words(summary)}.${beside} Means over these cells: Brier ${brier}, ECE ${ece} of 1 - confidence, whose level it takes over.`;
}

/** 1 - confidence in the place of the product. */
function againstBest(cell: Cell, best: Comparison): Comparison {
  const confidence = find(cell, MSP);
  return confidence === undefined ? best : compare({ seeds: cell.seeds, metaerr: confidence }, best.baseline);
}

function find(cell: Cell, name: RegExp): MethodSummary | undefined {
  return cell.baselines.find((baseline) => name.test(baseline.name));
}

function calibrationRow(band: Band, cells: readonly JudgedCell[]): string[] {
  const own = inBand(band, cells).map(({ cell }) => cell);
  const mean = (of: (cell: Cell) => number | null | undefined): number | null => meanOf(own.map((cell) => of(cell) ?? null));
  const brier = [mean((cell) => find(cell, MSP)?.figures.brier), mean((cell) => find(cell, PLATT)?.figures.brier), mean((cell) => cell.metaerr.figures.brier)];
  const ece = [mean((cell) => find(cell, MSP)?.figures.ece), mean((cell) => find(cell, PLATT)?.figures.ece), mean((cell) => cell.metaerr.figures.ece)];
  return [band.title, count(own.length), ...brier.map((value) => fixed(value, 4)), ...ece.map((value) => fixed(value, 3))];
}

function calibrationTable(cells: readonly JudgedCell[]): string {
  const heads = ['rho', 'cells', 'Brier 1 - confidence', 'Brier Platt-scaled', 'Brier MetaErr', 'ECE 1 - confidence', 'ECE Platt-scaled', 'ECE MetaErr'];
  return table(heads, BANDS.filter((band) => inBand(band, cells).length > 0).map((band) => calibrationRow(band, cells)));
}

/** One row a base model: whether it is a sane one. */
function baseTable(cells: readonly JudgedCell[]): string {
  const first = new Map(cells.toReversed().map(({ cell }) => [cell.name, cell]));
  const rows = Array.from(first.values()).reverse().map((cell) => {
    const { name, setting, errorRate, cleanAccuracy, testRows, seeds } = cell;
    return [name, count(setting.baseRows), percent(cleanAccuracy), percent(errorRate), count(testRows), String(seeds.length)];
  });
  return table(['base model', 'trained on rows', 'accuracy on clean data %', 'wrong on the test rows %', 'test rows', 'seeds'], rows);
}

/** The summary: what decides, by band of rho. */
export function summarySection(plain: readonly JudgedCell[], others: readonly JudgedCell[]): string {
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
    calibrationTable([...plain, ...others]),
    '### Base models',
    baseTable([...plain, ...others]),
  ].join('\n\n');
}
