import type { Tensor, TensorMap } from '../../engine/tensor.js';
import type { PredictReply } from '../contracts.js';
import { checkJsonValues } from '../codec/json-values.js';
import { engineForm } from '../output-form.js';
import { encodeBinaryData } from './binary-tensors.js';
import { classify } from './classification.js';
import { datatypeOf } from './datatypes.js';
import { failureTensor } from './failure-outputs.js';
import { jsonData } from './json-data.js';
import type { RequestedOutput } from './requested-outputs.js';

/** The reply of an infer request on the wire. */
export interface WireReply {
  readonly json: string;
  /** What follows the JSON, in order; views of the reply's tensors. */
  readonly binary: readonly Uint8Array[];
  /** Bytes of `json` as UTF-8 when binary data follows, else null: then the reply is JSON alone. */
  readonly headerLength: number | null;
}

/**
 * Writes a reply with the outputs that its request asked for. `id` is the caller's own id; without one the prediction id takes its place.
 * Throws INVALID_REQUEST when the outputs that are wanted as JSON are too large for it.
 */
export function writeReply(reply: PredictReply, outputs: readonly RequestedOutput[], id: string | null): WireReply {
  const binary: Uint8Array[] = [];
  const answered = outputs.map((output) => ({ name: output.info.name, tensor: requestedTensor(output, reply), asBytes: output.binary }));
  checkJsonValues(answered.filter(({ asBytes }) => !asBytes).map(({ name, tensor }) => [name, tensor]), 'ask for binary data ("binary_data": true)');
  const texts = answered.map(({ name, tensor, asBytes }) => outputText(name, tensor, asBytes ? binary : null));
  const head = JSON.stringify({
    model_name: reply.model.key.model,
    model_version: String(reply.model.key.version),
    id: id ?? reply.predictionId,
    parameters: { metaerr_prediction_id: reply.predictionId, metaerr_meta_version: reply.metaVersion, metaerr_status: reply.status },
  });
  const json = `${head.slice(0, -1)},"outputs":[${texts.join()}]}`;
  const withBinary = outputs.some((output) => output.binary);
  return { json, binary, headerLength: withBinary ? Buffer.byteLength(json) : null };
}

/** The JSON of one output. Binary data is added to `binary`; null writes the data as JSON. */
function outputText(name: string, tensor: Tensor, binary: Uint8Array[] | null): string {
  const head = { name, datatype: datatypeOf(tensor.type), shape: tensor.dims };
  if (binary === null) return `${JSON.stringify(head).slice(0, -1)},"data":${jsonData(tensor)}}`;
  const bytes = encodeBinaryData(tensor);
  binary.push(bytes);
  return JSON.stringify({ ...head, parameters: { binary_data_size: bytes.length } });
}

function requestedTensor({ info: { name }, classes }: RequestedOutput, reply: PredictReply): Tensor {
  const whole = own(reply.requestOutputs, name);
  const tensor = own(reply.outputs, name) ?? whole ?? failureTensor(name, reply);
  if (tensor === null) throw new Error(`the reply lacks the output '${name}'`);
  if (classes === null || tensor.type === 'string') return engineForm(tensor, reply.forms[name] ?? 'rows');
  const { config, rowMode } = reply.model;
  const rows = tensor === whole || rowMode === 'whole' ? null : reply.rows;
  return classify(tensor, rows, classes, config.output === name ? config.labels : null);
}

/** A tensor by its name, which may be that of a property of every object. */
function own(tensors: TensorMap, name: string): Tensor | null {
  return Object.hasOwn(tensors, name) ? (tensors[name] ?? null) : null;
}
