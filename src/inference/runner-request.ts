import type { TensorMap } from '../engine/tensor.js';
import type { BatchRequest } from './batching/batcher.js';
import { concatRows, shapeKey, sliceRows } from './batching/tensor-rows.js';
import type { DecodedRequest, FeatureChain, LoadedModel } from './contracts.js';
import type { OutputForm } from './output-form.js';
import { isBehaviourOnly } from './predict-check.js';

/** Rows that run together: those of one request, or of several joined. */
export interface RunnerRows {
  readonly inputs: TensorMap;
  /** Given outputs of a base model that is served elsewhere. */
  readonly outputs: TensorMap;
  readonly rows: number;
  readonly chain: FeatureChain;
}

/** What the sessions do for a request, in this order. */
export type SessionStage = 'base' | 'augmentation' | 'features' | 'meta';

/** A stage that the sessions went through. */
export interface EndedStep {
  readonly stage: SessionStage;
  readonly milliseconds: number;
  /** Why it failed, in the engine's words. */
  readonly error: string | null;
}

/** A request as it waits and runs. */
export interface RunnerRequest extends RunnerRows, BatchRequest {}

/** What a request is answered by the sessions. */
export interface RunAnswer {
  /**
   * Tensors with the rows as dimension 0: the base model's outputs (prefixed `output:`), the outputs of the feature graph and
   * `metaerr_score`; what an optional step failed to make is absent.
   */
  readonly tensors: TensorMap;
  /** How each of the base model's outputs in `tensors` stood in the engine, by its own name. */
  readonly forms: Readonly<Record<string, OutputForm>>;
  /** Outputs that hold for the request as a whole. */
  readonly requestOutputs: TensorMap;
  /** What made the features. */
  readonly chain: FeatureChain;
  /** Version of the meta-model that scored (or should have scored) the rows; 0 is the cold start. */
  readonly metaVersion: number;
  /** Whether no ground truth has calibrated it. */
  readonly labelFree: boolean;
  /** Time that the sessions took, for all the rows that ran together. */
  readonly computeMilliseconds: number;
  /** What they did in it, in order. */
  readonly steps: readonly EndedStep[];
  /** Rows that ran together. */
  readonly ranRows: number;
}

/** A checked request as it waits and runs. Requests of equal shapes can be joined: their rows go through the same chain. */
export function runnerRequest(model: LoadedModel, request: DecodedRequest): RunnerRequest {
  const { inputs, outputs, rows, timeoutMilliseconds } = request;
  const chain = model.behaviourOnly !== null && isBehaviourOnly(request, model) ? model.behaviourOnly : model.features;
  return { inputs, outputs, rows, chain, timeoutMilliseconds, shape: shapeOf(model, request) };
}

function shapeOf({ signature, rowMode, base }: LoadedModel, { inputs, outputs }: DecodedRequest): string {
  // Where nothing is joined, one queue keeps the order of arrival.
  if (rowMode !== 'batched') return '';
  const key = shapeKey(signature.inputs.map(({ name }) => name), inputs);
  return base === null ? `${key}|${shapeKey(signature.outputs.map(({ name }) => name), outputs)}` : key;
}

/** Requests of one shape as rows that run together. */
export function joinRequests(requests: readonly [RunnerRequest, ...RunnerRequest[]]): RunnerRows {
  if (requests.length === 1) return requests[0];
  return {
    inputs: concatRows(requests.map(({ inputs }) => inputs)),
    outputs: concatRows(requests.map(({ outputs }) => outputs)),
    rows: requests.reduce((sum, { rows }) => sum + rows, 0),
    chain: requests[0].chain,
  };
}

/** Rows `from` (included) to `to` (excluded) of rows that can be told apart. */
export function partOf({ inputs, outputs, chain }: RunnerRows, from: number, to: number): RunnerRows {
  return { inputs: sliceRows(inputs, from, to), outputs: sliceRows(outputs, from, to), rows: to - from, chain };
}
