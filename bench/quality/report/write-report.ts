import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { STREAMS } from '../data/load.js';
import type { UnitResult } from '../grid/results.js';
import { unitName } from '../grid/units.js';
import type { Unit } from '../grid/units.js';
import { ResultsFile } from '../run/results-file.js';
import { cellsJson } from './cells-json.js';
import { CELLS_LEGEND, dataSection } from './cells-section.js';
import { summarizeCells } from './cells.js';
import { judgeCell } from './compare.js';
import { besideEarlier, earlierCells } from './earlier-cells.js';
import { extentLine } from './extent.js';
import { HEAD, PICTURES } from './head.js';
import { labelsPicture, reliabilityPicture, riskPicture } from './pictures.js';
import { newestDecision, type PublishedCell } from './published-cell.js';
import { summarySection } from './summary-section.js';

const FOLDER = 'docs/quality';
const CELLS = `${FOLDER}/cells.json`;
/** A base model a data set for the pictures, and the number of labels of their curves. */
const PICTURED = ['letter/forest-2000', 'satellite/net-400', 'fashion/smoothed-2000', 'letter-pairs/net-2000', 'fashion-full/net-45000', 'letter/net-2000/noise'];
const PICTURED_LABELS = 1000;
const CURVES = 3;

function writePictures(cells: readonly PublishedCell[]): void {
  const settings = new Map(PICTURED.map((name) => [name, cells.filter(({ cell }) => cell.name === name)] as const).filter(([, own]) => own.length > 0));
  const curves = [...settings.values()].flatMap((own) => own.filter(({ cell }) => cell.labels === PICTURED_LABELS)).slice(0, CURVES);
  const areMeasured = curves.every(({ cell }) => cell.metaerr.curves !== null);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/labels.svg`, labelsPicture(settings));
  // The curves of earlier cells are not kept; the pictures of them are.
  if (!areMeasured) return;
  writeFileSync(`${FOLDER}/risk-coverage.svg`, riskPicture(curves));
  writeFileSync(`${FOLDER}/reliability.svg`, reliabilityPicture(curves));
}

/** The cells of a folder's results. Throws when there are none. */
function measuredCells(folder: string): PublishedCell[] {
  const file = new ResultsFile<Unit, UnitResult>(folder, unitName);
  const decision = newestDecision('docs/decisions');
  const cells = summarizeCells(file.read()).map(judgeCell).filter((judged) => judged !== null).map((judged) => ({ ...judged, decision }));
  if (cells.length === 0) throw new Error(`${file.path} has no results; run the benchmark first`);
  return cells;
}

/**
 * Reads the results of a folder and writes docs/quality.md, its pictures and its cells as JSON. With `keepEarlier` the cells of the page that the folder
 * lacks stay, and the page says which version measured them. Throws when the folder has no results.
 */
export function writeReport(folder: string, keepEarlier: boolean): void {
  const now = measuredCells(folder);
  const cells = keepEarlier && existsSync(CELLS) ? besideEarlier(now, earlierCells(readFileSync(CELLS, 'utf8'))) : now;
  writePictures(cells);
  const isPlain = ({ cell }: PublishedCell): boolean => cell.setting.scenario === 'plain';
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
  writeFileSync(CELLS, cellsJson(cells));
  writeFileSync('docs/quality.md', `${document.join('\n\n')}\n`);
}
