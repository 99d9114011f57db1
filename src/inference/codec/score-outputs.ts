import type { Tensor, TensorInfo, TensorMap } from '../../engine/tensor.js';
import type { LoadedModel } from '../contracts.js';
import { describeValue, invalidInput } from './input-error.js';
import { isObject } from './input-names.js';
import { decodeRows } from './nested-array.js';
import { checkRowCount } from './row-count.js';
import { checkProbabilities } from './score-probabilities.js';

export interface DecodedOutputs {
  /** By name, in the order of their declaration. */
  readonly tensors: TensorMap;
  readonly rows: number;
  /** Field that the number of rows is taken from, for messages. */
  readonly field: string;
}

type ExternalModel = Pick<LoadedModel, 'config' | 'signature' | 'features'>;

/** Outputs without which a row could not be answered: those that the task or the features read. */
function neededOutputs({ config, features }: ExternalModel): ReadonlySet<string> {
  return new Set([config.output, config.labelOutput, ...Object.values(features.featureGraph.feeds)].filter((name) => name !== null));
}

function quoted(infos: readonly TensorInfo[]): string {
  return infos.map(({ name }) => JSON.stringify(name)).join(', ');
}

function checkNames(outputs: object, model: ExternalModel): void {
  const declared = model.signature.outputs;
  const unknown = Object.keys(outputs).find((name) => !declared.some((info) => info.name === name));
  if (unknown !== undefined) throw invalidInput(`outputs.${unknown}`, `unknown output; the model declares ${quoted(declared)}`);
  const needed = neededOutputs(model);
  const missing = declared.find(({ name }) => needed.has(name) && !Object.hasOwn(outputs, name));
  if (missing !== undefined) throw invalidInput(`outputs.${missing.name}`, `expected the output ${JSON.stringify(missing.name)} (${missing.type}), got nothing`);
}

interface Column {
  readonly info: TensorInfo;
  readonly values: readonly unknown[];
  /** Where it stands in the body, for messages. */
  readonly field: string;
}

function columnOf(info: TensorInfo, value: unknown): Column {
  const field = `outputs.${info.name}`;
  if (!Array.isArray(value)) throw invalidInput(field, `expected a nested array with the rows as its first dimension, got ${describeValue(value)}`);
  checkRowCount(value.length, field);
  return { info, values: value, field };
}

function decodeColumn({ info, values, field }: Column): Tensor {
  const rows = { count: values.length, column: values, row: (index: number) => values[index], path: (index: number) => `${field}[${index}]` };
  return decodeRows(info, info.dims.slice(1), rows, 'output');
}

/**
 * Reads `outputs`: nested arrays by name with the rows as dimension 0, which is as long in all of them. Every output that the task or
 * the features read must be there; other declared ones may be. Throws INVALID_INPUT with the path of what does not fit.
 */
export function decodeOutputs(outputs: unknown, model: ExternalModel): DecodedOutputs {
  if (!isObject(outputs)) throw invalidInput('outputs', `expected an object of the outputs ${quoted(model.signature.outputs)}, got ${describeValue(outputs)}`);
  checkNames(outputs, model);
  const given = model.signature.outputs.filter(({ name }) => Object.hasOwn(outputs, name));
  // A wrong number of rows is found before any value is read.
  const columns = given.map((info) => columnOf(info, outputs[info.name]));
  const [first] = columns;
  if (first === undefined) throw invalidInput('outputs', `expected at least one of ${quoted(model.signature.outputs)}, got none`);
  const odd = columns.find(({ values }) => values.length !== first.values.length);
  if (odd !== undefined) throw invalidInput(odd.field, `expected ${first.values.length} rows as in ${first.field}, got ${odd.values.length}`);
  const tensors: Record<string, Tensor> = {};
  for (const column of columns) {
    const tensor = decodeColumn(column);
    if (column.info.name === model.config.output) checkProbabilities(tensor, model.config.scores, column.field);
    tensors[column.info.name] = tensor;
  }
  return { tensors, rows: first.values.length, field: first.field };
}
