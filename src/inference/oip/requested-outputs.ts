import type { TensorInfo } from '../../engine/tensor.js';
import type { LoadedModel } from '../contracts.js';
import { datatypeOf } from './datatypes.js';
import { failureOutputs } from './failure-outputs.js';
import { invalidRequest, quoted, quotedNames } from './refusals.js';
import type { WireOutput, WireRequest } from './wire-request.js';

/** One output of the reply. */
export interface RequestedOutput {
  readonly info: TensorInfo;
  readonly binary: boolean;
  /** How many of the largest values of each row stand for the tensor; null for the tensor itself. */
  readonly classes: number | null;
}

/**
 * The outputs of the reply: those that the request names, in its order; without names all of the model's and, where the model's
 * configuration says so, those of the service. Throws INVALID_REQUEST that names the output: unknown, named twice, FP16 that would
 * have to be JSON (also when it was not named: a reply never lacks an output of the model), a classification without numbers.
 */
export function requestedOutputs(request: Pick<WireRequest, 'outputs' | 'binaryOutputs'>, model: Pick<LoadedModel, 'signature' | 'config'>): readonly RequestedOutput[] {
  const added = failureOutputs(model);
  const known = [...model.signature.outputs, ...added];
  if (request.outputs === null) {
    const all = model.config.append_outputs ? known : model.signature.outputs;
    return all.map((info) => checked({ info, binary: request.binaryOutputs, classes: null }, 'outputs'));
  }
  checkNames(request.outputs, known);
  return request.outputs.flatMap(({ name, path, binary, classes }) =>
    known.filter((info) => info.name === name).map((info) => checked({ info, binary: binary ?? request.binaryOutputs, classes }, path)),
  );
}

function checkNames(outputs: readonly WireOutput[], known: readonly TensorInfo[]): void {
  const names = new Set(known.map(({ name }) => name));
  const seen = new Set<string>();
  for (const { name, path } of outputs) {
    if (!names.has(name)) throw invalidRequest(`${path}.name`, `unknown output ${quoted(name)}; expected ${quotedNames(known)}`);
    if (seen.has(name)) throw invalidRequest(`${path}.name`, `output ${quoted(name)} is named twice`);
    seen.add(name);
  }
}

function checked(output: RequestedOutput, path: string): RequestedOutput {
  const { info, binary, classes } = output;
  const named = `output ${quoted(info.name)} (${datatypeOf(info.type)})`;
  if (classes !== null && (info.type === 'string' || info.type === 'bool')) throw invalidRequest(`${path}.parameters.classification`, `${named} has no numbers to classify by`);
  if (classes === null && info.type === 'float16' && !binary) {
    throw invalidRequest(path, `${named} cannot be sent as JSON; ask for binary data (its parameter "binary_data": true, or "binary_data_output": true for all outputs)`);
  }
  return output;
}
