import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { runUnits } from '../quality/run/run-units.js';
import { stagePath, taskNumbers, type Stage } from './task-file.js';
import type { TaskOrder } from './task-order.js';

const TARGETS: Readonly<Record<Stage, string>> = { signals: 'trees.json', stack: 'stacked-trees.json' };

// Computes what the trees learn from of the synthetic tasks of a folder, as the product does, in as many processes as there are cores.
const [folder, option] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder) || (option !== undefined && option !== '--labelled')) {
  throw new Error('usage: npm run bench:pretrained -- FOLDER [--labelled], with the tasks of bench/pretrained/make_tasks.py in it');
}
const stage: Stage = option === undefined ? 'signals' : 'stack';
const numbers = taskNumbers(folder);
const failed = await runUnits<number, null>({
  units: numbers.filter((number) => !existsSync(stagePath(folder, number, stage))),
  jobs: availableParallelism(),
  child: new URL('./child.js', import.meta.url),
  order: (number): TaskOrder => ({ folder, number, stage }),
  nameOf: (number) => `task ${number}`,
  weightOf: () => 1,
  keep: () => undefined,
});
if (failed > 0) throw new Error(`the columns of ${failed} tasks were not computed`);
console.log(`columns of ${numbers.length} tasks; next: python3 bench/pretrained/grow_trees.py ${folder} ${stage} src/meta/pretrained/${TARGETS[stage]}`);
