import { MetaErrError } from '../../src/core/errors.js';
import type { TensorInfo, TensorType } from '../../src/engine/tensor.js';
import { decodePredictBody } from '../../src/inference/codec/json-request.js';
import type { PredictRequest } from '../../src/inference/contracts.js';

export const info = (name: string, type: TensorType, dims: readonly (number | null)[]): TensorInfo => ({ name, type, dims });

/** What the decoder needs to know of a model. */
export function modelOf(inputs: readonly TensorInfo[], batched = true) {
  return { key: { model: 'm', version: 1, digest: 'd' }, signature: { inputs, outputs: [] }, batched };
}

/** Decodes a body that has been through JSON, as the route's has. */
export function decode(inputs: readonly TensorInfo[], body: unknown, batched = true): PredictRequest {
  return decodePredictBody(JSON.parse(JSON.stringify(body)), modelOf(inputs, batched), null);
}

/** The error that a body is refused with. */
export function refusalOf(inputs: readonly TensorInfo[], body: unknown, batched = true): MetaErrError {
  try {
    decode(inputs, body, batched);
  } catch (error) {
    if (error instanceof MetaErrError) return error;
    throw error;
  }
  throw new Error('the body was not refused');
}
