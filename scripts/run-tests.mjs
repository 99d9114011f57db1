// Runs `npm test`, the README's command, and closes with the line "N passed, N failed". A skipped test is a failure here.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { failuresOf } from './test-failures.mjs';

const RESULTS = '.tap/results.tap';
const FAILURES_SHOWN = 50;
rmSync(RESULTS, { force: true });
const { status } = spawnSync('npm', ['test', '--', '--reporter=terse', `--output-file=${RESULTS}`], { stdio: ['ignore', 'inherit', 'inherit'] });

const results = readFileSync(RESULTS, 'utf8');
const summary = [...results.matchAll(/^# \{ (.*) \}$/gm)].at(-1)?.[1] ?? '';
const count = (name) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
const failed = count('fail') + count('skip') + count('todo');
const passed = status === 0 && failed === 0 && count('pass') > 0;
if (!passed) console.log(`\n\n${failuresOf(results).slice(0, FAILURES_SHOWN).join('\n\n')}`);
// The reporter leaves the cursor in its own line.
console.log(`\n${count('pass')} passed, ${failed} failed`);
process.exitCode = passed ? 0 : 1;
