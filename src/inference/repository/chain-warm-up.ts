import type { TensorMap } from '../../engine/tensor.js';
import { runInputs } from '../runner-inputs.js';
import { predictPlan } from '../runner-plan.js';
import type { Sample } from './base-probe.js';
import type { LoadedVersion } from './loaded-version.js';

/** Synthetic inputs as requests bring them: dimension 0 is the row, also where the model has no such dimension. */
function requestInputs(loaded: LoadedVersion, sample: Sample, rows: number): TensorMap {
  const inputs = sample.inputs(rows);
  if (loaded.rowMode !== 'whole') return inputs;
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, { ...tensor, dims: [1, ...tensor.dims] }]));
}

/**
 * Runs base model and feature graph as a prediction does, once in every thread of the pool, and then on two rows. Returns
 * the engine's message when the feature graph fails, or null. Rejects when the base model fails.
 */
export async function warmUpChain(loaded: LoadedVersion, sample: Sample): Promise<string | null> {
  const { steps, fetch } = predictPlan(loaded, null);
  const run = async (rows: number) => {
    const tensors = runInputs(loaded, requestInputs(loaded, sample, rows), loaded.rowMode === 'whole' ? 1 : rows);
    const reply = await loaded.pool.run({ steps, fetch, tensors });
    return reply.steps.find((step) => step.error !== null)?.error ?? null;
  };
  const faults = await Promise.all(Array.from({ length: loaded.pool.instances }, () => run(sample.fewest)));
  if (loaded.rowMode === 'batched' || loaded.rowMode === 'request') faults.push(await run(2));
  return faults.find((fault) => fault !== null) ?? null;
}
