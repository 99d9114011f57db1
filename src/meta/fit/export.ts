import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { BehaviourValues } from '../experts/behaviour.js';
import { emitEvidence, type EvidenceValues } from '../experts/evidence.js';
import { emitPoints } from '../experts/distance-metric.js';
import type { Form } from '../experts/form.js';
import { emitDistancePart, transformedWidth } from '../experts/input-transform.js';
import { emitLinear } from '../experts/linear-experts.js';
import { emitNeighbours } from '../experts/neighbours.js';
import { emitNetEnsemble } from '../experts/net-ensemble.js';
import { columns, filled, plus, times } from '../experts/operators.js';
import { emitPooledScore } from '../experts/pool.js';
import { emitLabelFreeCorrection } from './label-free-score.js';
import { writeServingGraph } from './serving-graph.js';
import { emitSignals } from './stages.js';
import { emitKernelScore } from '../kernel/kernel-score.js';
import { emitErrorScore } from '../kernel/error-score.js';
import { emitOutcomeScore } from '../kernel/outcome-score.js';
import { emitOutcomeScores } from '../trees/outcome-classes.js';
import { emitClassLogs } from '../trees/trees-graph.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import type { ExpertName, MetaModelParameters, RecipeParameters } from './types.js';

/**
 * Writes the serving graph: META_GRAPH.input float32 [N, width] -> META_GRAPH.output float32 [N], in (0, 1). It is put together from
 * the same emitters that computed the columns in training, so the two cannot drift apart.
 */
export function exportMetaModel(parameters: MetaModelParameters): Uint8Array {
  const recipe = parameters.recipe === null ? 'anchor' : parameters.form.kind;
  return writeServingGraph(parameters.form.width, recipe, (graph, features) => emitLogit(graph, features, parameters));
}

/** N x 1: the failure logit. */
function emitLogit(graph: GraphBuilder, features: Value, { form, anchor, recipe }: MetaModelParameters): Value {
  const { transformed, behaviour } = emitSignals(graph, features, form, recipe?.transform ?? { kind: 'none' });
  const anchorLogit = emitLinear(graph, [behaviour?.anchor ?? null], anchor, null, features);
  if (recipe === null) return anchorLogit;
  const points = transformed === null ? null : emitPoints(graph, transformed, recipe.metric);
  const near = points === null ? null : emitDistancePart(graph, points, recipe.transform);
  const neighbours = emitNeighbours(graph, form, { points: near, predicted: behaviour?.predicted ?? null, like: features }, recipe.store, null);
  const inputs = { form, behaviour, neighbours, transformed, transformedWidth: transformedWidth(recipe.transform) };
  const evidence = emitEvidence(graph, inputs, recipe.evidence);
  const emit = expertEmitters(graph, { features, behaviour, evidence, points, anchorLogit, recipe, form });
  let logit: Value | null = null;
  recipe.names.forEach((name, k) => {
    const weight = recipe.stacker.weights[k] ?? 0;
    if (weight === 0) return;
    const part = times(graph, emit[name](), weight);
    logit = logit === null ? part : plus(graph, logit, part);
  });
  return logit === null ? filled(graph, features, 1, recipe.stacker.intercept) : plus(graph, logit, recipe.stacker.intercept);
}

interface ExpertInputs {
  readonly features: Value;
  readonly behaviour: BehaviourValues | null;
  readonly evidence: EvidenceValues;
  /** Where the rows lie for everything that measures distances. */
  readonly points: Value | null;
  readonly anchorLogit: Value;
  readonly recipe: RecipeParameters;
  readonly form: Form;
}

