import type { FastifyInstance } from 'fastify';
import type { TestApp } from './http-app.js';
import { binaryPost, jsonPost, readReply, type OipPost, type OipReply, type OipTensor, type OipValue } from './oip-client.js';
import type { ZooRequest, ZooTensor } from './zoo-cases.js';

/** Outputs that the service adds to a model's own. */
export const SERVICE_OUTPUTS: ReadonlySet<string> = new Set(['metaerr_failure_probability', 'metaerr_decision']);

/** POST of the Open Inference Protocol; throws with the reply's text unless it is 200. */
export async function infer(app: FastifyInstance, model: string, post: OipPost): Promise<OipReply> {
  const reply = await app.inject({ method: 'POST', url: `/v2/models/${model}/infer`, headers: { ...post.headers }, payload: post.payload });
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode}: ${reply.payload}`);
  return readReply(reply.headers, reply.rawPayload);
}

function oipTensor({ data, ...tensor }: ZooTensor): OipTensor {
  const value = (datum: number | string | boolean): OipValue => {
    if (tensor.datatype.endsWith('INT64')) return BigInt(datum);
    return typeof datum === 'string' && tensor.datatype.startsWith('FP') ? Number(datum) : datum;
  };
  return { ...tensor, data: data.map(value) };
}

export function binaryInfer(app: FastifyInstance, model: string, { inputs }: ZooRequest): Promise<OipReply> {
  return infer(app, model, binaryPost(inputs.map(oipTensor)));
}

/** With FP16 outputs, which JSON does not carry, as binary data. */
export function jsonInfer(app: FastifyInstance, model: string, { inputs, outputs }: ZooRequest): Promise<OipReply> {
  const asked = outputs.map(({ name, datatype }) => (datatype === 'FP16' ? { name, parameters: { binary_data: true } } : { name }));
  return infer(app, model, jsonPost(inputs.map(oipTensor), outputs.some(({ datatype }) => datatype === 'FP16') ? { outputs: asked } : {}));
}

type Nested = number | string | boolean | readonly Nested[];

function nested({ shape, data }: ZooTensor): Nested {
  const build = (level: number, from: number, count: number): Nested => {
    const length = shape[level];
    if (length === undefined) return data[from] ?? 0;
    const each = count / Math.max(length, 1);
    return Array.from({ length }, (_, index) => build(level + 1, from + index * each, each));
  };
  return build(0, 0, data.length);
}

interface PredictBody {
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly predictions: readonly { readonly outputs: Readonly<Record<string, unknown>> }[];
}

function flat(value: unknown): OipValue[] {
  return Array.isArray(value) ? (value.flat(Infinity) as OipValue[]) : [value as OipValue];
}

/** The values of an output over the rows of a reply, else those that hold for the request as a whole; undefined where it is absent. */
function predictedValues({ predictions, outputs }: PredictBody, name: string): OipValue[] | undefined {
  if (outputs !== undefined && name in outputs) return flat(outputs[name]);
  return predictions.every((row) => name in row.outputs) ? predictions.flatMap((row) => flat(row.outputs[name])) : undefined;
}

/** POST /v1/models/{model}/predict; outputs have the expected shapes, since rows are told apart there by the reply itself. */
export async function predict(app: FastifyInstance, model: string, { inputs, outputs }: ZooRequest, whole: boolean): Promise<OipTensor[]> {
  const tensors = Object.fromEntries(inputs.map((tensor) => [tensor.name, nested(tensor)]));
  const payload = whole ? { instances: [tensors] } : { inputs: tensors };
  const reply = await app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload });
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode}: ${reply.payload}`);
  const body = reply.json<PredictBody>();
  return outputs.flatMap(({ name, datatype, shape }) => {
    const data = predictedValues(body, name);
    return data === undefined ? [] : [{ name, datatype, shape, data }];
  });
}

/** What the service says of a model at its public door, and how it takes the rows. */
export async function configurationOf({ app, system }: TestApp, model: string) {
  const reply = await app.inject(`/v2/models/${model}/config`);
  const { parameters } = reply.json<{ parameters: { metaerr_config: { string_value: string } } }>();
  const { task, output, scores, labels, label_output: labelOutput } = JSON.parse(parameters.metaerr_config.string_value) as Record<string, unknown>;
  return { task, output, scores, labels, labelOutput, rows: system.catalogue.loaded(model).rowMode };
}
