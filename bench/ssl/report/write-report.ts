import { mkdirSync, writeFileSync } from 'node:fs';
import { ResultsFile } from '../../quality/run/results-file.js';
import { sslUnitName, type SslResult, type SslUnit } from '../run/results.js';
import { setsOf } from './cells.js';
import { HEAD } from './head.js';
import { noisePicture } from './picture.js';
import { serviceSection } from './service-section.js';
import { setSection } from './set-section.js';
import { summarySection } from './summary-section.js';

const FOLDER = 'docs/ssl';

/** Reads the results of a folder and writes docs/ssl.md, its picture and its figures as JSON. Throws when there are none. */
export function writeSslReport(folder: string): void {
  const sets = setsOf(new ResultsFile<SslUnit, SslResult>(folder, sslUnitName).read());
  const seeds = (sets[0]?.results ?? []).map(({ unit }) => unit.seed);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/noise.svg`, noisePicture(sets));
  const figures = sets.flatMap(({ results }) => results.map(({ seconds: _, ...result }) => result));
  writeFileSync(`${FOLDER}/results.json`, `[\n${figures.map((result) => JSON.stringify(result)).join(',\n')}\n]\n`);
  const document = [
    HEAD,
    `**This page.** Seeds ${seeds.join(', ')}; every figure of every seed is in [ssl/results.json](ssl/results.json).`,
    summarySection(sets),
    '![Wrong pseudo-labels over coverage](ssl/noise.svg)',
    '## Every set',
    'Wrong labels: mean number over the seeds. Students: test accuracy in %, with half the width of its 95 % interval over the seeds, and the share of the unlabelled rows that was selected.',
    ...sets.map(setSection),
    serviceSection(sets),
  ];
  writeFileSync('docs/ssl.md', `${document.join('\n\n')}\n`);
}
