import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { trainNet } from '../../../bench/quality/bases/net.js';
import { loadStream } from '../../../bench/quality/data/load.js';
import { takeRows } from '../../../bench/quality/data/stream.js';
import { METAERR } from '../../../bench/quality/grid/results.js';
import { OwnFolder } from '../../../bench/quality/own/own-folder.js';
import { runOwn } from '../../../bench/quality/own/run-own.js';
import { ownUnitName } from '../../../bench/quality/own/units.js';
import type { OwnResult, OwnUnit } from '../../../bench/quality/own/units.js';
import { fixed, thousandths } from '../../../bench/quality/report/markdown.js';
import { readOptions } from '../../../bench/quality/run/options.js';
import { ResultsFile } from '../../../bench/quality/run/results-file.js';
import { scoreModel } from '../../support/repository-models.js';
import type { Teardown } from '../../support/teardown.js';
import { csvOf, ownFolder, someRows } from './folder.js';

const BASE_ROWS = 100;

/** Digits as pictures of 8 x 8: a net on the first rows, and the others as its data. */
async function digits(): Promise<Record<string, string | Uint8Array>> {
  const data = loadStream('digits');
  const base = takeRows(data, Int32Array.from({ length: BASE_ROWS }, (_, row) => row));
  const { onnx } = await trainNet({ rows: base, shape: [1, 8, 8], classes: data.classes, seed: 1 });
  const others = Array.from({ length: data.rows - BASE_ROWS }, (_, index) => BASE_ROWS + index);
  const rows = others.map((row) => [...data.values.subarray(row * data.width, (row + 1) * data.width)]);
  return { 'model.onnx': onnx, 'rows.csv': csvOf(rows, others.map((row) => String(data.truths[row]))), 'own.json': JSON.stringify({ name: 'my digits', base_rows: BASE_ROWS }) };
}

/** The cells of the first row of a Markdown table that begins with this. */
function markdownRow(document: string, start: string): string[] {
  return document.split('\n').find((line) => line.startsWith(start))?.slice(2, -2).split(' | ') ?? [];
}

t.test('a folder is measured, reported, and not measured again', async (t) => {
  const folder = ownFolder(t, await digits());
  const options = { seeds: 1, sizes: [0, 30], jobs: 1 };
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const file = new ResultsFile<OwnUnit, OwnResult>(folder, ownUnitName);
  t.equal(await runOwn(folder, options, print), 0);

  const [result] = file.read();
  t.same(result?.cells.map(({ labels }) => labels), [0, 30]);
  t.same([result?.testRows, result?.unit.seed], [600, 1]);
  t.ok((result?.errorRate ?? 0) > 0.02 && (result?.errorRate ?? 1) < 0.4, 'the net knows its digits');
  const cell = result?.cells[1];
  const figures = (name: RegExp) => cell?.methods.find((method) => name.test(method.name))?.figures;
  const own = figures(new RegExp(`^${METAERR}$`));
  t.ok((own?.auroc ?? 0) > 0.7);

  const report = readFileSync(`${folder}/report.md`, 'utf8');
  const row = markdownRow(report, '| 30 | ');
  t.same([row[1], row[2], row[5]], [String(cell?.failures), thousandths(figures(/^MSP$/)?.eaurc), thousandths(own?.eaurc)]);
  t.equal(row[8], `${fixed(figures(/^Platt/)?.ece, 3)} > ${fixed(own?.ece, 3)}`);
  t.same(markdownRow(report, '| my digits | 30 | ').slice(2, 6), [String(cell?.failures), '0.30', fixed(100 * (result?.errorRate ?? NaN), 1), thousandths(own?.eaurc)]);
  t.match(report, /^# Would MetaErr help: my digits\n\n\*\*In short\.\*\* /);
  t.match(report, /## By rho/);
  for (const [, picture = ''] of report.matchAll(/\]\((report-[a-z-]+\.svg)\)/g)) t.match(readFileSync(`${folder}/${picture}`, 'utf8'), /^<svg .*MetaErr/s);
  t.match(printed.join(''), new RegExp(`^30 .* ${thousandths(own?.eaurc)} `, 'm'));

  t.equal(await runOwn(folder, options, print), 0);
  t.equal(readFileSync(file.path, 'utf8').trim().split('\n').length, 1, 'nothing has run again');
  t.equal(await runOwn(folder, { ...options, sizes: [0, 100] }, print), 0);
  t.same(file.read()[0]?.cells.map(({ labels }) => labels), [0, 30, 100], 'only what was missing has run');
  t.same(file.read()[0]?.cells.slice(0, 2), result?.cells);
});

t.test('a bad folder is one line and exit code 2', async (t) => {
  const folder = ownFolder(t, { 'model.onnx': 'text', 'rows.csv': 'a,b\n1,2' });
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../../bench/quality/main.js', import.meta.url)), '--own', folder]);
  const [, errors, output] = await Promise.all([once(child, 'close'), text(child.stderr), text(child.stdout)]);
  t.equal(child.exitCode, 2);
  t.equal(errors, 'rows.csv: column label: is missing; the header has a, b\n');
  t.equal(output, '');
  t.notOk(existsSync(`${folder}/report.md`));
});

/** A folder whose model answers nothing for the last row. */
function unansweredFolder(t: Teardown): string {
  const table = someRows(204, 4).with(203, [1, NaN, 2, 3]);
  return ownFolder(t, { 'model.onnx': scoreModel({ last: 'Softmax' }), 'rows.csv': csvOf(table, table.map((_, row) => String(row % 3))) });
}

t.test('a row that the model does not answer is found before a shuffle runs', async (t) => {
  const folder = unansweredFolder(t);
  const errors = t.capture(process.stderr, 'write');
  t.equal(await runOwn(folder, { seeds: 1, sizes: [0], jobs: 1 }, () => t.fail('nothing to report')), 2);
  t.same(errors().map(({ args }) => args[0]), ['rows.csv: row 204 after the header: the model answers no numbers for it, which has empty cells\n']);
  t.notOk(existsSync(`${folder}/results.jsonl`));
});

t.test('where nothing is missing the model does not run', async (t) => {
  const folder = unansweredFolder(t);
  const own = await OwnFolder.open(folder);
  await own.close();
  const result: OwnResult = { unit: { digest: own.facts.digest, seed: 1 }, wanted: [0], testRows: 102, errorRate: 0.5, cleanAccuracy: 0.5, cells: [], seconds: {} };
  new ResultsFile<OwnUnit, OwnResult>(folder, ownUnitName).append(result);
  // Its results hold no cell, so there is no report; a run over the rows would have ended with 2.
  t.equal(await runOwn(folder, { seeds: 1, sizes: [0], jobs: 1 }, () => t.fail('nothing to report')), 1);
  t.equal(await runOwn(folder, { seeds: 1, sizes: [0, 30], jobs: 1 }, () => t.fail('nothing to report')), 2);
});

t.test('options: a folder goes with seeds, sizes and jobs only', async (t) => {
  t.match(readOptions(['--own', 'x', '--sizes', '30,0']), { mode: 'own', out: 'x', seeds: 5, sizes: [0, 30] });
  t.equal(readOptions([]).seeds, 10);
  for (const other of [['--only', 'x'], ['--quick'], ['--outcomes'], ['--out', 'y'], ['--report', 'y']]) t.throws(() => readOptions(['--own', 'x', ...other]), /does not go with --own/);
});
