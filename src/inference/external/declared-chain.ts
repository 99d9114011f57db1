import { MetaErrError, messageOf } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import type { Signature, Tensor, TensorMap } from '../../engine/tensor.js';
import { FEATURE_OUTPUTS, yieldsNothing } from '../../meta/features/layout.js';
import { planFeatures, type FeaturePlan } from '../../meta/features/plan.js';
import type { FeatureChain } from '../contracts.js';
import { loadFeatureChain } from '../repository/feature-chain.js';
import { syntheticInputs } from '../repository/synthetic-inputs.js';
import { hashedTexts } from '../runner-inputs.js';

/** Size of a variable dimension in the warm-up. */
const FILL = 8;

/** Zeros and empty texts for everything that the graph of a chain reads, under the names of its inputs. */
function zeros(chain: FeatureChain, signature: Signature, rows: number): TensorMap {
  const all = syntheticInputs({ inputs: [...signature.inputs, ...signature.outputs], outputs: [] }, { rows, fill: FILL }, null);
  const tensors: Record<string, Tensor> = {};
  for (const [input, name] of Object.entries(chain.featureGraph.feeds)) if (all[name] !== undefined) tensors[input] = all[name];
  return Object.assign(tensors, hashedTexts(chain, all, rows));
}

/** Runs the feature graph once in every thread, and then on two rows. */
async function warmUp(pool: EnginePool, chain: FeatureChain, signature: Signature): Promise<void> {
  const run = (rows: number) => {
    const tensors = zeros(chain, signature, rows);
    const feeds = Object.fromEntries(Object.keys(tensors).map((name) => [name, name]));
    const steps = [{ session: chain.session, feeds, fetches: { [FEATURE_OUTPUTS.features]: FEATURE_OUTPUTS.features }, optional: false }];
    return pool.run({ steps, tensors, fetch: [FEATURE_OUTPUTS.features] });
  };
  await Promise.all(Array.from({ length: pool.instances }, () => run(1)));
  await run(2);
}

/**
 * Loads the feature graph of declared tensors as session `session` of the pool and warms it up on zeros. Null when the declared
 * tensors hold no number. Throws MODEL_UNAVAILABLE when they cannot be processed.
 */
export async function loadDeclaredChain(pool: EnginePool, session: string, plan: FeaturePlan, signature: Signature): Promise<FeatureChain | null> {
  const layout = planFeatures(plan);
  if (yieldsNothing(layout)) return null;
  try {
    const chain = await loadFeatureChain(pool, session, layout, plan);
    await warmUp(pool, chain, signature);
    return chain;
  } catch (error) {
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: the declared inputs and outputs cannot be processed: ${messageOf(error)}`, { cause: error });
  }
}
