import { MetaErrError } from '../core/errors.js';
import type { Tensor, TensorInfo, TensorMap } from '../engine/tensor.js';
import { elementCount } from './codec/tensor-data.js';
import type { DecodedRequest, LoadedModel } from './contracts.js';
import { requestDims } from './row-shape.js';

type Checked = Pick<LoadedModel, 'signature' | 'rowMode' | 'base' | 'behaviourOnly' | 'config'>;

/**
 * Throws INVALID_INPUT unless the tensors of a request are those of the signature, with the rows as dimension 0: the inputs (rows
 * of an external model may come without), and the outputs of an external model (without those that the task does not read).
 * Codecs check values; this is the last look, whatever codec a request came through, before it can share a batch with others.
 */
export function checkRequest(request: DecodedRequest, model: Checked): void {
  const { inputs, outputs, rows } = request;
  const { signature, rowMode } = model;
  if (!Number.isInteger(rows) || rows < 1) throw refusal('rows', `expected at least one row, got ${rows}`);
  if (!isBehaviourOnly(request, model)) {
    const dims = (input: TensorInfo) => requestDims(input, rowMode, rows);
    checkTensors(signature.inputs, inputs, { kind: 'input', path: '', dims, mayLack: () => false });
  }
  const task = new Set([model.config.output, model.config.labelOutput]);
  const dims = (output: TensorInfo) => [rows, ...output.dims.slice(1)];
  checkTensors(model.base === null ? signature.outputs : [], outputs, { kind: 'output', path: 'outputs.', dims, mayLack: (name) => !task.has(name) });
}

/** Throws INVALID_INPUT for more rows than the ledger writes in one piece: predictions would be answered that are logged nowhere. */
export function checkLoggable({ rows }: Pick<DecodedRequest, 'rows'>, most: number): void {
  if (rows > most) throw refusal('rows', `expected at most ${most} rows in a request, which is what the ledger writes in one piece, got ${rows}; split the request`);
}

/** Whether the rows are those of an external model that come without its declared inputs, where such rows are taken. */
export function isBehaviourOnly({ inputs }: Pick<DecodedRequest, 'inputs'>, { signature, behaviourOnly }: Pick<LoadedModel, 'signature' | 'behaviourOnly'>): boolean {
  return behaviourOnly !== null && signature.inputs.length > 0 && Object.keys(inputs).length === 0;
}

interface Expectation {
  readonly kind: 'input' | 'output';
  /** What stands before a tensor's name in the field of an error. */
  readonly path: string;
  dims(info: TensorInfo): readonly (number | null)[];
  mayLack(name: string): boolean;
}

function checkTensors(infos: readonly TensorInfo[], tensors: TensorMap, expected: Expectation): void {
  for (const info of infos) {
    const field = expected.path + info.name;
    const tensor = tensors[info.name];
    if (tensor !== undefined) checkTensor(info, tensor, expected.dims(info), field);
    else if (!expected.mayLack(info.name)) throw refusal(field, `expected this ${expected.kind} (${info.type}), got nothing`);
  }
  const unknown = Object.keys(tensors).find((name) => !infos.some((info) => info.name === name));
  if (unknown !== undefined) throw refusal(expected.path + unknown, `unknown ${expected.kind}`);
}

function checkTensor(info: TensorInfo, tensor: Tensor, expected: readonly (number | null)[], field: string): void {
  if (tensor.type !== info.type) throw refusal(field, `expected type ${info.type}, got ${tensor.type}`);
  const { dims } = tensor;
  if (dims.length !== expected.length || expected.some((dim, level) => dim !== null && dim !== dims[level])) {
    throw refusal(field, `expected shape [${expected.map((dim) => dim ?? '?').join(', ')}], got [${dims.join(', ')}]`);
  }
  if (tensor.data.length !== elementCount(dims)) throw refusal(field, `expected ${elementCount(dims)} values, got ${tensor.data.length}`);
}

function refusal(field: string, message: string): MetaErrError {
  return new MetaErrError('INVALID_INPUT', `${field}: ${message}`, { field });
}
