import { MetaErrError } from '../../core/errors.js';
import type { DecodedRequest, LoadedModel, PredictReply } from '../contracts.js';
import { inputText } from './input-text.js';
import { readTensors } from './input-tensors.js';
import { parseLenientJson } from './lenient-json.js';
import { readRawTensors } from './raw-request.js';
import { invalidRequest } from './refusals.js';
import { requestedOutputs } from './requested-outputs.js';
import type { RequestedOutput } from './requested-outputs.js';
import { readWireRequest } from './wire-request.js';
import { writeReply } from './write-reply.js';
import type { WireReply } from './write-reply.js';

/** One infer request of the Open Inference Protocol and its reply. */
export interface InferExchange {
  /**
   * Decodes the request for the model that will run it. Numbers may be views of the body's memory. Throws INVALID_JSON,
   * INVALID_REQUEST, INVALID_INPUT, or MODEL_IS_EXTERNAL; all that is wrong with a request, its outputs included, is refused here.
   */
  read(model: LoadedModel): DecodedRequest;
  /** Encodes the reply as the request that was read last asked for it. Throws INVALID_REQUEST when an output is too large for JSON. */
  write(reply: PredictReply): WireReply;
}

/** What the reply needs to know of its request. */
interface Asked {
  readonly id: string | null;
  readonly outputs: readonly RequestedOutput[];
}

/**
 * The codec of one exchange. `headerLength` is the value of Inference-Header-Content-Length: the bytes of JSON that binary data follows, 0
 * for a raw request; null without that header, when all of the body is JSON. `body` is uncompressed.
 */
export function createInferExchange(body: Uint8Array, headerLength: number | null): InferExchange {
  let asked: Asked = { id: null, outputs: [] };
  return {
    read(model) {
      if (model.base === null) throw new MetaErrError('MODEL_IS_EXTERNAL', `the model ${model.key.model} is served elsewhere; its outputs can be scored, but it runs nothing here`);
      const { request, ...reply } = headerLength === 0 ? readRaw(body, model) : readJson(body, headerLength ?? body.length, model);
      asked = reply;
      return request;
    },
    write: (reply) => writeReply(reply, asked.outputs, asked.id),
  };
}

function readJson(body: Uint8Array, headerLength: number, model: LoadedModel): Asked & { readonly request: DecodedRequest } {
  if (headerLength > body.length) {
    throw invalidRequest('Inference-Header-Content-Length', `the body has ${body.length} bytes, fewer than the ${headerLength} of JSON that the header announces`);
  }
  const exactIntegers = model.signature.inputs.some(({ type }) => type === 'int64' || type === 'uint64');
  const wire = readWireRequest(parseLenientJson(body.subarray(0, headerLength), exactIntegers));
  const outputs = requestedOutputs(wire, model);
  const { inputs, rows } = readTensors(wire.inputs, body.subarray(headerLength), model);
  const { id, timeoutMilliseconds } = wire;
  const callerIds = id === null ? null : { request: id };
  return { id, outputs, request: { inputs, outputs: {}, rows, callerIds, timeoutMilliseconds, inputText: (row) => inputText(inputs, model, row) } };
}

function readRaw(body: Uint8Array, model: LoadedModel): Asked & { readonly request: DecodedRequest } {
  const outputs = requestedOutputs({ outputs: null, binaryOutputs: true }, model);
  const { inputs, rows } = readRawTensors(body, model);
  const request = { inputs, outputs: {}, rows, callerIds: null, timeoutMilliseconds: null, inputText: (row: number) => inputText(inputs, model, row) };
  return { id: null, outputs, request };
}
