import { linearAxis, stepAxis } from './axis.js';
import type { Cell, MethodSummary } from './cells.js';
import type { JudgedCell } from './compare.js';
import { drawPanels } from './panel.js';
import type { Panel, Series } from './panel.js';
import { COLOURS } from './svg.js';
import type { LineStyle, Point } from './svg.js';
import { confidenceOf, plattOf } from './references.js';

/** Names in every legend, and how each is drawn. */
const STYLES = {
  'MetaErr': { colour: COLOURS.blue, width: 2.6 },
  'best label-free baseline': { colour: COLOURS.orange },
  'best baseline of all': { colour: COLOURS.green, dashes: '6 3' },
  'retrained base model, its own confidence': { colour: COLOURS.grey, dashes: '2 3' },
  'perfect': { colour: COLOURS.grey, width: 1, dashes: '4 4' },
  '1 - confidence': { colour: COLOURS.orange },
  'Platt-scaled confidence': { colour: COLOURS.green, dashes: '6 3' },
} as const satisfies Record<string, LineStyle>;

function series(name: keyof typeof STYLES, points: readonly Point[], dots = true): Series[] {
  return points.length === 0 ? [] : [{ name, style: STYLES[name], points, dots }];
}

const thousandths = (value: number): string => String(Math.round(value * 1e5) / 1e2);
const percent = (value: number): string => `${Math.round(value * 100)} %`;
const largest = (all: readonly Series[], of: (point: Point) => number): number => Math.max(...all.flatMap(({ points }) => points.map(of)), 1e-4);

function overLabels(name: string, cells: readonly JudgedCell[]): Panel {
  const line = (value: (judged: JudgedCell) => number | null | undefined): Point[] =>
    cells.flatMap((judged) => {
      const y = value(judged);
      return y === null || y === undefined ? [] : [{ x: judged.cell.labels, y }];
    });
  const all = [
    ...series('retrained base model, its own confidence', line(({ cell }) => cell.retrained?.eaurc)),
    ...series('best label-free baseline', line(({ labelFree }) => labelFree.baseline.figures.eaurc)),
    ...series('best baseline of all', line((judged) => judged.all.baseline.figures.eaurc)),
    ...series('MetaErr', line(({ cell }) => cell.metaerr.figures.eaurc)),
  ];
  const labels = stepAxis('labels', cells.map(({ cell }) => cell.labels));
  return { title: name, x: labels, y: linearAxis('E-AURC x1000', largest(all, ({ y }) => y), thousandths), series: all };
}

/** E-AURC over the number of labels, one panel a setting. */
export function labelsPicture(bySetting: ReadonlyMap<string, readonly JudgedCell[]>): string {
  return drawPanels('E-AURC over the number of labels', Array.from(bySetting, ([name, cells]) => overLabels(name, cells)), 3);
}

function curvePoints(method: MethodSummary): Point[] {
  return (method.curves?.riskCoverage ?? []).map(([x, y]) => ({ x, y }));
}

function riskPanel({ cell, labelFree, all }: JudgedCell): Panel {
  const failures = cell.errorRate;
  const perfect = Array.from({ length: 51 }, (_, index) => index / 50).filter((x) => x > 0).map((x) => ({ x, y: Math.max(0, x - (1 - failures)) / x }));
  const lines = [
    ...series('perfect', perfect, false),
    ...series('best label-free baseline', curvePoints(labelFree.baseline), false),
    ...series('best baseline of all', curvePoints(all.baseline), false),
    ...series('MetaErr', curvePoints(cell.metaerr), false),
  ];
  const y = linearAxis('share of them that are failures', largest(lines, (point) => point.y), percent);
  return { title: titleOf(cell), x: linearAxis('share of predictions accepted', 1, percent), y, series: lines };
}

const titleOf = (cell: Cell): string => `${cell.name}, n=${cell.labels.toLocaleString('en')}`;

export function riskPicture(cells: readonly JudgedCell[]): string {
  return drawPanels('Risk over coverage', cells.map(riskPanel), 3);
}

function reliabilityPoints(method: MethodSummary | undefined): Point[] {
  return (method?.curves?.reliability ?? []).map(([x, y]) => ({ x, y }));
}

function reliabilityPanel({ cell }: JudgedCell): Panel {
  const lines = [
    ...series('1 - confidence', reliabilityPoints(confidenceOf(cell))),
    ...series('Platt-scaled confidence', reliabilityPoints(plattOf(cell))),
    ...series('MetaErr', reliabilityPoints(cell.metaerr)),
  ];
  const end = largest(lines, ({ x, y }) => Math.max(x, y));
  const [x, y] = [linearAxis('failure probability', end, percent), linearAxis('failures', end, percent)];
  const most = x.ticks.at(-1)?.value ?? 1;
  return { title: titleOf(cell), x, y, series: [...series('perfect', [{ x: 0, y: 0 }, { x: most, y: most }], false), ...lines] };
}

export function reliabilityPicture(cells: readonly JudgedCell[]): string {
  return drawPanels('Reliability of the failure probability', cells.map(reliabilityPanel), 3);
}
