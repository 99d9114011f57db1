import { mkdirSync, writeFileSync } from 'node:fs';
import { STREAMS } from '../data/load.js';
import type { UnitResult } from '../grid/results.js';
import { SETTINGS, unitName } from '../grid/units.js';
import type { Unit } from '../grid/units.js';
import { ResultsFile } from '../run/results-file.js';
import { cellsJson } from './cells-json.js';
import { CELLS_LEGEND, dataSection } from './cells-section.js';
import { summarizeCells } from './cells.js';
import type { GridCell } from './cells.js';
import { judgeCell } from './compare.js';
import type { JudgedCell } from './compare.js';
import { HEAD, PICTURES } from './head.js';
import { labelsPicture, reliabilityPicture, riskPicture } from './pictures.js';
import { summarySection } from './summary-section.js';

const FOLDER = 'docs/quality';
/** A base model a data set for the pictures, and the number of labels of their curves. */
const PICTURED = ['letter/forest-2000', 'satellite/net-400', 'fashion/smoothed-2000', 'letter-pairs/net-2000', 'fashion-full/net-45000', 'letter/net-2000/noise'];
const PICTURED_LABELS = 1000;
const CURVES = 3;

function writePictures(cells: readonly JudgedCell[]): void {
  const settings = new Map(PICTURED.map((name) => [name, cells.filter(({ cell }) => cell.name === name)] as const).filter(([, own]) => own.length > 0));
  const curves = [...settings.values()].flatMap((own) => own.filter(({ cell }) => cell.labels === PICTURED_LABELS)).slice(0, CURVES);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/labels.svg`, labelsPicture(settings));
  writeFileSync(`${FOLDER}/risk-coverage.svg`, riskPicture(curves));
  writeFileSync(`${FOLDER}/reliability.svg`, reliabilityPicture(curves));
}

/** How much of the grid this page rests on. */
function extentLine(cells: readonly JudgedCell[]): string {
  const settings = new Set(cells.map(({ cell }) => cell.name)).size;
  const counts = cells.map(({ cell }) => cell.seeds.length);
  const seeds = [...new Set(counts)].toSorted((a, b) => b - a).map((count) => `${count} in ${counts.filter((other) => other === count).length}`);
  return `**This page.** ${settings} of the grid's ${SETTINGS.length} settings, ${cells.length} cells; seeds a cell: ${seeds.join(', ')}. Intervals are over the test rows of those seeds; how much another split, base model or net would change is seen from the worst seed only.`;
}

/** Reads the results of a folder and writes docs/quality.md, its pictures and its cells as JSON. Throws when there are none. */
export function writeReport(folder: string): void {
  const file = new ResultsFile<Unit, UnitResult>(folder, unitName);
  const cells = summarizeCells(file.read()).map(judgeCell).filter((judged) => judged !== null);
  if (cells.length === 0) throw new Error(`${file.path} has no results; run the benchmark first`);
  writePictures(cells);
  const isPlain = ({ cell }: JudgedCell<GridCell>): boolean => cell.setting.scenario === 'plain';
  const sections = STREAMS.map((data) => [data, cells.filter(({ cell }) => cell.setting.data === data)] as const).filter(([, own]) => own.length > 0);
  const document = [
    HEAD,
    extentLine(cells),
    summarySection(cells.filter(isPlain), cells.filter((judged) => !isPlain(judged))),
    PICTURES,
    '## Every cell',
    CELLS_LEGEND,
    ...sections.map(([data, own]) => dataSection(data, own)),
  ];
  writeFileSync(`${FOLDER}/cells.json`, cellsJson(cells));
  writeFileSync('docs/quality.md', `${document.join('\n\n')}\n`);
}
