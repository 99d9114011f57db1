import { bytesPerValue } from '../../engine/tensor-types.js';
import type { Tensor, TensorInfo } from '../../engine/tensor.js';
import { describeShape } from '../codec/input-error.js';
import type { LoadedModel } from '../contracts.js';
import { isRowWise } from '../row-shape.js';
import type { RowMode } from '../row-shape.js';
import { decodeBinaryData, isNumeric } from './binary-tensors.js';
import { decodeText } from './bytes-elements.js';
import { datatypeOf } from './datatypes.js';
import type { RequestTensors } from './input-tensors.js';
import { invalidRequest, invalidTensor, quotedNames } from './refusals.js';
import { expectedShape, fitShape } from './tensor-shape.js';

/**
 * Reads a raw request (header value 0): the whole body is the data of the model's only input, and its shape follows from the size.
 * Where the batch and one more dimension are open, it is one row. A body for a BYTES input is one element, without its length.
 * Throws INVALID_REQUEST for a model with several inputs, INVALID_INPUT when no shape follows.
 */
export function readRawTensors(body: Uint8Array, model: Pick<LoadedModel, 'signature' | 'rowMode'>): RequestTensors {
  const { inputs } = model.signature;
  const [info] = inputs;
  if (info === undefined || inputs.length > 1) {
    throw invalidRequest('Inference-Header-Content-Length', `a raw request (0) needs a model with one input; this model has ${quotedNames(inputs) || 'none'}`);
  }
  const shape = rawShape(info, model.rowMode, body.length);
  const { dims, rows } = fitShape(info, model.rowMode, shape, 'body');
  const tensor: Tensor = isNumeric(info.type) ? decodeBinaryData(info, shape, body, 'body') : textTensor(info, shape, body);
  return { inputs: Object.fromEntries([[info.name, { ...tensor, dims }]]), rows: rows ?? 1 };
}

function textTensor(info: TensorInfo, shape: readonly number[], body: Uint8Array): Tensor {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  return { type: 'string', dims: shape, data: [decodeText(bytes, 0, bytes.length, (fault) => invalidTensor(info.name, 'body', `the element ${fault}`))] };
}

function rawShape(info: TensorInfo, mode: RowMode, bytes: number): readonly number[] {
  const expected = expectedShape(info, mode);
  const batched = mode !== 'whole' && isRowWise(info, mode);
  const open = expected.flatMap((dim, level) => (dim === null ? [level] : []));
  const known = expected.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  if (!isNumeric(info.type)) {
    if (known === 1) return expected.map((dim) => dim ?? 1);
    throw refusal(info, expected, 'a raw request of BYTES is one element');
  }
  const variable = open.filter((level) => level > 0 || !batched);
  if (variable.length > 1) throw refusal(info, expected, 'more than one dimension is open besides the batch');
  const [inferred] = variable.length === 0 ? open : variable;
  const unit = known * bytesPerValue(info.type);
  if (inferred === undefined) return expected.map((dim) => dim ?? 1);
  if (bytes % unit !== 0) throw refusal(info, expected, `expected a multiple of ${unit} bytes, got ${bytes}`);
  return expected.map((dim, level) => (level === inferred ? bytes / unit : (dim ?? 1)));
}

function refusal(info: TensorInfo, expected: readonly (number | null)[], reason: string): Error {
  return invalidTensor(info.name, 'body', `no shape ${describeShape(expected)} of ${datatypeOf(info.type)} follows from the size of a raw request: ${reason}; name the shape in JSON`);
}
