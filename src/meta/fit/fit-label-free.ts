import type { BehaviourLayout, VectorForm } from '../features/layout.js';
import { sigmoids } from '../linear/numerics.js';
import type { ProgressListener, UnlabelledRows } from '../training/window.js';
import { fitLabelFreeParameters, labelFreeLogits } from './fit-label-free-parameters.js';
import { emitLabelFreeLogits } from './label-free-score.js';
import { writeServingGraph } from './serving-graph.js';

export interface LabelFreeOptions {
  readonly behaviour: BehaviourLayout;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

export interface LabelFreeMetaModel {
  /** One graph: META_GRAPH.input [N, width] -> META_GRAPH.output [N]. */
  readonly onnx: Uint8Array;
  /** Share of the newer half of the rows for which the consensus of the older half names another class than the base model. */
  readonly disagreement: number;
  /** Weight of the consensus in the score: half of what it agrees more than it disagrees. */
  readonly weight: number;
  /** Failure probabilities of the rows. */
  readonly scores: Float64Array;
}

const STEPS = ['preparing', 'judging consensus', 'training consensus', 'calibrating', 'exporting'] as const;

/**
 * Fits a meta-model to predictions alone, none of which has a ground truth, oldest first, and writes it as one graph (decisions 21 and 37). Null where
 * there can be no consensus: without a column for each class or input features that vary, or with under 200 rows. Nothing in it is random.
 * Rejects with the signal's reason after an abort.
 */
export async function fitLabelFree(unlabelled: UnlabelledRows, vector: VectorForm, options: LabelFreeOptions): Promise<LabelFreeMetaModel | null> {
  const { behaviour, signal } = options;
  const fitted = await fitLabelFreeParameters(unlabelled, vector, { behaviour, signal, onStep: (step) => report(options, step) });
  if (fitted === null) return null;
  const { parameters, disagreement } = fitted;
  const scores = sigmoids(Float64Array.from(await labelFreeLogits(unlabelled, parameters, signal)));
  report(options, 4);
  const onnx = writeServingGraph(vector.width, 'label-free', (graph, features) => emitLabelFreeLogits(graph, features, parameters).logit);
  report(options, STEPS.length);
  return { onnx, disagreement, weight: parameters.weight, scores };
}

function report({ signal, onProgress }: LabelFreeOptions, done: number): void {
  signal?.throwIfAborted();
  onProgress?.({ step: STEPS[Math.min(done, STEPS.length - 1)]!, done, total: STEPS.length });
}
