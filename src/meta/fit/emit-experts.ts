import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { BehaviourValues } from '../experts/behaviour.js';
import type { EvidenceValues } from '../experts/evidence.js';
import type { Form } from '../experts/form.js';
import { emitLinear } from '../experts/linear-experts.js';
import { emitNetEnsemble } from '../experts/net-ensemble.js';
import { columns } from '../experts/operators.js';
import { emitPooledScore } from '../experts/pool.js';
import { emitErrorScore } from '../kernel/error-score.js';
import { emitKernelScore } from '../kernel/kernel-score.js';
import { emitOutcomeScore } from '../kernel/outcome-score.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import { emitOutcomeScores } from '../trees/outcome-classes.js';
import { emitClassLogs } from '../trees/trees-graph.js';
import { emitLabelFreeCorrection, type LabelFreeCorrection } from './label-free-score.js';
import type { ExpertName, RecipeParameters } from './types.js';

/** What the experts read. */
export interface ExpertInputs {
  readonly features: Value;
  readonly behaviour: BehaviourValues | null;
  readonly evidence: EvidenceValues;
  /** Where the rows lie for everything that measures distances. */
  readonly points: Value | null;
  readonly anchorLogit: Value;
  readonly recipe: RecipeParameters;
  readonly form: Form;
}

/** Each expert's logit (N x 1), and what shows without a label; each is written when it is first asked for. */
export interface ExpertEmitters {
  readonly logits: Readonly<Record<ExpertName, () => Value>>;
  /** N x SIGNAL_COUNT; throws where there is no expert `pretrained`. */
  signals(): Value;
}

export function expertEmitters(graph: GraphBuilder, inputs: ExpertInputs): ExpertEmitters {
  const { features, behaviour, evidence, anchorLogit, recipe, form } = inputs;
  const anchor = behaviour?.anchor ?? null;
  const predicted = behaviour?.predicted ?? null;
  const consensus = once(() => emitKernel(graph, inputs, 'consensus'));
  const labelFree = once(() => emitLabelFree(graph, inputs));
  const nn = once(() => emitLinear(graph, [anchor, evidence.score], recipe.nn, null, features));
  const logits = {
    anchor: () => anchorLogit,
    nn,
    lr: once(() => emitLinear(graph, [anchor, form.kind === 'classes' ? evidence.score : null, evidence.summary], recipe.lr, predicted, features)),
    so: once(() => {
      if (recipe.nets === null || evidence.netInputs === null) return nn();
      const offset = evidence.poolLogits !== null && predicted !== null
        ? { kind: 'classes', logits: evidence.poolLogits, predicted } as const
        : { kind: 'outcomes', logit: nn() } as const;
      const logit = emitNetEnsemble(graph, evidence.netInputs, recipe.nets, offset);
      return recipe.netScale === null ? logit : emitLinear(graph, [logit], recipe.netScale, null, features);
    }),
    kernel: once(() => (recipe.outcomeKernel === null ? emitKernel(graph, inputs, 'kernel') : emitOutcomeKernel(graph, inputs, recipe.outcomeKernel))),
    joint: once(() => emitKernel(graph, inputs, 'joint')),
    consensus,
    pretrained: once(() => emitPretrained(graph, inputs, consensus(), labelFree())),
    trees: once(() => emitTrees(graph, inputs)),
    error: once(() => emitErrorKernel(graph, inputs)),
  };
  return { logits, signals: () => labelFree().signals };
}

/** Writes it when it is first asked for, and gives the same from then on. */
function once<T extends object>(write: () => T): () => T {
  let written: T | null = null;
  return () => (written ??= write());
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

function emitLabelFree(graph: GraphBuilder, { features, recipe: { pretrained } }: ExpertInputs): LabelFreeCorrection {
  if (pretrained === null) throw new Error('no pretrained expert');
  return emitLabelFreeCorrection(graph, features, pretrained.experts);
}

function emitPretrained(graph: GraphBuilder, { features, recipe: { pretrained } }: ExpertInputs, consensus: Value, { correction }: LabelFreeCorrection): Value {
  if (pretrained === null) throw new Error('no pretrained expert');
  return emitLinear(graph, [consensus, correction], pretrained.linear, null, features);
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
