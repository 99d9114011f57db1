// The size rule of CONTRIBUTING.md: median source file under 100 lines, none over 400.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const files = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
const sizes = files.map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 })).sort((a, b) => a.lines - b.lines);
const median = sizes[Math.floor(sizes.length / 2)].lines;
const largest = sizes.at(-1);
console.log(`${sizes.length} source files, median ${median} lines, largest ${largest.lines} (${largest.file})`);
if (median >= 100 || largest.lines > 400) process.exit(1);
