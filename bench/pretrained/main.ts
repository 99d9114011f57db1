import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { runUnits } from '../quality/run/run-units.js';
import { signalsPath, taskNumbers } from './task-file.js';

// Computes the signals of the synthetic tasks of a folder, as the product does, in as many processes as there are cores.
const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) throw new Error('usage: npm run bench:pretrained -- FOLDER, with the tasks of bench/pretrained/make_tasks.py in it');
const numbers = taskNumbers(folder);
const failed = await runUnits<number, null>({
  units: numbers.filter((number) => !existsSync(signalsPath(folder, number))),
  jobs: availableParallelism(),
  child: new URL('./task-signals.js', import.meta.url),
  order: (number) => ({ folder, number }),
  nameOf: (number) => `task ${number}`,
  weightOf: () => 1,
  keep: () => undefined,
});
if (failed > 0) throw new Error(`the signals of ${failed} tasks were not computed`);
console.log(`signals of ${numbers.length} tasks; next: python3 bench/pretrained/grow_trees.py ${folder} src/meta/pretrained/trees.json`);
