import { MetaErrError } from '../../core/errors.js';
import type { Signature, Tensor, TensorInfo } from '../../engine/tensor.js';
import type { DecodedRequest, LoadedModel } from '../contracts.js';
import { isRowWise, rowDims } from '../row-shape.js';
import type { RowMode } from '../row-shape.js';
import type { BodyRows, NestedRows } from './body-rows.js';
import { invalidInput } from './input-error.js';
import { columnRows } from './json-columns.js';
import { instanceRows } from './json-instances.js';
import { decodeRows } from './nested-array.js';

type ReadModel = Pick<LoadedModel, 'key' | 'signature' | 'rowMode' | 'base'>;

/**
 * Reads the body of a predict request: `{"instances": [row, ...]}` where a row is a nested array (a model with one
 * input) or an object of named inputs, or `{"inputs": {name: nested array}}` with the rows as dimension 0 (a bare nested
 * array for a model with one input), the two forms of TensorFlow Serving's REST API. A row does not spell a first
 * dimension that the model fixes at 1. A model with an input that has no rows takes `inputs` only, with that input as the model
 * takes it. Throws MODEL_IS_EXTERNAL, INVALID_REQUEST for the outer form and INVALID_INPUT for a tensor.
 */
export function decodePredictBody(body: unknown, model: ReadModel): DecodedRequest {
  const { key, signature, rowMode, base } = model;
  if (base === null) {
    throw new MetaErrError('MODEL_IS_EXTERNAL', `model ${key.model} is served elsewhere; send its outputs to POST /v1/models/${key.model}/score`, { field: 'model' });
  }
  const read = readBody(body, signature, rowMode);
  const inputs: Record<string, Tensor> = {};
  for (const info of signature.inputs) {
    const rows = read.inputs.get(info.name);
    if (rows === undefined) throw invalidInput(info.name, 'expected this input, got nothing');
    inputs[info.name] = decodeInput(info, rowMode, rows);
  }
  return { inputs, outputs: {}, rows: read.rows, inputText: (row) => read.inputText(row), callerIds: null, timeoutMilliseconds: null };
}

function decodeInput(info: TensorInfo, mode: RowMode, rows: NestedRows): Tensor {
  if (isRowWise(info, mode)) return decodeRows(info, rowDims(info, mode), rows);
  const tensor = decodeRows(info, info.dims, rows);
  return { ...tensor, dims: tensor.dims.slice(1) };
}

function readBody(body: unknown, signature: Signature, mode: RowMode): BodyRows {
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
  if (instances === undefined) return columnRows(inputs, signature, mode);
  const shared = signature.inputs.find((input) => !isRowWise(input, mode));
  if (shared === undefined) return instanceRows(instances, signature);
  throw invalidInput('instances', `expected "inputs" instead, because the input ${JSON.stringify(shared.name)} has no rows: send it once, as the model takes it`);
}
