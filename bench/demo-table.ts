/**
 * Runs the demo for several data sets, numbers of ground truths and seeds of the base model, and writes docs/measured.md.
 * Run: npm run bench:demo (about ten minutes on two cores).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures } from '../demo/figures.js';

interface Cell {
  readonly data: string;
  readonly labels: number;
  readonly seeds: readonly number[];
}

const CELLS: readonly Cell[] = [
  { data: 'fashion', labels: 300, seeds: [1, 2, 3] },
  { data: 'fashion', labels: 1500, seeds: [1, 2, 3] },
  { data: 'fashion', labels: 3000, seeds: [1, 2, 3] },
  { data: 'fashion', labels: 4000, seeds: [1, 2, 3] },
  { data: 'fashion', labels: 5000, seeds: [1] },
  { data: 'letter', labels: 300, seeds: [1, 2, 3] },
  { data: 'letter', labels: 3000, seeds: [1] },
  { data: 'satellite', labels: 300, seeds: [1, 2, 3] },
  { data: 'satellite', labels: 2500, seeds: [1] },
  { data: 'digits', labels: 300, seeds: [1, 2, 3] },
];

const DEMO = fileURLToPath(new URL('../demo/main.js', import.meta.url));

function run(folder: string, data: string, labels: number, seed: number): Figures {
  const file = join(folder, 'figures.json');
  const args = [DEMO, '--exit', '--data', data, '--labels', String(labels), '--seed', String(seed), '--json', file];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the demo failed: ${stderr}`);
  return JSON.parse(readFileSync(file, 'utf8')) as Figures;
}

const number = (value: number | null, places = 3) => (value === null ? 'n/a' : value.toFixed(places));

function row(figures: Figures): string {
  const { data, seed, ground_truths: n, labelled_failures: f, base_training_rows: base, base_error_rate: error, rows, promoted, cold_start: cold, champion } = figures;
  const ratio = cold.eaurc === null || champion.eaurc === null ? null : champion.eaurc / cold.eaurc;
  const cells = [
    data,
    seed,
    `${(100 * error).toFixed(1)} %`,
    n,
    f,
    (n / base).toFixed(2),
    rows,
    promoted ? '' : 'none promoted',
    number(cold.eaurc, 4),
    number(champion.eaurc, 4),
    `**${number(ratio, 2)}**`,
    `${number(cold.auroc)} > ${number(champion.auroc)}`,
    `${number(cold.brier)} > ${number(champion.brier)}`,
    `${number(cold.ece)} > ${number(champion.ece)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = `# Measured

E-AURC, AUROC, Brier score and expected calibration error of the failure probability on predictions made after the last promotion: the champion beside the confidence baseline (1 - confidence, the cold start). Base model: one hidden layer of 64, trained on the first rows of the stream. n: ground truths delivered; f: failures among them; rho: n by the rows that the base model was trained on. A ratio of 1 with "none promoted" means that no meta-model passed its judgement and the cold start went on serving. Where no labelled challenger passed, the champion is label-free (its ratio is near 1, its ECE that of the cold start). Written by \`npm run bench:demo\`.

| data | seed | base wrong | n | f | rho | rows judged | | E-AURC cold start | E-AURC champion | ratio | AUROC | Brier | ECE |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|`;

const folder = mkdtempSync(join(tmpdir(), 'metaerr-table-'));
const lines: string[] = [];
try {
  for (const { data, labels, seeds } of CELLS) {
    for (const seed of seeds) {
      const line = row(run(folder, data, labels, seed));
      process.stderr.write(`${line}\n`);
      lines.push(line);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync('docs/measured.md', `${[HEAD, ...lines].join('\n')}\n`);
