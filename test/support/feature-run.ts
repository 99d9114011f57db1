import { createDirectSession } from '../../src/engine/direct-session.js';
import type { Tensor, TensorInfo, TensorMap } from '../../src/engine/tensor.js';
import { behaviourLayout } from '../../src/meta/features/behaviour-layout.js';
import { buildFeatureGraph } from '../../src/meta/features/graph.js';
import { FEATURE_OUTPUTS } from '../../src/meta/features/layout.js';
import type { FeatureLayout, InputFeature } from '../../src/meta/features/layout.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import type { FeaturePlan, ScoreSource } from '../../src/meta/features/plan.js';

export interface FeatureRun {
  readonly layout: FeatureLayout;
  readonly features: Float32Array;
  readonly classes: readonly number[];
  readonly confidence: Float32Array;
  readonly coldStart: Float32Array;
}

export const info = (name: string, type: TensorInfo['type'], dims: TensorInfo['dims']): TensorInfo => ({ name, type, dims });

export const floats = (dims: readonly number[], data: Iterable<number>): Tensor => ({ type: 'float32', dims, data: Float32Array.from(data) });

/** A batched plan without outputs as features, changed where a test says so. */
export function plan(changes: Partial<FeaturePlan> & { classes?: number } = {}): FeaturePlan {
  const { classes, ...rest } = changes;
  return { inputs: [], outputs: [], batched: true, source: null, behaviour: behaviourLayout(classes ?? null), maxWidth: 256, pictures: new Map(), series: 'auto', texts: new Set(), tokens: new Map(), ...rest };
}

/** How the only input of a plan, named x, is described. */
export const oneInput = (type: TensorInfo['type'], dims: TensorInfo['dims'], changes: Partial<FeaturePlan> = {}): InputFeature | undefined =>
  planFeatures(plan({ inputs: [info('x', type, dims)], ...changes })).inputs[0];

/** Plans, writes, loads and runs a feature graph; `pool` holds the base model's inputs and outputs and the hash inputs. */
export async function runFeatures(wanted: FeaturePlan, pool: TensorMap): Promise<FeatureRun> {
  const layout = planFeatures(wanted);
  const { onnx, feeds } = buildFeatureGraph(layout, wanted.source, wanted.batched);
  const session = await createDirectSession({ bytes: onnx }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    const inputs = Object.fromEntries(Object.entries(feeds).map(([input, name]) => [input, taken(pool, name)]));
    const tensors = await session.run(inputs);
    return {
      layout,
      features: float32(tensors[FEATURE_OUTPUTS.features]),
      classes: Array.from(tensors[FEATURE_OUTPUTS.classes]?.data ?? [], Number),
      confidence: float32(tensors[FEATURE_OUTPUTS.confidence]),
      coldStart: float32(tensors[FEATURE_OUTPUTS.coldStart]),
    };
  } finally {
    await session.release();
  }
}

/** Runs only the behaviour of class scores. */
export function runScores(source: ScoreSource, classes: number, scores: Tensor, batched = true): Promise<FeatureRun> {
  return runFeatures(plan({ source, classes, batched }), { [source.output.name]: scores });
}

function taken(pool: TensorMap, name: string): Tensor {
  const tensor = pool[name];
  if (tensor === undefined) throw new Error(`the pool has no tensor '${name}'`);
  return tensor;
}

function float32(tensor: Tensor | undefined): Float32Array {
  return tensor?.type === 'float32' ? tensor.data : new Float32Array();
}
