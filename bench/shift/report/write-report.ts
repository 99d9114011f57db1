import { mkdirSync, writeFileSync } from 'node:fs';
import { ResultsFile } from '../../quality/run/results-file.js';
import type { ShiftResult } from '../run/results.js';
import { shiftUnitName, type ShiftUnit } from '../run/units.js';
import { settingsOf } from './cells.js';
import { HEAD } from './head.js';
import { summarySection } from './summary-section.js';
import { dayTable, qualityRows } from './tables.js';

const FOLDER = 'docs/shifts';

const listed = (values: readonly (string | number)[]): string => [...new Set(values)].join(', ');

/** The page as Markdown. Throws where there are no results. */
export function shiftReport(results: readonly ShiftResult[]): string {
  const settings = settingsOf(results);
  const seeds = listed(results.map(({ unit }) => unit.seed).sort((a, b) => a - b));
  const commits = listed(results.map(({ commit }) => commit ?? 'unknown'));
  const sections = [
    HEAD,
    `**This page.** Seeds ${seeds}; commit ${commits}. Every figure of every seed is in [shifts/results.json](shifts/results.json).`,
    summarySection(settings),
    '## Every day of every setting',
    'Expected by observed failures, pooled over the seeds.',
    dayTable(settings),
    '## Brier score and ECE of every setting',
    'Days after the retraining; means over the seeds. The offset is that of the retraining, "-" where none was added.',
    qualityRows(settings, 'retrained'),
    'The day of the shift, by the meta-model of before; the offset is that of its own training.',
    qualityRows(settings, 'shiftDay'),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Reads the results of a folder and writes docs/shifts.md and its figures as JSON. Throws when there are none. */
export function writeShiftReport(folder: string): void {
  const results = new ResultsFile<ShiftUnit, ShiftResult>(folder, shiftUnitName).read();
  const page = shiftReport(results);
  mkdirSync(FOLDER, { recursive: true });
  const sorted = settingsOf(results).flatMap((setting) => setting.results);
  writeFileSync(`${FOLDER}/results.json`, `[\n${sorted.map((result) => JSON.stringify(result)).join(',\n')}\n]\n`);
  writeFileSync('docs/shifts.md', page);
}
