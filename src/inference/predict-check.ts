import { MetaErrError } from '../core/errors.js';
import type { Signature, Tensor, TensorInfo } from '../engine/tensor.js';
import { elementCount } from './codec/tensor-data.js';
import type { PredictRequest } from './contracts.js';
import { rowDims } from './row-shape.js';
import type { RowMode } from './row-shape.js';

/**
 * Throws INVALID_INPUT unless the tensors of a request are those of the signature, with the rows as dimension 0. Codecs
 * check values; this is the last look, whatever codec a request came through, before it can share a batch with others.
 */
export function checkRequest(request: PredictRequest, signature: Signature, mode: RowMode): void {
  if (!Number.isInteger(request.rows) || request.rows < 1) throw refusal('rows', `expected at least one row, got ${request.rows}`);
  for (const input of signature.inputs) {
    const tensor = request.inputs[input.name];
    if (tensor === undefined) throw refusal(input.name, `expected this input (${input.type}), got nothing`);
    checkTensor(input, tensor, [request.rows, ...rowDims(input, mode)]);
  }
  const unknown = Object.keys(request.inputs).find((name) => !signature.inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw refusal(unknown, 'unknown input');
}

function checkTensor(input: TensorInfo, tensor: Tensor, expected: readonly (number | null)[]): void {
  if (tensor.type !== input.type) throw refusal(input.name, `expected type ${input.type}, got ${tensor.type}`);
  const { dims } = tensor;
  if (dims.length !== expected.length || expected.some((dim, level) => dim !== null && dim !== dims[level])) {
    throw refusal(input.name, `expected shape [${expected.map((dim) => dim ?? '?').join(', ')}], got [${dims.join(', ')}]`);
  }
  if (tensor.data.length !== elementCount(dims)) throw refusal(input.name, `expected ${elementCount(dims)} values, got ${tensor.data.length}`);
}

function refusal(field: string, message: string): MetaErrError {
  return new MetaErrError('INVALID_INPUT', `${field}: ${message}`, { field });
}
