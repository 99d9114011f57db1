import { createDirectSession } from '../../../src/engine/direct-session.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import { guessedPictures } from '../../../src/meta/features/flat-picture.js';
import { buildFeatureGraph } from '../../../src/meta/features/graph.js';
import { FEATURE_OUTPUTS } from '../../../src/meta/features/layout.js';
import { planFeatures } from '../../../src/meta/features/plan.js';

/** Numbers of the input features a row, the service's own default. */
const MAX_WIDTH = 256;
const CHUNK = 500;
const OPTIONS = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

export interface FeaturedRows {
  readonly width: number;
  /** rows x width, row-major: inputs, then outputs. */
  readonly features: Float32Array;
  /** rows x outputs: the first output. */
  readonly outputs: Float32Array;
}

/** Runs rows through a model whose task has no classes and through the product's feature graph for it, which takes outputs as features. */
export async function outcomeFeatures(onnx: Uint8Array, values: Float32Array, width: number): Promise<FeaturedRows> {
  const base = await createDirectSession({ bytes: onnx }, OPTIONS);
  const { inputs, outputs } = base.signature;
  const [output] = outputs;
  if (output === undefined) throw new Error('the model has no output');
  const layout = planFeatures({ inputs, outputs: [output], batched: true, source: null, behaviour: { kind: 'none' }, maxWidth: MAX_WIDTH, pictures: guessedPictures(inputs, true) });
  const graph = buildFeatureGraph(layout, null, true);
  const session = await createDirectSession({ bytes: graph.onnx }, OPTIONS);
  const parts: { readonly features: Float32Array; readonly outputs: Float32Array }[] = [];
  try {
    for (let start = 0; start < values.length; start += CHUNK * width) {
      const data = values.slice(start, start + CHUNK * width);
      const input: Tensor = { type: 'float32', dims: [data.length / width, width], data };
      const pool = { ...(await base.run({ input })), input };
      const fed = Object.fromEntries(Object.entries(graph.feeds).map(([name, source]) => [name, (pool as Record<string, Tensor>)[source] ?? input]));
      const features = (await session.run(fed))[FEATURE_OUTPUTS.features];
      const result = (pool as Record<string, Tensor>)[output.name];
      if (features?.type !== 'float32' || result?.type !== 'float32') throw new Error('expected float32 features and outputs');
      parts.push({ features: features.data, outputs: result.data });
    }
  } finally {
    await session.release();
    await base.release();
  }
  const join = (of: (part: (typeof parts)[number]) => Float32Array): Float32Array => Float32Array.from(parts.flatMap((part) => [...of(part)]));
  return { width: layout.width, features: join(({ features }) => features), outputs: join((part) => part.outputs) };
}
