import type { EnginePool } from '../../engine/engine.js';
import { augmentationOf } from '../../meta/features/behaviour-layout.js';
import { buildFeatureGraph } from '../../meta/features/graph.js';
import type { FeatureLayout } from '../../meta/features/layout.js';
import { buildMirrorGraph, pictureInputs } from '../../meta/features/mirror.js';
import type { FeaturePlan } from '../../meta/features/plan.js';
import type { ChainAugmentation, FeatureChain } from '../contracts.js';

/** Feature graphs are small: one thread on the CPU, whatever runs the base model. */
const OPTIONS = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

/** Loads the feature graph of a layout, planned from `plan`, as session `session` of the pool, and what augments rows as another. Rejects with the engine's reason. */
export async function loadFeatureChain(pool: EnginePool, session: string, layout: FeatureLayout, plan: FeaturePlan): Promise<FeatureChain> {
  const { onnx, feeds, hashes } = buildFeatureGraph(layout, plan.source, plan.batched);
  await pool.load(session, { bytes: onnx }, OPTIONS);
  const augmentation = augmentationOf(layout.behaviour) === null ? null : await loadAugmentation(pool, `${session}-augmentation`, plan);
  return { layout, featureGraph: { feeds, hashes }, session, augmentation };
}

async function loadAugmentation(pool: EnginePool, session: string, { inputs, batched, pictures }: FeaturePlan): Promise<ChainAugmentation> {
  const { onnx, outputs } = buildMirrorGraph(pictureInputs(inputs, batched, pictures));
  await pool.load(session, { bytes: onnx }, OPTIONS);
  return { session, outputs };
}