/** Each expert's logit (N x 1), written when it is asked for. */
function expertEmitters(
  graph: GraphBuilder, inputs: ExpertInputs,
): Record<ExpertName, () => Value> {
  const { features, behaviour, evidence, anchorLogit, recipe, form } = inputs;
  const anchor = behaviour?.anchor ?? null;
  const predicted = behaviour?.predicted ?? null;
  let written: Value | null = null;
  const consensus = (): Value => (written ??= emitKernel(graph, inputs, 'consensus'));
  const nn = () => emitLinear(graph, [anchor, evidence.score], recipe.nn, null, features);
  return {
    anchor: () => anchorLogit,
    nn,
    lr: () => emitLinear(graph, [anchor, form.kind === 'classes' ? evidence.score : null, evidence.summary], recipe.lr, predicted, features),
    so: () => {
      if (recipe.nets === null || evidence.netInputs === null) return nn();
      const offset = evidence.poolLogits !== null && predicted !== null
        ? { kind: 'classes', logits: evidence.poolLogits, predicted } as const
        : { kind: 'outcomes', logit: nn() } as const;
      const logit = emitNetEnsemble(graph, evidence.netInputs, recipe.nets, offset);
      return recipe.netScale === null ? logit : emitLinear(graph, [logit], recipe.netScale, null, features);
    },
    kernel: () => (recipe.outcomeKernel === null ? emitKernel(graph, inputs, 'kernel') : emitOutcomeKernel(graph, inputs, recipe.outcomeKernel)),
    joint: () => emitKernel(graph, inputs, 'joint'),
    consensus,
    pretrained: () => emitPretrained(graph, inputs, consensus()),
    trees: () => emitTrees(graph, inputs),
    error: () => emitErrorKernel(graph, inputs),
  };
}

function emitKernel(graph: GraphBuilder, { features, behaviour, points, recipe }: ExpertInputs, wanted: ExpertName): Value {
  const expert = recipe.kernels.find(({ name }) => name === wanted);
  if (expert === undefined || points === null || behaviour?.predicted == null || behaviour.logProbabilities === null) {
    throw new Error(`no kernel expert ${wanted}`);
  }
  const { anchor, logProbabilities, predicted } = behaviour;
  const score = emitKernelScore(graph, { points, logProbabilities, predicted }, expert.opinion);
  return emitLinear(graph, [anchor, score], expert.linear, null, features);
}

function emitPretrained(graph: GraphBuilder, { features, recipe: { pretrained } }: ExpertInputs, consensus: Value): Value {
  if (pretrained === null) throw new Error('no pretrained expert');
  return emitLinear(graph, [consensus, emitLabelFreeCorrection(graph, features, pretrained.experts)], pretrained.linear, null, features);
}

function emitTrees(graph: GraphBuilder, { features, behaviour, recipe, form }: ExpertInputs): Value {
  if (recipe.trees === null) throw new Error('no boosted trees');
  const { trees, reading, linear } = recipe.trees;
  const logs = emitClassLogs(graph, columns(graph, features, 0, form.inputWidth), trees);
  const score = 'pool' in reading ? emitPooledTrees(graph, behaviour, logs, trees.classes, reading.pool) : emitOutcomeScores(graph, logs, trees.classes, reading.centre);
  return emitLinear(graph, [behaviour?.anchor ?? null, score], linear, null, features);
}

function emitPooledTrees(graph: GraphBuilder, behaviour: BehaviourValues | null, logs: Value, classes: number, pool: PoolWeights): Value {
  if (behaviour?.predicted == null || behaviour.logProbabilities === null) throw new Error('no class probabilities for the boosted trees');
  const { logProbabilities, predicted } = behaviour;
  return emitPooledScore(graph, { logProbabilities, predicted }, logs, classes, pool);
}

function emitOutcomeKernel(graph: GraphBuilder, { features, behaviour, points }: ExpertInputs, { regression, linear }: NonNullable<RecipeParameters['outcomeKernel']>): Value {
  if (points === null) throw new Error('no input features for the kernel expert');
  return emitLinear(graph, [behaviour?.anchor ?? null, emitOutcomeScore(graph, points, regression)], linear, null, features);
}

function emitErrorKernel(graph: GraphBuilder, { features, behaviour, points, recipe: { errorKernel } }: ExpertInputs): Value {
  if (errorKernel === null || points === null) throw new Error('no kernel expert of errors');
  return emitLinear(graph, [behaviour?.anchor ?? null, emitErrorScore(graph, points, errorKernel.regression)], errorKernel.linear, null, features);
}
