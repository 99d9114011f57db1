import type { Tensor, TensorMap } from '../../engine/tensor.js';
import type { LoadedModel } from '../contracts.js';
import { describeValue, invalidInput } from './input-error.js';
import { instanceRows } from './json-instances.js';
import { decodeRows } from './nested-array.js';
import type { DecodedOutputs } from './score-outputs.js';

export interface DecodedInstances {
  /** Empty where no inputs are declared, or no instances came. */
  readonly inputs: TensorMap;
  /** One instance as it stands in the body; `null` without instances. */
  inputText(row: number): string;
}

type ExternalModel = Pick<LoadedModel, 'signature' | 'behaviourOnly'>;

function withoutInstances({ signature, behaviourOnly }: ExternalModel): DecodedInstances {
  if (signature.inputs.length > 0 && behaviourOnly === null) {
    throw invalidInput('instances', 'expected one instance for each row, because the outputs of this model alone hold no number; got nothing');
  }
  return { inputs: {}, inputText: () => 'null' };
}

/**
 * Reads `instances` beside the outputs of the same rows: rows of the declared inputs as a predict request has them, or any JSON
 * where none are declared. Throws INVALID_INPUT.
 */
export function decodeInstances(instances: unknown, model: ExternalModel, { rows, field }: Pick<DecodedOutputs, 'rows' | 'field'>): DecodedInstances {
  if (instances === undefined) return withoutInstances(model);
  if (!Array.isArray(instances)) throw invalidInput('instances', `expected an array of rows, got ${describeValue(instances)}`);
  const list: readonly unknown[] = instances;
  if (list.length !== rows) throw invalidInput('instances', `expected ${rows} rows as in ${field}, got ${list.length}`);
  const inputText = (row: number) => JSON.stringify(list[row]);
  if (model.signature.inputs.length === 0) return { inputs: {}, inputText };
  const read = instanceRows(instances, model.signature);
  const inputs: Record<string, Tensor> = {};
  for (const info of model.signature.inputs) {
    const found = read.inputs.get(info.name);
    if (found !== undefined) inputs[info.name] = decodeRows(info, info.dims.slice(1), found);
  }
  return { inputs, inputText };
}
