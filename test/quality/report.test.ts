import t from 'tap';
import type { Figures } from '../../bench/quality/metrics/figures.js';
import { packResamples } from '../../bench/quality/grid/results.js';
import type { MethodResult, UnitResult } from '../../bench/quality/grid/results.js';
import { BANDS, inBand, summarizeRatios } from '../../bench/quality/report/bands.js';
import { summarizeCells } from '../../bench/quality/report/cells.js';
import { cellsJson } from '../../bench/quality/report/cells-json.js';
import { judgeCell } from '../../bench/quality/report/compare.js';
import { besideEarlier, earlierCells } from '../../bench/quality/report/earlier-cells.js';
import { extentLine } from '../../bench/quality/report/extent.js';
import type { PublishedCell } from '../../bench/quality/report/published-cell.js';

const NOTHING: Figures = { auroc: null, aurc: null, eaurc: null, fpr95: null, aupr: null, risk80: null, risk90: null, brier: null, logLoss: null, ece: null };

/** Resamples that differ from the figure by nothing but a common swing. */
function method(name: string, needs: MethodResult['needs'], eaurc: number, swing = 0): MethodResult {
  const resamples = Float64Array.from({ length: 40 }, (_, index) => eaurc + (index % 2 === 0 ? swing : -swing));
  return { name, needs, competes: name !== 'metaerr', figures: { ...NOTHING, eaurc }, resamples: packResamples(resamples), curves: null };
}

function unit(seed: number, methods: readonly MethodResult[]): UnitResult {
  const cell = { labels: 200, failures: 60, methods, retrained: null, diagnostics: null };
  return { unit: { data: 'letter', family: 'net', baseRows: 2000, scenario: 'plain', seed }, wanted: [200], testRows: 100, errorRate: 0.2, cleanAccuracy: 0.8, cells: [cell], seconds: {} };
}

/** Margin is the better of the label-free ones on the mean, MSP on seed 2. */
const UNITS = [
  unit(1, [method('metaerr', 'labels', 0.01), method('MSP', 'nothing', 0.04), method('margin', 'nothing', 0.02), method('Platt', 'labels', 0.03)]),
  unit(2, [method('metaerr', 'labels', 0.02), method('MSP', 'nothing', 0.015), method('margin', 'nothing', 0.02), method('Platt', 'labels', 0.005, 0.02)]),
];

t.test('the best baseline is that of the lowest mean over the seeds of the cell', async (t) => {
  const [cell] = summarizeCells(UNITS);
  const judged = cell === undefined ? null : judgeCell(cell);
  t.equal(judged?.labelFree.baseline.name, 'margin');
  t.equal(judged?.all.baseline.name, 'Platt');
  t.ok(Math.abs((judged?.labelFree.ratio ?? NaN) - 0.015 / 0.02) < 1e-12);
  t.same(judged?.labelFree.worst, { seed: 2, ratio: 1 });
  t.same(judged?.all.worst, { seed: 2, ratio: 4 });
});

t.test('the interval of the mean difference over the seeds gives the verdict', async (t) => {
  const [cell] = summarizeCells(UNITS);
  const judged = cell === undefined ? null : judgeCell(cell);
  t.equal(judged?.labelFree.verdict, 'better');
  const [lower = NaN, upper = NaN] = judged?.labelFree.interval ?? [];
  t.ok(Math.abs(lower + 0.005) < 1e-6 && Math.abs(upper + 0.005) < 1e-6);
  t.equal(judged?.all.verdict, 'equal');
});

t.test('bands: by rho, with the worst cell and seed and the verdicts', async (t) => {
  const judged = summarizeCells(UNITS).map(judgeCell).filter((each) => each !== null);
  const holding = BANDS.filter((band) => inBand(band, judged).length > 0);
  t.same(holding.map(({ title }) => title), ['.05 to .2']);
  const summary = summarizeRatios(judged, ({ labelFree }) => labelFree);
  t.same(summary?.worstSeed, { name: 'letter/net-2000 n=200 seed 2', ratio: 1 });
  t.same([summary?.better, summary?.worse, summary?.counted], [1, 0, 1]);
});

/** The cells of units, as measured by the version with a decision. */
function published(units: readonly UnitResult[], decision: number): PublishedCell[] {
  return summarizeCells(units).map(judgeCell).filter((judged) => judged !== null).map((judged) => ({ ...judged, decision }));
}

t.test('cells as JSON: one line a cell, every method with its figures and the E-AURC of each seed', async (t) => {
  const text = cellsJson(published(UNITS, 36));
  const [cell, ...others] = JSON.parse(text) as [Record<string, unknown> & { methods: Record<string, unknown> }];
  t.equal(others.length, 0);
  t.equal(text.trim().split('\n').length, 3);
  t.match(cell, { setting: 'letter/net-2000', labels: 200, seeds: [1, 2], decision: 36, failures: 60, rho: 0.1, bestLabelFree: { baseline: 'margin', ratio: 0.75, verdict: 'better' }, bestOfAll: { baseline: 'Platt', verdict: 'equal' } });
  t.same(Object.keys(cell.methods), ['metaerr', 'MSP', 'margin', 'Platt']);
  t.match(cell.methods['metaerr'], { needs: 'labels', competes: false, eaurc: 0.015, brier: null, eaurcs: [0.01, 0.02] });
});

t.test('cells that were written are read again as they were, but for resamples and curves', async (t) => {
  const cells = published(UNITS, 36);
  const read = earlierCells(cellsJson(cells));
  t.equal(cellsJson(read), cellsJson(cells));
  t.same(read[0]?.all.verdict, cells[0]?.all.verdict);
  t.ok(Math.abs((read[0]?.all.ratio ?? NaN) / (cells[0]?.all.ratio ?? NaN) - 1) < 1e-3, 'a ratio of four digits');
  t.same(read[0]?.cell.setting, cells[0]?.cell.setting);
});

t.test('a cell whose setting there is no more is left out, one without its best baseline is refused', async (t) => {
  const text = cellsJson(published(UNITS, 36));
  t.same(earlierCells(text.replaceAll('letter/net-2000', 'letter/net-7')), []);
  t.throws(() => earlierCells(text.replace('"baseline":"margin"', '"baseline":"median"')), { message: "no method is called 'median'" });
});

t.test('earlier cells stay where they were not measured again, and the page names both versions', async (t) => {
  const moreLabels = UNITS.map(({ cells, ...rest }) => ({ ...rest, cells: cells.map((cell) => ({ ...cell, labels: 3000 })) }));
  const other = UNITS.map((result) => ({ ...result, unit: { ...result.unit, data: 'digits' as const, baseRows: 100 } }));
  const cells = besideEarlier(published(UNITS, 37), published([...moreLabels, ...UNITS, ...other], 33));
  t.same(cells.map(({ cell, decision }) => [cell.name, cell.labels, decision]), [['digits/net-100', 200, 33], ['letter/net-2000', 200, 37], ['letter/net-2000', 3000, 33]]);
  t.match(extentLine(cells), 'different versions: 1 cell (n of 200) with decisions up to 37, 2 cells (n of 200; 3,000) with decisions up to 33.');
  t.match(extentLine(published(UNITS, 37)), 'All are of one version, with decisions up to 37.');
});
