import { MetaErrError } from '../../core/errors.js';
import type { DecodedRequest, LoadedModel } from '../contracts.js';
import { isObject } from './input-names.js';
import { decodeIds } from './score-ids.js';
import { decodeInstances } from './score-instances.js';
import { decodeOutputs } from './score-outputs.js';

export type ScoredModel = Pick<LoadedModel, 'key' | 'base' | 'config' | 'signature' | 'features' | 'behaviourOnly'>;

/**
 * Reads the body of a score request, `{"outputs": {name: nested array}, "instances"?: [row, ...], "ids"?: [...]}`, for a model that
 * is served elsewhere; rows are dimension 0 everywhere and as many everywhere. Throws MODEL_NOT_EXTERNAL for a model that runs here,
 * INVALID_REQUEST for the outer form and INVALID_INPUT, with its path, for what does not fit the declaration.
 */
export function decodeScoreBody(body: unknown, model: ScoredModel): DecodedRequest {
  const { model: name } = model.key;
  if (model.base !== null) {
    throw new MetaErrError('MODEL_NOT_EXTERNAL', `model ${name} runs in this service; send its inputs to POST /v1/models/${name}/predict`, { field: 'model' });
  }
  if (!isObject(body)) throw new MetaErrError('INVALID_REQUEST', 'body: expected an object with "outputs"');
  const { outputs, instances, ids, ...others } = body;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) {
    throw new MetaErrError('INVALID_REQUEST', `${unknown}: unknown field; expected "outputs", "instances" and "ids"`, { field: unknown });
  }
  const decoded = decodeOutputs(outputs, model);
  const { inputs, inputText } = decodeInstances(instances, model, decoded);
  const callerIds = decodeIds(ids, decoded.rows, decoded.field);
  return { inputs, outputs: decoded.tensors, rows: decoded.rows, inputText, callerIds, timeoutMilliseconds: null };
}
