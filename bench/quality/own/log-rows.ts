import { createLogger } from '../../../src/core/logger.js';
import type { Tensor, TensorMap } from '../../../src/engine/tensor.js';
import { rowSize } from '../../../src/inference/codec/tensor-data.js';
import type { LoadedModel } from '../../../src/inference/contracts.js';
import { numberAt, predictedClasses, predictedLabels } from '../../../src/inference/predict-classes.js';
import type { PredictMetrics } from '../../../src/inference/predict-metrics.js';
import { MODEL_FILE } from '../../../src/inference/repository/folder-scan.js';
import { ModelRunner } from '../../../src/inference/runner.js';
import { outputName } from '../../../src/inference/runner-plan.js';
import { FEATURE_OUTPUTS, vectorForm } from '../../../src/meta/features/layout.js';
import { emptyLog } from '../product/logged-rows.js';
import type { LogForm, LoggedRows } from '../product/logged-rows.js';
import { inputTensor } from './input-tensor.js';
import type { RowInput } from './input-tensor.js';
import { ROWS_A_RUN } from './open-model.js';
import type { OwnModel } from './open-model.js';
import { OwnFault } from './own-fault.js';
import type { OwnTable } from './rows-file.js';

const nothing = (): void => undefined;
const UNCOUNTED: PredictMetrics = { stage: nothing, ran: nothing, queueRows: nothing, rejected: nothing, replied: nothing, requests: { succeeded: nothing, failed: nothing } };

/** What the service logs of rows, and the label that it answers for each. */
export interface AnsweredRows {
  readonly logged: LoggedRows;
  readonly labels: readonly (string | null)[];
}

/** The scores of a row for every class, from those that the model gives: one number stands for the second of two classes. */
function putScores(scores: Tensor, kind: OwnModel['scores'], row: number, target: Float32Array): void {
  const width = rowSize(scores);
  if (kind === 'binary_probability') target.set([1 - numberAt(scores, row * width), numberAt(scores, row * width)]);
  else if (kind === 'binary_logit') target.set([0, numberAt(scores, row * width)]);
  else for (let at = 0; at < target.length; at++) target[at] = numberAt(scores, row * width + at);
}

function wanted(tensors: TensorMap, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new OwnFault(MODEL_FILE, null, 'the features of its rows cannot be computed; in the service its predictions would be degraded');
  return tensor;
}

function floats(tensors: TensorMap, name: string): Float32Array {
  const { type, data } = wanted(tensors, name);
  if (type !== 'float32') throw new TypeError(`${name}: expected float32, got ${type}`);
  return data;
}

function formOf(rows: number, { loaded, classes, scores }: OwnModel): LogForm {
  return { ...vectorForm(loaded.features.layout), rows, classes: classes.length, kind: scores === 'logits' || scores === 'binary_logit' ? 'logits' : 'probabilities' };
}

/** Writes what a run answered for the rows from `start` on. */
function put(logged: LoggedRows, start: number, tensors: TensorMap, rows: number, { loaded, scores: kind }: OwnModel): Int32Array {
  const { classes } = logged;
  logged.features.set(floats(tensors, FEATURE_OUTPUTS.features), start * logged.width);
  logged.coldStart.set(floats(tensors, FEATURE_OUTPUTS.coldStart), start);
  const predicted = predictedClasses(tensors, loaded.config, rows);
  logged.predicted.set(predicted, start);
  const scores = wanted(tensors, outputName(loaded.config.output ?? ''));
  for (let row = 0; row < rows; row++) putScores(scores, kind, row, logged.scores.subarray((start + row) * classes, (start + row + 1) * classes));
  return predicted;
}

/** Runs every row of a table through base model and feature graph, as a prediction goes through them. */
export async function logTable(model: OwnModel, input: RowInput, table: OwnTable): Promise<AnsweredRows> {
  const { rows } = table;
  const { loaded } = model;
  const runner = new ModelRunner(loaded, UNCOUNTED, createLogger('silent'));
  const logged = emptyLog(formOf(rows, model));
  const labels: (string | null)[] = [];
  for (let start = 0; start < rows; start += ROWS_A_RUN) {
    const end = Math.min(rows, start + ROWS_A_RUN);
    const tensors = await runRows(runner, loaded, { [input.info.name]: inputTensor(table, start, end, input) }, end - start);
    labels.push(...predictedLabels(tensors, loaded.config, put(logged, start, tensors, end - start, model)));
  }
  return { logged, labels };
}

async function runRows(runner: ModelRunner, loaded: LoadedModel, inputs: TensorMap, rows: number): Promise<TensorMap> {
  const [answer] = await runner.run([{ inputs, outputs: {}, rows, chain: loaded.features, timeoutMilliseconds: null, shape: '' }]);
  return answer?.tensors ?? {};
}
