import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { taskNumbers } from './task-signals.js';

// Computes the signals of the synthetic tasks of a folder, as the product does, in as many processes as there are cores.
const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) throw new Error('usage: npm run bench:pretrained -- FOLDER, with the tasks of bench/pretrained/make_tasks.py in it');
const parts = availableParallelism();
const script = fileURLToPath(new URL('./task-signals.js', import.meta.url));
const children = Array.from({ length: parts }, (_, part) => spawn(process.execPath, [script, folder, String(part), String(parts)], { stdio: 'inherit' }));
const exits = (await Promise.all(children.map((child) => once(child, 'exit')))) as [number | null][];
if (exits.some(([code]) => code !== 0)) throw new Error('the signals of some tasks were not computed');
console.log(`signals of ${taskNumbers(folder).length} tasks; next: python3 bench/pretrained/grow_trees.py ${folder} src/meta/pretrained/trees.json`);
