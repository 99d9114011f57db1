import type { Tensor, TensorInfo } from '../../engine/tensor.js';
import type { LoadedModel, PredictReply } from '../contracts.js';

/** Name of the output that holds the failure probability of each row: FP32 [N], NaN where there is no score. */
export const FAILURE_PROBABILITY_OUTPUT = 'metaerr_failure_probability';
/** Name of the output that holds the decision of each row: BYTES [N], `accept` or `review`. */
export const DECISION_OUTPUT = 'metaerr_decision';

/** The outputs that the service adds to those of the base model; a base model's own output of the name goes first. */
export function failureOutputs({ signature }: Pick<LoadedModel, 'signature'>): readonly TensorInfo[] {
  const added: readonly TensorInfo[] = [
    { name: FAILURE_PROBABILITY_OUTPUT, type: 'float32', dims: [null] },
    { name: DECISION_OUTPUT, type: 'string', dims: [null] },
  ];
  return added.filter(({ name }) => !signature.outputs.some((output) => output.name === name));
}

/** The values of one of them; null for any other name. */
export function failureTensor(name: string, { rows, failureProbabilities, reviews }: PredictReply): Tensor | null {
  if (name === FAILURE_PROBABILITY_OUTPUT) return { type: 'float32', dims: [rows], data: new Float32Array(failureProbabilities) };
  if (name === DECISION_OUTPUT) return { type: 'string', dims: [rows], data: Array.from(reviews, (review) => (review === 1 ? 'review' : 'accept')) };
  return null;
}
