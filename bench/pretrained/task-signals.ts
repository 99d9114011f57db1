import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitLabelFreeParameters } from '../../src/meta/fit/fit-label-free-parameters.js';
import { emitLabelFreeLogits } from '../../src/meta/fit/label-free-score.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { readTask } from './task-file.js';

const CHUNK = 512;

/** Numbers of the tasks of a folder, ascending. */
export function taskNumbers(folder: string): number[] {
  return readdirSync(folder).filter((name) => /^\d+\.f32$/.test(name)).map((name) => parseInt(name, 10)).sort((a, b) => a - b);
}

/** Where the signals of a task's judged rows are kept. */
export function signalsPath(folder: string, number: number): string {
  return join(folder, `${number}.signals`);
}

/** Computes what the label-free meta-model of a task says of its judged rows, as the product does: failure logit, failure and signals of each row, after the facts. */
async function writeSignals(folder: string, number: number): Promise<void> {
  const { vector, classes, unlabelled, judged } = readTask(join(folder, `${number}.f32`));
  const fitted = await fitLabelFreeParameters(unlabelled, vector, { behaviour: { kind: 'classes', classes } });
  if (fitted === null || fitted.parameters.weight === 0) return;
  const { parameters, parameters: { facts } } = fitted;
  const { uncorrected: logits, signals } = await runStage({
    rows: judged.rows, chunk: CHUNK, feeds: { features: { width: vector.width, data: judged.features } },
    emit: (graph, inputs) => emitLabelFreeLogits(graph, inputs.features!, parameters),
  });
  const parts = [Float32Array.of(judged.rows, facts.length, signals!.width), facts, logits!.data, Float32Array.from(judged.failures), signals!.data];
  writeFileSync(signalsPath(folder, number), Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))));
}

/** Of every task whose signals are not there yet and whose turn it is. */
export async function writeAllSignals(folder: string, part: number, parts: number): Promise<void> {
  const numbers = taskNumbers(folder).filter((number, at) => at % parts === part && !existsSync(signalsPath(folder, number)));
  for (const [done, number] of numbers.entries()) {
    await writeSignals(folder, number);
    if (done % 20 === 0) console.error(`part ${part + 1} of ${parts}: ${done} of ${numbers.length} tasks`);
  }
}

const [, self, folder, part, parts] = process.argv;
if (self?.endsWith('task-signals.js') === true && folder !== undefined) await writeAllSignals(folder, Number(part), Number(parts));
