import type { LinearWeights } from '../experts/linear-experts.js';
import { sigmoids } from '../linear/numerics.js';
import { correctStack, type StackCorrection } from './correct-stack.js';
import { diagnose } from './diagnose.js';
import { exportMetaModel } from './export.js';
import { fitExperts, type FittedExperts } from './fit-experts.js';
import { fitStack, type FittedStack } from './fit-stack.js';
import { newestOffset } from './newest-level.js';
import { prepare } from './prepare.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import type { FittedMetaModel, MetaModelParameters, RecipeParameters } from './types.js';

/** A fitted recipe before it is written as a graph. */
export interface FittedRecipe extends Omit<FittedMetaModel, 'onnx'> {
  readonly parameters: MetaModelParameters;
}

/** Fits the experts, the stacker, its guard and their correction, and exports them. */
export async function fitRecipe(task: RecipeTask): Promise<FittedMetaModel> {
  const { parameters, ...fitted } = await fitRecipeParameters(task);
  report(task, 'exporting', 0, 1);
  const onnx = exportMetaModel(parameters);
  report(task, 'exporting', 1, 1);
  return { onnx, ...fitted };
}

/** The same without the export. */
export async function fitRecipeParameters(task: RecipeTask): Promise<FittedRecipe> {
  const prepared = await prepare(task);
  const experts = await fitExperts(task, prepared);
  report(task, 'stacking', 0, 1);
  const stack = fitStack(task, experts);
  const correction = await correctStack(task, experts, stack);
  const corrected = correction?.linear.outOfFold ?? stack.stacked;
  const offset = newestOffset(task, prepared, corrected);
  const stacked = corrected.map((logit) => logit + offset);
  if (!stacked.every(Number.isFinite)) throw new Error('the fit gave failure logits that are no numbers');
  report(task, 'stacking', 1, 1);
  const { anchor } = experts.linear;
  return {
    parameters: { form: task.labelled.form, anchor: dense(anchor), recipe: recipeOf(task, prepared, experts, { stacker: stack.stacker, correction, offset }) },
    outOfFold: sigmoids(stacked),
    anchorOutOfFold: sigmoids(anchor.outOfFold),
    diagnostics: diagnose(task, prepared, experts, { stacker: stack.stacker, stacked, offset }),
  };
}

/** How the experts' logits become one. `offset`: what a visible shift of the newest rows adds at the end. */
interface FittedWhole extends Pick<FittedStack, 'stacker'> {
  readonly correction: StackCorrection | null;
  readonly offset: number;
}

function recipeOf(task: RecipeTask, prepared: Prepared, { linear, so, netScale, kernels, outcomeKernel, errorKernel, pretrained, trees, names }: FittedExperts, { stacker, correction, offset }: FittedWhole): RecipeParameters {
  return {
    ...prepared.parameters, nn: dense(linear.nn), lr: withClasses(linear.lr, task, prepared), nets: so?.weights ?? null, netScale: netScale === null ? null : dense(netScale), names,
    stacker: correction === null ? { ...stacker, intercept: stacker.intercept + offset } : stacker,
    kernels: kernels.map(({ name, opinion, linear: fit }) => ({ name, opinion, linear: dense(fit) })),
    outcomeKernel: outcomeKernel === null ? null : { regression: outcomeKernel.regression, linear: dense(outcomeKernel.linear) },
    errorKernel: errorKernel === null ? null : { regression: errorKernel.regression, linear: dense(errorKernel.linear) },
    pretrained: pretrained === null ? null : { experts: pretrained.experts, linear: dense(pretrained.linear) },
    trees: trees === null ? null : { ...trees, linear: dense(trees.linear) },
    correction: correction === null ? null : { facts: correction.facts, linear: raised(dense(correction.linear), offset) },
  };
}

/** The same with another intercept. */
function raised({ coefficients, width }: LinearWeights, by: number): LinearWeights {
  return { coefficients: coefficients.map((value, j) => (j === 0 ? value + by : value)), width };
}

function dense({ coefficients }: { coefficients: Float64Array }): LinearWeights {
  return { coefficients, width: coefficients.length };
}

function withClasses(
  { coefficients }: { coefficients: Float64Array }, { labelled: { form } }: RecipeTask, { signals }: Prepared,
): LinearWeights {
  const classes = signals.predicted === null || form.behaviour.kind === 'none' ? 0 : form.behaviour.classes;
  return { coefficients, width: coefficients.length - classes };
}
