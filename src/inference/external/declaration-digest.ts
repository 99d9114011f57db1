import { createHash } from 'node:crypto';
import type { TensorInfo } from '../../engine/tensor.js';
import type { ModelConfig } from '../contracts.js';

/** Apart from files, whose digests stand in the same place; grows when the meaning of a declaration changes. */
const PREFIX = 'metaerr external model 1\n';

/**
 * Stands for an external model as the digest of its file stands for one that runs here: SHA-256 (hex) of all that says what an
 * output means and when a prediction is a failure. The order of the outputs, and what is declared or assumed, make no difference.
 */
export function declarationDigest(outputs: readonly TensorInfo[], { task, output, scores, labelOutput, labels, tolerance }: ModelConfig): string {
  const byName = outputs.map(({ name, type, dims }) => ({ name, type, dims })).sort((left, right) => (left.name < right.name ? -1 : 1));
  const meaning = { outputs: byName, task, output, scores, labelOutput, labels, tolerance };
  return createHash('sha256').update(PREFIX + JSON.stringify(meaning)).digest('hex');
}
