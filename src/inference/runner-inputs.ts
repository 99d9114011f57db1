import type { Tensor, TensorMap } from '../engine/tensor.js';
import { hashStrings } from '../meta/features/string-hash.js';
import { hashTexts } from '../meta/features/text-hash.js';
import type { FeatureChain, LoadedModel } from './contracts.js';
import { inputName, outputName } from './runner-plan.js';

/**
 * The tensors that a run starts from: the base model's inputs under their names in the run, in the form that the model
 * takes, and the hashed texts that the feature graph reads (it has no string operators).
 */
export function runInputs(model: LoadedModel, inputs: TensorMap, rows: number, chain: FeatureChain = model.features): TensorMap {
  const tensors: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(inputs)) {
    tensors[inputName(name)] = model.rowMode === 'whole' ? { ...tensor, dims: tensor.dims.slice(1) } : tensor;
  }
  return Object.assign(tensors, hashedTexts(chain, inputs, rows));
}

/** The text inputs of so many rows as the feature graph reads them: float32 [rows, buckets], under the names of its inputs. */
export function hashedTexts({ featureGraph }: FeatureChain, inputs: TensorMap, rows: number): TensorMap {
  const hashed: Record<string, Tensor> = {};
  for (const { input, tensor, buckets, isText } of featureGraph.hashes) {
    const texts = inputs[tensor];
    const hash = isText ? hashTexts : hashStrings;
    if (texts?.type === 'string') hashed[input] = { type: 'float32', dims: [rows, buckets], data: hash(texts.data, rows, buckets) };
  }
  return hashed;
}

/** The outputs of a base model that is served elsewhere, under their names in the run. */
export function givenOutputs(outputs: TensorMap): TensorMap {
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [outputName(name), tensor]));
}
