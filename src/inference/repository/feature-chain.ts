import type { EnginePool } from '../../engine/engine.js';
import { buildFeatureGraph } from '../../meta/features/graph.js';
import type { FeatureLayout } from '../../meta/features/layout.js';
import type { FeaturePlan } from '../../meta/features/plan.js';
import type { FeatureChain } from '../contracts.js';

/** Feature graphs are small: one thread on the CPU, whatever runs the base model. */
const OPTIONS = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

/** Loads the feature graph of a layout, planned from `plan`, as session `session` of the pool. Rejects with the engine's reason. */
export async function loadFeatureChain(pool: EnginePool, session: string, layout: FeatureLayout, { source, batched }: FeaturePlan): Promise<FeatureChain> {
  const { onnx, feeds, hashes } = buildFeatureGraph(layout, source, batched);
  await pool.load(session, { bytes: onnx }, OPTIONS);
  return { layout, featureGraph: { feeds, hashes }, session };
}
