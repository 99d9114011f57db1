import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeStack } from '../../bench/pretrained/task-stack.js';
import { writeSignals } from '../../bench/pretrained/task-signals.js';
import { STACKED_COLUMN_COUNT } from '../../src/meta/fit/stacked-columns.js';
import { SIGNAL_COUNT } from '../../src/meta/pretrained/signals.js';
import { createRandom } from '../../src/meta/training/random.js';

const [ROWS, WIDTH, CLASSES, UNLABELLED] = [900, 3, 2, 400];

/** Two classes by the sign of the first input, with noise; the base model looks at the second one too. */
function writeTask(folder: string, number: number): void {
  const random = createRandom(4);
  const inputs = Array.from({ length: ROWS }, () => Array.from({ length: WIDTH }, () => random.normal()));
  const truths = inputs.map(([x]) => (x! + 0.3 * random.normal() > 0 ? 1 : 0));
  const probabilities = inputs.map(([x, y]) => 1 / (1 + Math.exp(-2 * x! - 0.8 * y!))).flatMap((p) => [1 - p, p]);
  writeFileSync(join(folder, `${number}.f32`), Buffer.from(Float32Array.of(ROWS, WIDTH, CLASSES, UNLABELLED, ...inputs.flat(), ...probabilities, ...truths).buffer));
}

function read(path: string): { rows: number; facts: number; columns: number; failures: Float32Array; values: Float32Array } {
  const bytes = Uint8Array.from(readFileSync(path));
  const numbers = new Float32Array(bytes.buffer);
  const [rows, facts, columns] = [numbers[0]!, numbers[1]!, numbers[2]!];
  return { rows, facts, columns, failures: numbers.subarray(3 + facts + rows, 3 + facts + 2 * rows), values: numbers.subarray(3) };
}

t.test('what the trees learn from: judged rows beside facts, and with labels those that were not labelled', async (t) => {
  const folder = t.testdir();
  const number = 2;
  writeTask(folder, number);
  await writeSignals({ folder, number, stage: 'signals' });
  const signals = read(join(folder, `${number}.signals`));
  t.match(signals, { rows: ROWS - UNLABELLED, columns: SIGNAL_COUNT });
  t.equal(signals.values.length, signals.facts + signals.rows * (2 + SIGNAL_COUNT));
  await writeStack({ folder, number, stage: 'stack' });
  const stack = read(join(folder, `${number}.stack`));
  t.match(stack, { rows: ROWS - UNLABELLED - 100, columns: STACKED_COLUMN_COUNT }, 'task 2 has 100 labels');
  t.equal(stack.values.length, stack.facts + stack.rows * (2 + STACKED_COLUMN_COUNT));
  t.ok(stack.values.every(Number.isFinite) && signals.values.every(Number.isFinite));
  t.same([...stack.failures], [...signals.failures.subarray(100)]);
});

t.test('a task with more labels than rows is left out', async (t) => {
  const folder = t.testdir();
  writeTask(folder, 6);
  await writeStack({ folder, number: 6, stage: 'stack' });
  t.notOk(existsSync(join(folder, '6.stack')));
});
