import { join } from 'node:path';
import { fitLabelFreeParameters } from '../../src/meta/fit/fit-label-free-parameters.js';
import { emitLabelFreeLogits } from '../../src/meta/fit/label-free-score.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { readTask, stagePath, writeColumns } from './task-file.js';
import type { TaskOrder } from './task-order.js';

const CHUNK = 512;

/** Computes what the label-free meta-model of a task says of its judged rows, as the product does. Nothing is written where its consensus has no weight. */
export async function writeSignals({ folder, number }: TaskOrder): Promise<void> {
  const { vector, classes, unlabelled, judged } = readTask(join(folder, `${number}.f32`));
  const fitted = await fitLabelFreeParameters(unlabelled, vector, { behaviour: { kind: 'classes', classes } });
  if (fitted === null || fitted.parameters.weight === 0) return;
  const { parameters, parameters: { facts } } = fitted;
  const { uncorrected, signals } = await runStage({
    rows: judged.rows, chunk: CHUNK, feeds: { features: { width: vector.width, data: judged.features } },
    emit: (graph, inputs) => {
      const { uncorrected: own, signals: seen } = emitLabelFreeLogits(graph, inputs.features!, parameters);
      return { uncorrected: own, signals: seen };
    },
  });
  writeColumns(stagePath(folder, number, 'signals'), { rows: judged.rows, facts, logits: uncorrected!.data, failures: judged.failures, columns: signals! });
}
