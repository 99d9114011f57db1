import { MetaErrError } from '../../src/core/errors.js';
import type { TensorInfo, TensorType } from '../../src/engine/tensor.js';
import { decodePredictBody } from '../../src/inference/codec/json-request.js';
import type { DecodedRequest } from '../../src/inference/contracts.js';
import type { RowMode } from '../../src/inference/row-shape.js';

export const info = (name: string, type: TensorType, dims: readonly (number | null)[]): TensorInfo => ({ name, type, dims });

/** A base model that runs here; the decoder only sees that there is one. */
const BASE = { session: 'base', signature: { inputs: [], outputs: [] }, executionProvider: 'cpu', fallback: null } as const;

/** What the decoder needs to know of a model. */
export function modelOf(inputs: readonly TensorInfo[], rowMode: RowMode = 'batched') {
  return { key: { model: 'm', version: 1, digest: 'd' }, signature: { inputs, outputs: [] }, rowMode, base: BASE };
}

/** Decodes a body that has been through JSON, as the route's has. */
export function decode(inputs: readonly TensorInfo[], body: unknown, rowMode: RowMode = 'batched'): DecodedRequest {
  return decodePredictBody(JSON.parse(JSON.stringify(body)), modelOf(inputs, rowMode));
}

/** The error that a body is refused with. */
export function refusalOf(inputs: readonly TensorInfo[], body: unknown, rowMode: RowMode = 'batched'): MetaErrError {
  try {
    decode(inputs, body, rowMode);
  } catch (error) {
    if (error instanceof MetaErrError) return error;
    throw error;
  }
  throw new Error('the body was not refused');
}
