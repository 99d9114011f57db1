import { FEATURE_OUTPUTS } from '../../../src/meta/features/layout.js';
import { concatenated } from '../../../src/meta/training/pick-rows.js';
import { FeatureChain, wantedTensor } from '../product/feature-chain.js';

export interface FeaturedRows {
  readonly width: number;
  /** rows x width, row-major: inputs, then outputs. */
  readonly features: Float32Array;
  /** rows x outputs: the first output. */
  readonly outputs: Float32Array;
}

/** Runs rows through a model whose task has no classes and through the product's feature graph for it, which takes outputs as features. */
export async function outcomeFeatures(onnx: Uint8Array, values: Float32Array, width: number): Promise<FeaturedRows> {
  const chain = await FeatureChain.open(onnx, null);
  const [features, outputs]: [Float32Array[], Float32Array[]] = [[], []];
  try {
    for await (const run of chain.run(values, values.length / width, [width])) {
      features.push(wantedTensor(run.features, FEATURE_OUTPUTS.features, 'float32').data);
      outputs.push(run.output);
    }
  } finally {
    await chain.release();
  }
  return { width: chain.layout.width, features: concatenated(features), outputs: concatenated(outputs) };
}
