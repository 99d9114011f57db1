import type { Tensor, TensorMap } from '../engine/tensor.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import type { ScoreKind } from '../meta/features/layout.js';
import { decodeFloat16 } from './codec/float16.js';
import { rowSize } from './codec/tensor-data.js';
import type { ModelConfig } from './contracts.js';
import { OUTPUT_PREFIX } from './runner-plan.js';

/** One value of a numeric tensor; NaN for text or where there is none. */
export function numberAt(tensor: Tensor | undefined, index: number): number {
  if (tensor === undefined || tensor.type === 'string') return NaN;
  const value = tensor.data[index];
  if (value === undefined) return NaN;
  return tensor.type === 'float16' ? decodeFloat16(Number(value)) : Number(value);
}

/** Index of the predicted class of every row; -1 for a task without classes. */
export function predictedClasses(tensors: TensorMap, config: ModelConfig, rows: number): Int32Array {
  const named = tensors[FEATURE_OUTPUTS.classes];
  const scores = config.output === null ? undefined : tensors[OUTPUT_PREFIX + config.output];
  const { scores: kind } = config;
  if (kind === null) return new Int32Array(rows).fill(-1);
  if (named !== undefined) return Int32Array.from({ length: rows }, (_, row) => numberAt(named, row));
  // The feature graph failed: the answer does not wait for it.
  return Int32Array.from({ length: rows }, (_, row) => (scores === undefined ? -1 : largestScore(scores, row, kind)));
}

function largestScore(scores: Tensor, row: number, kind: ScoreKind): number {
  const size = rowSize(scores);
  const first = row * size;
  if (kind === 'binary_probability') return numberAt(scores, first) > 0.5 ? 1 : 0;
  if (kind === 'binary_logit') return numberAt(scores, first) > 0 ? 1 : 0;
  let best = 0;
  for (let i = 1; i < size; i++) if (numberAt(scores, first + i) > numberAt(scores, first + best)) best = i;
  return best;
}

/** The predicted label of every row as text: the model's label output under the name of its class, else the name of the class, else its index; null without classes. */
export function predictedLabels(tensors: TensorMap, config: ModelConfig, classes: Int32Array): (string | null)[] {
  const output = config.labelOutput === null ? undefined : tensors[OUTPUT_PREFIX + config.labelOutput];
  const nameOf = (index: number) => config.labels?.[index] ?? String(index);
  return Array.from(classes, (index, row) => {
    const given = output?.data[row];
    if (given === undefined) return index < 0 ? null : nameOf(index);
    const text = String(given);
    const { labelTexts } = config;
    if (labelTexts === null) return text;
    const named = labelTexts[index] === text ? index : labelTexts.indexOf(text);
    return named < 0 ? text : nameOf(named);
  });
}
