import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitLabelFreeParameters } from '../../src/meta/fit/fit-label-free-parameters.js';
import { emitLabelFreeLogits } from '../../src/meta/fit/label-free-score.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { answerOrders } from '../quality/run/answer-orders.js';
import { readTask, signalsPath } from './task-file.js';

const CHUNK = 512;

interface TaskOrder {
  readonly folder: string;
  readonly number: number;
}

/** Computes what the label-free meta-model of a task says of its judged rows, as the product does: failure logit, failure and signals of each row, after the facts. */
async function writeSignals({ folder, number }: TaskOrder): Promise<null> {
  const { vector, classes, unlabelled, judged } = readTask(join(folder, `${number}.f32`));
  const fitted = await fitLabelFreeParameters(unlabelled, vector, { behaviour: { kind: 'classes', classes } });
  if (fitted === null || fitted.parameters.weight === 0) return null;
  const { parameters, parameters: { facts } } = fitted;
  const { uncorrected: logits, signals } = await runStage({
    rows: judged.rows, chunk: CHUNK, feeds: { features: { width: vector.width, data: judged.features } },
    emit: (graph, inputs) => {
      const { uncorrected, signals: seen } = emitLabelFreeLogits(graph, inputs.features!, parameters);
      return { uncorrected, signals: seen };
    },
  });
  const parts = [Float32Array.of(judged.rows, facts.length, signals!.width), facts, logits!.data, Float32Array.from(judged.failures), signals!.data];
  writeFileSync(signalsPath(folder, number), Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))));
  return null;
}

answerOrders(writeSignals);
