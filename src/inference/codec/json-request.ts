import { MetaErrError } from '../../core/errors.js';
import type { Signature, Tensor } from '../../engine/tensor.js';
import type { LoadedModel, PredictRequest } from '../contracts.js';
import { rowDims, rowMode } from '../row-shape.js';
import type { BodyRows } from './body-rows.js';
import { invalidInput } from './input-error.js';
import { columnRows } from './json-columns.js';
import { instanceRows } from './json-instances.js';
import { decodeRows } from './nested-array.js';

/**
 * Reads the body of a predict request: `{"instances": [row, ...]}` where a row is a nested array (a model with one
 * input) or an object of named inputs, or `{"inputs": {name: nested array}}` with the rows as dimension 0 (a bare nested
 * array for a model with one input), the two forms of TensorFlow Serving's REST API. A row does not spell a first
 * dimension that the model fixes at 1. Throws INVALID_REQUEST for the outer form and INVALID_INPUT for a tensor.
 */
export function decodePredictBody(body: unknown, model: Pick<LoadedModel, 'key' | 'signature' | 'batched'>, version: number | null): PredictRequest {
  const read = readBody(body, model.signature);
  const mode = rowMode(model.signature, model.batched);
  const inputs: Record<string, Tensor> = {};
  for (const info of model.signature.inputs) {
    const rows = read.inputs.get(info.name);
    if (rows === undefined) throw invalidInput(info.name, 'expected this input, got nothing');
    inputs[info.name] = decodeRows(info, rowDims(info, mode), rows);
  }
  return { model: model.key.model, version, inputs, rows: read.rows, inputText: (row) => read.inputText(row) };
}

function readBody(body: unknown, signature: Signature): BodyRows {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MetaErrError('INVALID_REQUEST', 'body: expected an object with "instances" or "inputs"');
  }
  const { instances, inputs, ...others } = body as Record<string, unknown>;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) {
    throw new MetaErrError('INVALID_REQUEST', `${unknown}: unknown field; expected "instances" or "inputs"`, { field: unknown });
  }
  if ((instances === undefined) === (inputs === undefined)) {
    throw new MetaErrError('INVALID_REQUEST', 'body: expected exactly one of "instances" and "inputs"', { field: 'instances' });
  }
  return instances !== undefined ? instanceRows(instances, signature) : columnRows(inputs, signature);
}
