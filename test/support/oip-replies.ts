import type { Tensor, TensorMap, TensorType } from '../../src/engine/tensor.js';
import type { LoadedModel, PredictReply } from '../../src/inference/contracts.js';
import type { WireReply } from '../../src/inference/oip/write-reply.js';
import { plainOf } from './oip-wire.js';
import type { Plain } from './oip-wire.js';

/** A reply with the given outputs; every second row is to be reviewed, and the last has no score. */
export function replyOf(model: LoadedModel, rows: number, outputs: TensorMap, others: Partial<PredictReply> = {}): PredictReply {
  const failureProbabilities = Float64Array.from({ length: rows }, (_, row) => (row + 1 === rows ? NaN : (row + 1) / 8));
  return {
    model,
    predictionId: 'ABCDEF_01J00000000000000000000000',
    callerIds: null,
    metaVersion: 2,
    status: 'ok',
    rows,
    labels: new Array<null>(rows).fill(null),
    confidences: new Float64Array(rows),
    values: new Float64Array(rows),
    failureProbabilities,
    reviews: Uint8Array.from({ length: rows }, (_, row) => row % 2),
    audits: new Uint8Array(rows),
    choices: new Uint16Array(rows),
    outputs,
    forms: Object.fromEntries(Object.keys(outputs).map((name) => [name, 'rows'])),
    requestOutputs: {},
    ...others,
  };
}

export const tensor = <T extends TensorType>(type: T, dims: readonly number[], data: Extract<Tensor, { type: T }>['data']): Tensor => ({ type, dims, data }) as Tensor;

export interface ReplyJson {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly parameters?: { readonly binary_data_size: number };
    readonly data?: readonly unknown[];
  }[];
}

export function replyJson({ json }: WireReply): ReplyJson {
  return JSON.parse(json) as ReplyJson;
}

/** The values of a binary output, found by the sizes in the JSON. */
export function binaryOutput(reply: WireReply, name: string, type: TensorType): Plain[] {
  const whole = Buffer.concat(reply.binary);
  let at = 0;
  for (const output of replyJson(reply).outputs) {
    const size = output.parameters?.binary_data_size ?? 0;
    if (output.name === name) return plainOf(type, whole.subarray(at, at + size));
    at += size;
  }
  throw new Error(`no output ${name}`);
}
