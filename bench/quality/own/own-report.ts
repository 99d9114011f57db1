import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bandTable } from '../report/band-table.js';
import { calibrationTable } from '../report/calibration-table.js';
import { CELLS_LEGEND, dataSection } from '../report/cells-section.js';
import { count, table } from '../report/markdown.js';
import { labelsPicture, reliabilityPicture, riskPicture } from '../report/pictures.js';
import { ANSWER_COLUMNS } from './answer-columns.js';
import { ownHead } from './own-head.js';
import type { OwnReport } from './own-summary.js';

const PICTURES = { labels: 'report-labels.svg', risk: 'report-risk-coverage.svg', reliability: 'report-reliability.svg' } as const;
/** Curves of so many numbers of labels, the largest ones. */
const CURVES = 3;

function writePictures(folder: string, { name, cells }: OwnReport): void {
  const curves = cells.slice(-CURVES);
  writeFileSync(join(folder, PICTURES.labels), labelsPicture(new Map([[name, cells]])));
  writeFileSync(join(folder, PICTURES.risk), riskPicture(curves));
  writeFileSync(join(folder, PICTURES.reliability), reliabilityPicture(curves));
}

/** By rho, as the grid's page has it. */
function bands({ baseRows, cells }: OwnReport): string[] {
  if (baseRows === null) return [];
  return [
    '## By rho',
    'Against the best baseline that needs no labels, then against the best of all, given the same labels; docs/quality.md has the same tables over many data sets and base models.',
    bandTable(cells, ({ labelFree }) => labelFree),
    bandTable(cells, ({ all }) => all),
  ];
}

function document(report: OwnReport): string {
  const { name, cells } = report;
  const sections = [
    ownHead(report),
    '## Summary',
    'E-AURC x1000, means over the seeds.',
    table(ANSWER_COLUMNS.map(({ head }) => head), cells.map((judged) => ANSWER_COLUMNS.map(({ of }) => of(judged)))),
    ...bands(report),
    '## Calibration',
    calibrationTable('labels', cells.map(({ cell }) => ({ title: count(cell.labels), cells: [cell] }))),
    '## Pictures',
    `![E-AURC over the number of labels](${PICTURES.labels})`,
    `![Risk over coverage](${PICTURES.risk})`,
    `![Reliability of the failure probability](${PICTURES.reliability})`,
    'Curves are of the first seed.',
    '## Every cell',
    CELLS_LEGEND,
    dataSection(name, cells),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Writes report.md and its pictures into the folder, and gives the path of the report. */
export function writeOwnReport(folder: string, report: OwnReport): string {
  const path = join(folder, 'report.md');
  writePictures(folder, report);
  writeFileSync(path, document(report));
  return path;
}
